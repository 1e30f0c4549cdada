import type { ClosedOrderRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { HistoryOrder } from '../suppliers/history.ts';

/** Orders that no purchase has, and that an operator has closed, by their ids at the marketplace. */
export type ClosedOrders = ReadonlyMap<string, ClosedOrderRow>;

type ClosedDeps = Pick<Deps, 'db' | 'clock'>;

export async function readClosed({ db }: Pick<Deps, 'db'>, supplier: string): Promise<ClosedOrders> {
  const rows = await db.selectFrom('closed_order').selectAll().where('supplier', '=', supplier).execute();
  return new Map(rows.map((row) => [row.order_id, row]));
}

/** Whether an order is still as it was when it was closed, or more of it has come back. */
export function isClosed(closed: ClosedOrders, { orderId, costMills, refundMills }: HistoryOrder): boolean {
  const row = closed.get(orderId);
  if (row === undefined || row.cost_mills !== costMills) return false;
  return row.refund_mills === refundMills || (refundMills !== null && refundMills >= (row.refund_mills ?? 0n));
}

/** Closes an order; one that was closed before is closed as it is now. */
export async function closeOrder(
  { db, clock }: ClosedDeps,
  supplier: string,
  { orderId, reference, costMills, refundMills }: HistoryOrder,
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<void> {
  const now = { cost_mills: costMills, refund_mills: refundMills, reason, actor, closed_at: clock.now() };
  await db
    .insertInto('closed_order')
    .values({ supplier, order_id: orderId, reference, ...now })
    .onConflict((conflict) => conflict.columns(['supplier', 'order_id']).doUpdateSet(now))
    .execute();
}

/** An order that turned out to belong to a trade is closed no longer. */
export async function reopenOrder(trx: Trx, supplier: string, orderId: string): Promise<void> {
  await trx.deleteFrom('closed_order').where('supplier', '=', supplier).where('order_id', '=', orderId).execute();
}
