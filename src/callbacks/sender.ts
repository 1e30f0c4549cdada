import type { Deps } from '../deps.ts';
import type { Failures } from '../work/failure-log.ts';
import { LaneWorker } from '../work/lane-worker.ts';
import { attemptDelivery } from './attempt.ts';
import { type ClaimedDelivery, claimDue } from './claim.ts';
import { recordOutcomes } from './record.ts';
import { Recorder } from './recorder.ts';

/**
 * Sends callbacks that are due, on one node, and records them in batches.
 * @param failures is told when the database could not be asked; what was due still is
 */
export function callbackSender(deps: Deps, failures: Failures): LaneWorker<ClaimedDelivery> {
  const recorder = new Recorder(
    (outcomes) => recordOutcomes(deps, outcomes),
    (error) => failures.failed(error),
  );
  return new LaneWorker<ClaimedDelivery>({
    claim: (lanes) => claimDue(deps, lanes),
    run: async (delivery) => {
      const attempt = await attemptDelivery(deps, delivery);
      const { hasNext } = await recorder.add({ delivery, attempt });
      return { isWell: attempt.delivered, hasNext };
    },
    failures,
  });
}
