import type { Deps } from '../deps.ts';
import type { Failures } from '../work/failure-log.ts';
import { LaneWorker } from '../work/lane-worker.ts';
import { askApproval } from './ask.ts';
import { type ClaimedApproval, claimDueApprovals } from './claim.ts';

/**
 * Asks merchants whether to buy, on one node: a merchant that keeps silent uses up its own lanes and nobody else's.
 * @param failures is told when the database could not be asked; what was due still is
 */
export function approvalAsker(deps: Deps, failures: Failures): LaneWorker<ClaimedApproval> {
  return new LaneWorker<ClaimedApproval>({
    take: (lanes) => claimDueApprovals(deps, lanes),
    run: async (approval) => {
      const isWell = await askApproval(deps, approval).catch((error: unknown) => {
        failures.failed(error);
        return false;
      });
      return { isWell, hasNext: false };
    },
    failures,
  });
}
