import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Me } from '../../api/schema.d.ts';
import { Actor, actorText } from '../../shared/actor.tsx';
import type { Column } from '../../shared/data-table.tsx';
import { dollars } from '../../shared/money.tsx';
import { Reference } from '../../shared/reference.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import type { FundingRequest } from './queries.ts';
import classes from './wallets.module.css';

export type Decision = 'approve' | 'reject';

const kinds: Readonly<Record<FundingRequest['kind'], string>> = {
  credit: 'Credit',
  debit: 'Debit',
  limit: 'Change of the limit',
};

const what: Column<FundingRequest> = {
  header: 'Request',
  cell: ({ kind, merchant, reference, requestedAt, requestedBy }) => (
    <>
      <span className={classes['kind']}>{kinds[kind]}</span>
      {merchant && (
        <>
          {kind === 'credit' ? ' to ' : ' from '}
          <Link to="/merchants/$merchantId/wallet" params={{ merchantId: merchant.id }}>
            {merchant.name}
          </Link>
        </>
      )}
      {reference !== null && (
        <div className="muted">
          <Reference value={reference} />
        </div>
      )}
      <div className={`muted ${classes['onPhones']}`}>
        {actorText(requestedBy)}, <Time at={requestedAt} />
      </div>
    </>
  ),
};

const amount: Column<FundingRequest> = {
  header: 'Amount',
  align: 'right',
  isNarrow: true,
  cell: ({ amount: dollarsOf }) => amountText(dollarsOf),
};

const reason: Column<FundingRequest> = {
  header: 'Reason',
  from: 'md',
  cell: ({ reason: text }) => <span className={classes['reason']}>{text}</span>,
};

const asked: Column<FundingRequest> = {
  header: 'Asked for by',
  from: 'sm',
  cell: ({ requestedBy, requestedAt }) => (
    <>
      <Actor actor={requestedBy} />
      <div>
        <Time at={requestedAt} />
      </div>
    </>
  ),
};

/** @param decide null: the person who looks may decide none */
export function waitingColumns(
  me: Me,
  decide: ((request: FundingRequest, decision: Decision) => void) | null,
): Column<FundingRequest>[] {
  const actions: Column<FundingRequest> = {
    header: 'Decision',
    align: 'right',
    cell: (request) => (
      <Group gap={6} justify="flex-end">
        {isOwn(me, request) ? (
          <span className="muted">You asked for it: another person must approve it.</span>
        ) : (
          <Button size="compact-xs" onClick={() => decide?.(request, 'approve')} aria-label={label('Approve', request)}>
            Approve…
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => decide?.(request, 'reject')}
          aria-label={label('Reject', request)}
        >
          Reject…
        </Button>
      </Group>
    ),
  };
  return [what, amount, reason, asked, ...(decide ? [actions] : [])];
}

export const decidedColumns: readonly Column<FundingRequest>[] = [
  what,
  amount,
  {
    header: 'Decision',
    cell: ({ state, decidedBy, decidedAt }) => (
      <>
        <StateBadge state={state} />
        {decidedBy !== null && <div className={`muted ${classes['person']}`}>{actorText(decidedBy)}</div>}
        <Time at={decidedAt} />
      </>
    ),
  },
  reason,
  asked,
];

/** Nobody approves what they have asked for. */
export function isOwn({ email }: Me, { requestedBy }: FundingRequest): boolean {
  return requestedBy.toLowerCase() === `staff:${email}`.toLowerCase();
}

export function amountText(amountOrNone: string | null): string {
  return amountOrNone === null ? 'no limit' : dollars(amountOrNone);
}

/** `Credit of $250.00 to shop` */
export function requestName({ kind, amount: dollarsOf, merchant }: FundingRequest): string {
  if (kind === 'limit') return `Change of the limit to ${amountText(dollarsOf)}`;
  return `${kinds[kind]} of ${amountText(dollarsOf)} ${kind === 'credit' ? 'to' : 'from'} ${merchant?.name ?? 'a merchant'}`;
}

function label(verb: string, request: FundingRequest): string {
  return `${verb}: ${requestName(request)}`;
}
