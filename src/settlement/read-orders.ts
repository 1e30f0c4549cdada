import { openStates } from '../core/cancellation-states.ts';
import { later, SECOND_MS } from '../core/clock.ts';
import { CS2 } from '../core/games.ts';
import { eventsToward, type ItemState, isTerminal } from '../core/item-states.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { claimDue } from '../purchases/claim-due.ts';
import { type FoundOrder, isProgress, type Supplier } from '../suppliers/supplier.ts';
import { logFailure } from '../work/failure-log.ts';
import { applyOrderStatus, reportLateOrder } from './apply-order-status.ts';
import { missed } from './lookup-miss.ts';
import { stopWhenWatched } from './watch-order.ts';

const READ_AGAIN_MS = 30 * SECOND_MS;

/**
 * Reads the orders of one supplier that are due, in bulk, and acts on what changed.
 * @returns how many were read; a full batch means that there may be more
 */
export async function readDueOrders(deps: Deps, supplier: Supplier): Promise<number> {
  const due = await claimDue(deps, supplier);
  if (due.length > 0) await readOrders(deps, supplier, due);
  return due.length;
}

/** Reads these purchases' orders now. An unclear answer changes nothing but when they are read again. */
export async function readOrders(deps: Deps, supplier: Supplier, purchases: readonly PurchaseRow[]): Promise<void> {
  const answer = await supplier.find(purchases.map((purchase) => purchase.reference));
  deps.metrics.supplierCalls.inc({ supplier: supplier.id, call: 'find', outcome: answer.outcome });
  if (answer.outcome === 'unknown') {
    deps.log.warn({ supplier: supplier.id, cause: answer.cause, orders: purchases.length }, 'orders cannot be read');
    return readSoonAgain(deps, purchases);
  }
  const found = new Map(answer.found.map((order) => [order.reference, order]));
  const stands = await standing(deps, purchases);
  const failed: PurchaseRow[] = [];
  for (const purchase of purchases) {
    const order = found.get(purchase.reference);
    try {
      if (order) await take(deps, purchase, order, stands.get(purchase.item_id));
      else await missed(deps, supplier, purchase, answer);
    } catch (error) {
      // One order that cannot be applied must not hold up the others that were read with it.
      const about = { reference: purchase.reference, tradeId: purchase.trade_id };
      logFailure(deps.log, error, about, 'failed to apply an order status; it is read again soon');
      failed.push(purchase);
    }
  }
  if (failed.length > 0) await readSoonAgain(deps, failed);
}

/** Their next time counts on this read; an old order's could be an hour off, when its supplier is back in a moment. */
async function readSoonAgain(deps: Deps, purchases: readonly PurchaseRow[]): Promise<void> {
  const soon = later(deps.clock.now(), READ_AGAIN_MS);
  await deps.db
    .updateTable('purchase')
    .set({ due_at: soon })
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('merchant_id', 'id'),
        'in',
        purchases.map((purchase) => tuple(purchase.merchant_id, purchase.id)),
      ),
    )
    .where('due_at', '>', soon)
    .execute();
}

async function take(deps: Deps, purchase: PurchaseRow, order: FoundOrder, at: Standing | undefined): Promise<void> {
  if (purchase.state === 'refused') return watchLateOrder(deps, purchase, order);
  if (isNews(purchase, order, at)) return applyOrderStatus(deps, purchase, order);
  if (at && isTerminal(at.state)) return stopWhenWatched(deps, purchase);
}

/** Look-ups missed it so often that it was taken as never made, and its money was given back; and there it is. */
async function watchLateOrder(deps: Deps, purchase: PurchaseRow, order: FoundOrder): Promise<void> {
  reportLateOrder(deps, purchase, order);
  await stopWhenWatched(deps, purchase);
}

interface Standing {
  readonly state: ItemState;
  readonly hasHold: boolean;
  readonly hasOpenCancellation: boolean;
}

async function standing(deps: Deps, purchases: readonly PurchaseRow[]): Promise<Map<string, Standing>> {
  const rows = await deps.db
    .selectFrom('item')
    .innerJoin('trade', (join) =>
      join.onRef('trade.merchant_id', '=', 'item.merchant_id').onRef('trade.id', '=', 'item.trade_id'),
    )
    .leftJoin('cancellation', (join) =>
      join
        .onRef('cancellation.merchant_id', '=', 'item.merchant_id')
        .onRef('cancellation.item_id', '=', 'item.id')
        .on('cancellation.state', 'in', [...openStates]),
    )
    .select(['item.id', 'item.state', 'trade.game', 'cancellation.id as open_id'])
    .where('item.merchant_id', 'in', [...new Set(purchases.map((purchase) => purchase.merchant_id))])
    .where(
      'item.id',
      'in',
      purchases.map((purchase) => purchase.item_id),
    )
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      { state: row.state, hasHold: row.game === CS2, hasOpenCancellation: row.open_id !== null },
    ]),
  );
}

/** Most reads bring nothing new; only those that might are worth a transaction. */
function isNews(purchase: PurchaseRow, order: FoundOrder, at: Standing | undefined): boolean {
  if (purchase.state !== 'done' || !at) return true;
  if (!isProgress(order.status)) return order.status.kind === 'unrecognised';
  const events = eventsToward(at.state, order.status.kind, at.hasHold);
  return (
    events === null || events.length > 0 || (at.hasOpenCancellation && (isTerminal(at.state) || at.state === 'hold'))
  );
}
