import type { Deps } from '../deps.ts';
import type { Failures } from '../work/failure-log.ts';
import { LaneWorker } from '../work/lane-worker.ts';
import { attemptCallback } from './attempt.ts';
import { type ClaimedCallback, claimDue } from './claim.ts';
import { recordOutcomes } from './record.ts';
import { Recorder } from './recorder.ts';

/**
 * Sends callbacks that are due, on one node, and records them in batches.
 * @param failures is told when the database could not be asked; what was due still is
 */
export function callbackSender(deps: Deps, failures: Failures): LaneWorker<ClaimedCallback> {
  const recorder = new Recorder(
    (outcomes) => recordOutcomes(deps, outcomes),
    (error) => failures.failed(error),
  );
  return new LaneWorker<ClaimedCallback>({
    claim: (lanes) => claimDue(deps, lanes),
    run: async (callback) => {
      const attempt = await attemptCallback(deps, callback);
      const { hasNext } = await recorder.add({ callback, attempt });
      return { isWell: attempt.delivered, hasNext };
    },
    failures,
  });
}
