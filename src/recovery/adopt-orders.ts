import { decide } from '../approvals/decide.ts';
import { earlier } from '../core/clock.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { ItemRow, TradeRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { reopenOrder } from '../reconciliation/closed-orders.ts';
import type { HistoryOrder } from '../suppliers/history.ts';
import type { MoveDeps } from '../trades/move.ts';
import { itemsOf } from '../trades/queries.ts';
import { namesOf } from './adopt-trade.ts';
import type { LostOrder } from './lost-orders.ts';

/** An item of a trade that the database has, and the order that bought it before the database forgot. */
export interface AdoptedOrder {
  readonly item: ItemRow;
  readonly lost: LostOrder;
}

/** The orders of a trade's items: those of their listings, and those under the references of their purchases. */
export async function ordersOfTrade(
  { db }: Pick<Deps, 'db'>,
  trade: Pick<TradeRow, 'merchant_id' | 'id'>,
  lost: readonly LostOrder[],
): Promise<AdoptedOrder[]> {
  const items = await itemsOf(db, trade.merchant_id, [trade.id]);
  return items.flatMap((item) => {
    const own = lost.filter(({ supplier, order }) => isOrderOf(item, supplier.id, order));
    const [first, second] = own;
    if (second)
      throw new OperatorError(`item ${item.id} has several orders that are not known here; close all but one`);
    return first ? [{ item, lost: first }] : [];
  });
}

function isOrderOf(item: ItemRow, supplier: string, { nativeListingIds, reference }: HistoryOrder): boolean {
  if (reference === null || item.supplier !== supplier || item.native_listing_id === null) return false;
  return nativeListingIds.includes(item.native_listing_id);
}

/**
 * Gives items the orders that bought them, where the database has lost that they were sent. Otherwise they would be bought
 * again. A trade that waits for its merchant's approval is approved: without it there would be no order. From then on each
 * order is looked up like one whose outcome is unknown, and no purchase is repeated.
 * @throws OperatorError when an item has ended, or was sent under another reference; nothing is changed then
 */
export async function adoptOrders(
  deps: Pick<Deps, 'db'> & MoveDeps,
  trade: TradeRow,
  adopted: readonly AdoptedOrder[],
): Promise<void> {
  const ref = { merchantId: trade.merchant_id, tradeId: trade.id };
  await inTransaction(deps, async (trx) => {
    await decide(deps, trx, ref, { state: 'approved' });
    for (const each of adopted) await adoptOrder(deps, trx, each);
  });
}

/** The purchase that was recorded and, as far as the database knows, never sent takes the reference that was sent. */
async function adoptOrder({ clock }: MoveDeps, trx: Trx, { item, lost }: AdoptedOrder): Promise<void> {
  const now = clock.now();
  const { id, reference } = namesOf(lost.order);
  const sentAt = earlier(lost.order.orderedAt ?? now, now);
  const row = await trx
    .updateTable('purchase')
    .set({ id, reference, supplier: lost.supplier.id, state: 'unknown', calls: 1, misses: 0 })
    .set({ asked_at: sentAt, unknown_since: now, known_at: now, due_at: now, updated_at: now })
    .where('merchant_id', '=', item.merchant_id)
    .where('item_id', '=', item.id)
    .where('state', '=', 'recorded')
    .returning('id')
    .executeTakeFirst();
  if (!row) {
    throw new OperatorError(
      `item ${item.id} is ${item.state}, and has no purchase that could be the order ${lost.order.orderId}; see skinrail trade show`,
    );
  }
  await reopenOrder(trx, lost.supplier.id, lost.order.orderId);
}
