import type { Deps } from '../deps.ts';
import { runEach } from '../work/round.ts';
import { askAgain } from './request-cancel.ts';

const BATCH_MAX = 50;

/**
 * Works off requests whose time has come: a call whose process died becomes `unknown`, and what is unknown is retried.
 * @returns how many were due; a full batch means that there may be more
 */
export async function resolveDueCancellations(deps: Deps): Promise<number> {
  await expireLeases(deps);
  const due = await deps.db
    .selectFrom('cancellation')
    .select(['merchant_id', 'id', 'trade_id', 'item_id'])
    .where('state', '=', 'unknown')
    .where('due_at', '<=', deps.clock.now())
    .orderBy('due_at')
    .limit(BATCH_MAX)
    .execute();
  return runEach(deps, due, {
    run: ({ merchant_id, id }) => askAgain(deps, merchant_id, id),
    failure: 'a cancellation request could not be retried; it is retried when its lease ends',
    ids: ({ trade_id: tradeId, item_id: itemId, id }) => ({ tradeId, itemId, cancellationId: id }),
  });
}

/** The lease of a call in flight is over: its process is gone, and nobody knows what the supplier heard. */
async function expireLeases(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  await deps.db
    .updateTable('cancellation')
    .set({ state: 'unknown', reason: 'the call was abandoned' })
    .where('state', '=', 'requested')
    .where('due_at', '<=', now)
    .execute();
}
