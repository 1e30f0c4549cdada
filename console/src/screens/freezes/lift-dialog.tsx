import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { dollars } from '../../shared/money.tsx';
import { Notice } from '../../shared/notice.tsx';
import { type FreezeEntry, liftFreeze, stoppedName, stoppedOf } from './queries.ts';

interface LiftDialogProps {
  readonly freeze: FreezeEntry;
  /** Whether others stay in force. */
  readonly hasOthers: boolean;
  readonly onClose: () => void;
}

/** Lets buying go on. */
export function LiftDialog({ freeze, hasOthers, onClose }: LiftDialogProps) {
  const name = stoppedName(freeze);
  const run = async () => {
    await liftFreeze(stoppedOf(freeze));
    return `${name} goes on.`;
  };
  return (
    <ConfirmAction title="Lift this freeze?" action="Lift the freeze" dismiss="Keep it" onClose={onClose} run={run}>
      <p style={{ margin: 0 }}>
        <strong>{name}</strong> is stopped: {freeze.reason}
      </p>
      <Notice title="What will happen">
        {waitingText(freeze)} New purchases are accepted at once. What was cancelled meanwhile stays cancelled.
        {hasOthers && ' Other freezes stay in force.'}
      </Notice>
    </ConfirmAction>
  );
}

function waitingText({ waitingItems, locked }: FreezeEntry): string {
  if (waitingItems === 0) return 'No item waits because of it.';
  const money = dollars(locked);
  if (waitingItems === 1) return `The item that waits goes on to approval and purchase; ${money} is locked for it.`;
  return `${waitingItems} items that wait go on to approval and purchase; ${money} is locked for them.`;
}
