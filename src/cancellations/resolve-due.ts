import type { Deps } from '../deps.ts';
import { askAgain } from './ask.ts';

const BATCH_MAX = 50;

/**
 * Works off wishes whose time has come: a call whose process died becomes `unknown`, and what is unknown is asked
 * again.
 * @returns how many were taken up; a full batch means that there may be more
 */
export async function resolveDueCancellations(deps: Deps): Promise<number> {
  await doubtAbandonedCalls(deps);
  const due = await deps.db
    .selectFrom('cancellation')
    .select(['merchant_id', 'id'])
    .where('state', '=', 'unknown')
    .where('due_at', '<=', deps.clock.now())
    .orderBy('due_at')
    .limit(BATCH_MAX)
    .execute();
  await Promise.all(due.map((cancellation) => askAgain(deps, cancellation.merchant_id, cancellation.id)));
  return due.length;
}

/** The lease of a call in flight is over: whoever made it is gone, and nobody knows what the supplier heard. */
async function doubtAbandonedCalls(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  await deps.db
    .updateTable('cancellation')
    .set({ state: 'unknown', reason: 'the call was abandoned' })
    .where('state', '=', 'requested')
    .where('due_at', '<=', now)
    .execute();
}
