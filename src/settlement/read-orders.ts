import { openStates } from '../core/cancellation-states.ts';
import { CS2 } from '../core/games.ts';
import { eventsToward, isTerminal } from '../core/item-states.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { claimDueOrders, readAgainSoon } from '../purchases/store.ts';
import {
  countedOutcome,
  type FoundOrder,
  isProgress,
  type OrderStatus,
  type Supplier,
  type UnreadableEntry,
} from '../suppliers/supplier.ts';
import { logFailure } from '../work/failure-log.ts';
import { alertLateOrder, alertStatus, type HeldItem, statusAt } from './apply-order-status.ts';
import { applyTogether, type OwnedOrder } from './apply-together.ts';
import { onAnswerWithoutOrder, onLookupMiss, stopReadingWhenOver } from './lookup-misses.ts';

/**
 * Reads the orders of one supplier that are due, in one call, and applies what changed.
 * @returns how many were read; a full batch means that there may be more
 */
export async function readDueOrders(deps: Deps, supplier: Supplier): Promise<number> {
  const due = await claimDueOrders(deps, supplier);
  if (due.length > 0) await readOrders(deps, supplier, due);
  return due.length;
}

/** An unclear answer changes nothing but when the orders are read again. */
async function readOrders(deps: Deps, supplier: Supplier, purchases: readonly PurchaseRow[]): Promise<void> {
  const answer = await supplier.find(purchases.map((purchase) => purchase.reference));
  deps.metrics.supplierCalls.inc({ supplier: supplier.id, call: 'find', outcome: countedOutcome(answer) });
  if (answer.outcome === 'unknown') {
    const about = { supplier: supplier.id, cause: answer.cause, orders: purchases.length };
    deps.log.warn(about, 'Failed to read orders. They are read again soon.');
    await readAgainSoon(deps, purchases);
    if (!answer.isWithoutOrder) return;
    for (const purchase of purchases) await onAnswerWithoutOrder(deps, supplier, purchase);
    return;
  }
  const found = new Map(answer.found.map((order) => [order.reference, order]));
  const unreadable = new Map(answer.unreadable?.map((order) => [order.reference, order]));
  const items = await readItems(deps, purchases);
  const failed: PurchaseRow[] = [];
  const changed: OwnedOrder[] = [];
  for (const purchase of purchases) {
    const order = found.get(purchase.reference);
    const item = items.get(purchase.item_id);
    try {
      const unread = unreadable.get(purchase.reference);
      if (unread) await onUnreadableOrder(deps, purchase, unread);
      else if (!order) await onLookupMiss(deps, supplier, purchase, answer);
      else if (mayMove(deps, purchase, order, item))
        changed.push({ purchase, order, isAlone: item?.isOfClient ?? true });
      else await onUnchangedOrder(deps, purchase, order, item);
    } catch (error) {
      // One order that cannot be worked on must not hold up the others that were read with it.
      const about = { reference: purchase.reference, tradeId: purchase.trade_id };
      logFailure(deps.log, error, about, 'Failed to work on an order that was read. It is read again soon.');
      failed.push(purchase);
    }
  }
  failed.push(...(await applyTogether(deps, changed)));
  if (failed.length > 0) await readAgainSoon(deps, failed);
}

/** There is an order, but not even its price can be read. Nothing is applied, and its purchase is not given up. */
async function onUnreadableOrder(deps: Deps, purchase: PurchaseRow, { raw }: UnreadableEntry): Promise<void> {
  alertStatus(deps, purchase, raw);
  await stopReadingWhenOver(deps, purchase);
}

/** Most reads find no change; only the others are worth a transaction. */
function mayMove(deps: Deps, purchase: PurchaseRow, order: FoundOrder, item: OrderedItem | undefined): boolean {
  if (purchase.state === 'refused') return false;
  if (purchase.state !== 'done' || !item) return true;
  return mayChange(item, statusAt(deps, purchase.supplier, item, order.status));
}

async function onUnchangedOrder(
  deps: Deps,
  purchase: PurchaseRow,
  order: FoundOrder,
  item: OrderedItem | undefined,
): Promise<void> {
  if (purchase.state === 'refused') alertLateOrder(deps, purchase, order);
  if (purchase.state === 'refused' || (item && isTerminal(item.state))) await stopReadingWhenOver(deps, purchase);
}

/** What of an item decides whether a status of its order may change something. */
interface OrderedItem extends HeldItem {
  readonly hasOpenCancellation: boolean;
  /** Whether its trade is one of a merchant's client. */
  readonly isOfClient: boolean;
}

type ItemsById = ReadonlyMap<string, OrderedItem>;

async function readItems(deps: Deps, purchases: readonly PurchaseRow[]): Promise<ItemsById> {
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
    .select(['item.id', 'item.state', 'item.hold_end_at', 'trade.game', 'trade.source', 'cancellation.id as open_id'])
    .where('item.merchant_id', 'in', [...new Set(purchases.map((purchase) => purchase.merchant_id))])
    .where(
      'item.id',
      'in',
      purchases.map((purchase) => purchase.item_id),
    )
    .execute();
  return new Map(
    rows.map(({ id, game, source, open_id, ...item }) => [
      id,
      { ...item, hasHold: game === CS2, hasOpenCancellation: open_id !== null, isOfClient: source === 'client' },
    ]),
  );
}

function mayChange({ state, hasHold, hasOpenCancellation }: OrderedItem, status: OrderStatus): boolean {
  if (!isProgress(status)) return status.kind === 'unrecognised';
  const events = eventsToward(state, status.kind, hasHold);
  if (events === null || events.length > 0) return true;
  return hasOpenCancellation && (isTerminal(state) || state === 'hold');
}
