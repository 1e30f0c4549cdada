import { later, MINUTE_MS, msBetween } from '../core/clock.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { READ_ORDERS } from '../purchases/claim-due.ts';
import type { FindAnswer, Supplier } from '../suppliers/supplier.ts';
import { recordNeverMade, recordNotBought } from './purchase-outcome.ts';
import { stopWhenWatched } from './watch-order.ts';

/** Look-ups that must miss, once misses count at all, before a purchase is taken as never made (DESIGN 4.3). */
const MISSES_ENOUGH = 5;

/** A look-up did not find the reference. Soon after a lost answer that proves nothing: look-ups lag (suppliers.md §3, row 2). */
export async function missed(
  deps: Deps,
  supplier: Supplier,
  purchase: PurchaseRow,
  answer: Extract<FindAnswer, { outcome: 'read' }>,
): Promise<void> {
  switch (purchase.state) {
    case 'done':
      deps.log.warn({ supplier: supplier.id, reference: purchase.reference }, 'a supplier does not know its own order');
      return stopWhenWatched(deps, purchase);
    case 'refused':
      return stopWhenWatched(deps, purchase);
    default:
      return doubt(deps, supplier, purchase, answer.neverMade.includes(purchase.reference));
  }
}

async function doubt(deps: Deps, supplier: Supplier, purchase: PurchaseRow, isNeverMade: boolean): Promise<void> {
  const ref = { merchantId: purchase.merchant_id, purchaseId: purchase.id };
  if (isNeverMade) return recordNotBought(deps, ref, 'MARKET_UNAVAILABLE');
  const since = purchase.unknown_since ?? purchase.updated_at;
  const counts = msBetween(since, deps.clock.now()) >= Math.max(supplier.lookupDelayMs, MINUTE_MS);
  if (!counts) return;
  if (purchase.misses + 1 >= MISSES_ENOUGH) return recordNeverMade(deps, ref);
  await deps.db
    .updateTable('purchase')
    // A miss that counts is followed up soon, however old the purchase is.
    .set({ misses: purchase.misses + 1, due_at: later(deps.clock.now(), READ_ORDERS.minMs) })
    .where('merchant_id', '=', purchase.merchant_id)
    .where('id', '=', purchase.id)
    .where('state', '=', 'unknown')
    .execute();
}
