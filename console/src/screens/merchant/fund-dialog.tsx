import { SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Funded } from '../../api/schema.d.ts';
import { amountOf, millsOf, typedMills } from '../../shared/amounts.ts';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { dollars } from '../../shared/money.tsx';
import { Notice } from '../../shared/notice.tsx';
import { useDualControl } from '../wallets/queries.ts';
import type { MerchantDetails } from './queries.ts';
import { type Direction, fund } from './wallet-queries.ts';

const REASON_MAX = 200;
const REFERENCE_MAX = 128;

interface FundDialogProps {
  readonly merchant: MerchantDetails;
  readonly onClose: () => void;
}

/** Credits or debits a wallet, or asks a second person where the amount needs one. */
export function FundDialog({ merchant, onClose }: FundDialogProps) {
  const [direction, setDirection] = useState<Direction>('credit');
  const [amount, setAmount] = useState('');
  const [typed, setReference] = useState('');
  // The same at every attempt of this dialog, so that an answer that was lost cannot lead to a second booking.
  const [ownReference] = useState(newReference);
  const reference = typed.trim() || ownReference;
  const run = async (reason: string) => {
    const funded = await fund(merchant.id, { direction, amount: amount.trim(), reference, reason });
    return announcementOf(funded, direction, merchant.name);
  };
  return (
    <ConfirmAction
      title={`Credit or debit ${merchant.name}`}
      action={direction === 'credit' ? 'Credit the wallet' : 'Debit the wallet'}
      dismiss="Back"
      isDangerous={direction === 'debit'}
      reasonHint="For the audit trail, and for the second person where one is needed"
      reasonMax={REASON_MAX}
      onClose={onClose}
      run={run}
    >
      <SegmentedControl
        aria-label="Direction"
        data={[
          { value: 'credit', label: 'Credit: put money in' },
          { value: 'debit', label: 'Debit: take money out' },
        ]}
        value={direction}
        onChange={(value) => setDirection(value === 'debit' ? 'debit' : 'credit')}
      />
      <TextInput
        label="Amount"
        description="Dollars, with at most two decimals"
        required
        inputMode="decimal"
        pattern="[0-9]{1,12}([.][0-9]{1,2})?"
        leftSection="$"
        value={amount}
        onChange={({ currentTarget }) => setAmount(currentTarget.value)}
      />
      <TextInput
        label="Reference"
        description="For example of a bank transfer. The same reference is booked only once. Empty: one is made"
        maxLength={REFERENCE_MAX}
        value={typed}
        onChange={({ currentTarget }) => setReference(currentTarget.value)}
      />
      <FundPreview merchant={merchant} direction={direction} amount={amount} />
    </ConfirmAction>
  );
}

interface FundPreviewProps {
  readonly merchant: MerchantDetails;
  readonly direction: Direction;
  readonly amount: string;
}

/** What will be booked. */
function FundPreview({ merchant: { available }, direction, amount }: FundPreviewProps) {
  const { data: limit } = useDualControl();
  const mills = typedMills(amount);
  const before = millsOf(available) ?? 0n;
  if (mills === null) return <Notice title="What will happen">Enter an amount above $0.00.</Notice>;
  const after = direction === 'credit' ? before + mills : before - mills;
  const change = `The available balance ${direction === 'credit' ? 'rises' : 'falls'} from ${dollars(available)} to ${dollars(amountOf(after))}`;
  if (limit && limit.above !== null && mills > (millsOf(limit.above) ?? 0n)) {
    return (
      <Notice tone="waiting" title="A second person has to approve this">
        It is above {dollars(limit.above)}. Nothing is booked until another person approves it in Wallets. {change}{' '}
        then.
      </Notice>
    );
  }
  if (after < 0n) {
    return (
      <Notice tone="waiting" title="This will be refused">
        Only {dollars(available)} is available. Reserved money cannot be taken out.
      </Notice>
    );
  }
  return <Notice title="What will happen">{change} at once.</Notice>;
}

function announcementOf({ outcome, available }: Funded, direction: Direction, name: string): string {
  if (outcome === 'waiting') return `Nothing is booked yet: the ${direction} of ${name} waits for a second person.`;
  if (outcome === 'already_booked') return 'Nothing was booked: this reference was booked before.';
  return `The ${direction} is booked. ${dollars(available)} is available to ${name}.`;
}

/** Random, because it may never be another movement's. */
function newReference(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `console-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
