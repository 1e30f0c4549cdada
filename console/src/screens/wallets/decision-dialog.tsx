import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Actor } from '../../shared/actor.tsx';
import { amountOf, millsOf } from '../../shared/amounts.ts';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { type Fact, Facts } from '../../shared/facts.tsx';
import { dollars } from '../../shared/money.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Time } from '../../shared/time.tsx';
import { useWallet } from '../merchant/wallet-queries.ts';
import { decide, type FundingRequest, useDualControl } from './queries.ts';
import { amountText, type Decision, requestName } from './request-columns.tsx';

interface DecisionDialogProps {
  readonly request: FundingRequest;
  readonly decision: Decision;
  readonly onClose: () => void;
}

/** Shows what was asked for and what will be booked, and approves or rejects it. */
export function DecisionDialog({ request, decision, onClose }: DecisionDialogProps) {
  const name = requestName(request);
  const isApproval = decision === 'approve';
  const run = async () => {
    await decide(request.id, decision);
    if (!isApproval) return `Rejected: ${name}. Nothing was booked.`;
    return request.kind === 'limit' ? `Approved: ${name}.` : `Approved and booked: ${name}.`;
  };
  const facts: Fact[] = [
    ['Request', name],
    ['Reason', request.reason],
    ['Asked for by', <Actor key="by" actor={request.requestedBy} />],
    ['At', <Time key="at" at={request.requestedAt} />],
  ];
  if (request.reference !== null) facts.push(['Reference', request.reference]);
  return (
    <ConfirmAction
      title={isApproval ? 'Approve this request?' : 'Reject this request?'}
      action={isApproval ? 'Approve' : 'Reject'}
      isDangerous={!isApproval}
      onClose={onClose}
      run={run}
    >
      <Facts facts={facts} />
      {isApproval ? <Preview request={request} /> : <RejectionNotice />}
    </ConfirmAction>
  );
}

function RejectionNotice() {
  return (
    <Notice title="What will happen">
      Nothing is booked or changed. The request is closed, and has to be made again if it was right.
    </Notice>
  );
}

function Preview({ request }: { readonly request: FundingRequest }): ReactNode {
  if (request.kind === 'limit') return <LimitPreview above={request.amount} />;
  if (request.merchant === null || request.amount === null) return null;
  return <BookingPreview merchantId={request.merchant.id} kind={request.kind} amount={request.amount} />;
}

function LimitPreview({ above }: { readonly above: string | null }) {
  const { data: limit } = useDualControl();
  if (!limit) return <Skeleton height={60} />;
  return (
    <Notice tone="waiting" title="What will happen">
      {above === null
        ? 'One person is enough for credits and debits of any amount.'
        : `One person is enough for credits and debits up to ${dollars(above)}.`}{' '}
      Now it is {amountText(limit.above)}.
    </Notice>
  );
}

interface BookingPreviewProps {
  readonly merchantId: string;
  readonly kind: 'credit' | 'debit';
  readonly amount: string;
}

/** The balance before and after, as it is now. */
function BookingPreview({ merchantId, kind, amount }: BookingPreviewProps) {
  const { data: wallet } = useWallet(merchantId);
  if (!wallet) return <Skeleton height={60} />;
  const before = millsOf(wallet.available) ?? 0n;
  const change = millsOf(amount) ?? 0n;
  const after = kind === 'credit' ? before + change : before - change;
  if (after < 0n) {
    return (
      <Notice tone="bad" title="The wallet does not cover this debit">
        {dollars(amount)} were to be taken out, and {dollars(wallet.available)} is available. Approving is refused, and
        the request goes on waiting.
      </Notice>
    );
  }
  return (
    <Notice tone="waiting" title="What will be booked">
      {dollars(amount)} {kind === 'credit' ? 'into' : 'out of'} the wallet, at once. The available balance{' '}
      {kind === 'credit' ? 'rises' : 'falls'} from {dollars(wallet.available)} to {dollars(amountOf(after))}.
    </Notice>
  );
}
