import type { Deps } from '../deps.ts';
import { askApproval } from './ask.ts';

const BATCH_MAX = 50;

/**
 * Asks what is due without a job: the next attempts, questions whose job was lost, and those of a process that died.
 * @returns how many were found; a full batch means that there may be more
 */
export async function askDueApprovals(deps: Deps): Promise<number> {
  const due = await deps.db
    .selectFrom('approval')
    .select(['merchant_id as merchantId', 'trade_id as tradeId'])
    .where('state', '=', 'asking')
    .where('due_at', '<=', deps.clock.now())
    .orderBy('due_at')
    .limit(BATCH_MAX)
    .execute();
  await Promise.all(due.map((trade) => askApproval(deps, trade)));
  return due.length;
}
