import { DAY_MS, msBetween } from '../core/clock.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';

/**
 * For how long an order is still read once all seems over. Steam's protection window is about a week; a supplier can
 * reverse a completed order, deliver what it had called failed, or turn out to have made one that five look-ups missed
 * (suppliers.md §3, rows 1, 6 and 15). The first moves money back, the others are for a person, who is alerted.
 */
const WATCH_MS = 14 * DAY_MS;

/** Ends the reading of an order that has been over for long enough. */
export async function stopWhenWatched(deps: Deps, purchase: PurchaseRow): Promise<void> {
  if (msBetween(purchase.updated_at, deps.clock.now()) < WATCH_MS) return;
  await deps.db
    .updateTable('purchase')
    .set({ due_at: null })
    .where('merchant_id', '=', purchase.merchant_id)
    .where('id', '=', purchase.id)
    .execute();
}
