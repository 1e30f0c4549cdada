import { later, SECOND_MS } from '../core/clock.ts';
import { newId, referenceOf } from '../core/ids.ts';
import type { FoundItemRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

/** A recorded purchase is made by its job; the sweep takes it over when the job has not within this time. */
const JOB_GRACE_MS = 5 * SECOND_MS;

/** The purchases that will buy these items, each with its reference, before any supplier hears of it (DESIGN 4.3). */
export async function recordPurchases(deps: Deps, trx: Trx, items: readonly FoundItemRow[]): Promise<void> {
  const at = deps.clock.now();
  const purchases = items.map((item) => {
    const id = newId(at);
    return {
      merchant_id: item.merchant_id,
      id,
      trade_id: item.trade_id,
      item_id: item.id,
      supplier: item.supplier,
      reference: referenceOf(id),
      state: 'recorded' as const,
      due_at: later(at, JOB_GRACE_MS),
      created_at: at,
      updated_at: at,
    };
  });
  await trx.insertInto('purchase').values(purchases).execute();
  const jobs = purchases.map(({ merchant_id, id }) => ({ merchantId: merchant_id, purchaseId: id }));
  await deps.jobs.enqueue(trx, 'make-purchase', jobs);
}
