import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { pushOutcome, pushVerb, type UnknownOutcome } from './queries.ts';

interface PushDialogProps {
  readonly outcome: UnknownOutcome;
  readonly onClose: () => void;
}

/** Has an outcome looked up now instead of at its next time. */
export function PushDialog({ outcome, onClose }: PushDialogProps) {
  const { id, kind, marketHashName, supplier } = outcome;
  const action = `${pushVerb(outcome)} now`;
  const run = async () => {
    const isDueNow = await pushOutcome(id);
    if (isDueNow) return `${supplier} is asked about ${marketHashName} within seconds.`;
    return `Nothing was changed: a call for ${marketHashName} is under way, or its outcome has just become known.`;
  };
  return (
    <ConfirmAction title={`${action}?`} action={action} onClose={onClose} run={run}>
      <p style={{ margin: 0 }}>
        {kind === 'purchase'
          ? `${supplier} is asked within seconds what became of the purchase of ${marketHashName}. `
          : `${supplier} is asked again within seconds to cancel ${marketHashName}. `}
        This never buys twice, and can be repeated. What is learned appears here and on the trade.
      </p>
    </ConfirmAction>
  );
}
