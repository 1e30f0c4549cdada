import { sql } from 'kysely';
import { HOUR_MS, SECOND_MS } from '../core/clock.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import { nextAttemptAt } from '../work/backoff.ts';

/** How often orders are read, unknown ones and known ones. */
export const READ_ORDERS = { minMs: 2 * SECOND_MS, maxMs: HOUR_MS };

/** Takes due rows for this node by moving their next time; rows that another node holds are skipped. */
export async function claimDue(deps: Deps, supplier: Supplier): Promise<PurchaseRow[]> {
  const now = deps.clock.now();
  return deps.db
    .updateTable('purchase')
    .set({ due_at: nextAttemptAt(now, sql.ref('updated_at'), READ_ORDERS) })
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('merchant_id', 'id'),
        'in',
        selectFrom('purchase')
          .select(['merchant_id', 'id'])
          .where('supplier', '=', supplier.id)
          .where('due_at', '<=', now)
          .where('state', 'in', ['unknown', 'done', 'refused'])
          .orderBy('due_at')
          .limit(supplier.findMax)
          .forUpdate()
          .skipLocked()
          .$asTuple('merchant_id', 'id'),
      ),
    )
    .returningAll()
    .execute();
}
