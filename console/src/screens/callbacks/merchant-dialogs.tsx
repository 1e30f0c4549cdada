import { Group } from '@mantine/core';
import { useState } from 'react';
import { ApiFailure } from '../../api/failure.ts';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { gatewayNow } from '../../shared/gateway-clock.ts';
import { TimeField } from '../../shared/time-field.tsx';
import {
  type CallbackFilters,
  enableCallbacks,
  type MerchantDetails,
  replayFailed,
  type SignatureTest,
  testCallbacks,
} from './queries.ts';

interface DialogProps {
  readonly merchant: MerchantDetails;
  readonly onClose: () => void;
}

/** Sends callbacks again that were switched off. */
export function EnableDialog({ merchant: { id, name, callbackUrl }, onClose }: DialogProps) {
  const run = async () => {
    await enableCallbacks(id);
    return `Callbacks of ${name} are on, and what waited is sent.`;
  };
  return (
    <ConfirmAction title="Switch callbacks on?" action="Switch on" onClose={onClose} run={run}>
      <p style={{ margin: 0 }}>
        Everything that waited is sent to <span className="mono">{callbackUrl}</span> at once, in the order of each
        trade. If the server takes nothing for five days, or answers 410, they are switched off again.
      </p>
    </ConfirmAction>
  );
}

interface TestDialogProps extends DialogProps {
  readonly onTested: (result: SignatureTest) => void;
}

/** Finds out whether the merchant's server verifies signatures. */
export function TestDialog({ merchant: { id, name, callbackUrl }, onTested, onClose }: TestDialogProps) {
  const run = async () => {
    const result = await testCallbacks(id);
    onTested(result);
    return result.advice ?? `The server of ${name} takes genuine callbacks and refuses forged ones.`;
  };
  return (
    <ConfirmAction title="Send a test?" action="Send the test" onClose={onClose} run={run}>
      <p style={{ margin: 0 }}>
        <span className="mono">{callbackUrl}</span> gets a test message with a valid signature. If it accepts that, it
        gets the same with a wrong one, which it must refuse. Nothing is recorded or changed.
      </p>
    </ConfirmAction>
  );
}

const DAY_MS = 24 * 60 * 60 * 1000;

interface ReplayRangeDialogProps extends DialogProps {
  /** What the list shows; without a start: the last day. */
  readonly range: Pick<CallbackFilters, 'from' | 'to'>;
}

/** Sends again what has failed in a time. */
export function ReplayRangeDialog({
  merchant: { id, name, callbacksOffSince },
  range,
  onClose,
}: ReplayRangeDialogProps) {
  const [from, setFrom] = useState(() => range.from || new Date(gatewayNow() - DAY_MS).toISOString());
  const [to, setTo] = useState(range.to);
  const run = async () => {
    if (from === '') throw new ApiFailure('Enter the start of the time.', {});
    const { replayed, hasMore } = await replayFailed(id, { from, ...(to ? { to } : {}) });
    if (replayed === 0) return `${name} has no failed callback in this time.`;
    const count = replayed === 1 ? '1 callback is' : `${replayed.toLocaleString()} callbacks are`;
    return `${count} sent to ${name} again.${hasMore ? ' There are more: do it once more.' : ''}`;
  };
  return (
    <ConfirmAction title="Replay failed callbacks?" action="Replay" onClose={onClose} run={run}>
      <p style={{ margin: 0 }}>
        Every failed callback of {name} from this time is sent again, oldest first, with the same body and id. At most
        10,000 go at once.
        {callbacksOffSince !== null && ' Callbacks are switched off, so that they wait until they are on.'}
      </p>
      <Group gap="xs" grow>
        <TimeField label="From" value={from} isRequired onChange={(time = '') => setFrom(time)} />
        <TimeField label="Until" value={to} onChange={setTo} />
      </Group>
      <span className="muted">Without an end, until now.</span>
    </ConfirmAction>
  );
}
