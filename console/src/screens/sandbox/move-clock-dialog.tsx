import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { learnGatewayTime } from '../../shared/gateway-clock.ts';
import { Notice } from '../../shared/notice.tsx';
import { utcOf } from '../../shared/time.tsx';
import { moveClock } from './queries.ts';

interface MoveClockDialogProps {
  /** A duration as the person has chosen or typed it. */
  readonly advance: string;
  readonly onClose: () => void;
}

/** Moves the sandbox's time forward. */
export function MoveClockDialog({ advance, onClose }: MoveClockDialogProps) {
  const run = async () => {
    const { now } = await moveClock(advance);
    learnGatewayTime(now);
    return `The clock is moved: it is ${utcOf(new Date(now))} now.`;
  };
  return (
    <ConfirmAction title={`Move the clock by ${advance}?`} action="Move the clock" onClose={onClose} run={run}>
      <Notice title="What will happen">
        Everything that becomes due until then happens in the moments after: deliveries, ends of holds, refunds,
        callbacks, retries and time limits. Prices move. The clock waits up to three seconds for purchases in progress.
      </Notice>
      <p style={{ margin: 0 }}>
        It is the clock of everyone who uses this sandbox, of the marketplaces and of all nodes.{' '}
        <strong>The clock cannot be moved back.</strong>
      </p>
    </ConfirmAction>
  );
}
