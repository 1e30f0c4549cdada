import { closeCancellations } from '../cancellations/store.ts';
import { later } from '../core/clock.ts';
import { CS2 } from '../core/games.ts';
import { eventsToward, type ItemEvent, type ItemState } from '../core/item-states.ts';
import type { ItemRow, PurchaseRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { isOutcomeOpen, resetReadBackoff } from '../purchases/store.ts';
import { type FoundOrder, isProgress, type OrderStatus, type Progress } from '../suppliers/supplier.ts';
import { type MoveFacts, moveTrades } from '../trades/move.ts';
import { applyBought } from './purchase-outcome.ts';
import { type LockedPurchase, originOf, settleTogether } from './settle.ts';

/** An order that was read, and its purchase as it was then. */
export interface ReadOrder {
  readonly purchase: PurchaseRow;
  readonly order: FoundOrder;
}

/**
 * Brings an item to where its order's status says it is, step by step, with money, events and callbacks, and closes an
 * open cancellation request. No status of a supplier changes anything in another way.
 * @param purchase as it was when the order was read
 */
export async function applyOrderStatus(deps: Deps, purchase: PurchaseRow, order: FoundOrder): Promise<void> {
  await applyOrderStatuses(deps, purchase.merchant_id, [{ purchase, order }]);
}

/**
 * The same for orders of several trades of one merchant, in one transaction: each statement is about all of them.
 * @param orders each of another trade; several only of the merchant's own trades
 */
export async function applyOrderStatuses(deps: Deps, merchantId: string, orders: readonly ReadOrder[]): Promise<void> {
  // Equal requests that arrived while the request that is settled here was open must join it, so they are read first.
  if (orders.some(({ order }) => 'onOurCancel' in order.status)) await deps.arrivals.drained();
  const purchases = orders.map(({ purchase }) => purchase);
  const decisions = await settleTogether(deps, merchantId, purchases, async (trx, locked) => {
    const decided: Decision[] = [];
    for (const [place, { order }] of orders.entries()) {
      const rows = locked[place];
      if (rows) decided.push(await decide(deps, trx, rows, order));
    }
    await takeSteps(deps, trx, merchantId, decided);
    return decided;
  });
  for (const [place, { purchase, order }] of orders.entries()) alertOdd(deps, purchase, order, decisions[place]);
}

/**
 * What an order status means for its item:
 * - `moves`: these events bring the item to where the status says it is; none if it is there;
 * - `unmoved`: the status says nothing that moves an item;
 * - `late`: the purchase was taken as never made before, so that the status moves nothing;
 * - `contradiction`: nothing leads from the item's state to the status.
 */
type Decision =
  | {
      readonly kind: 'moves';
      readonly made: LockedPurchase;
      readonly events: readonly ItemEvent[];
      readonly status: Progress;
    }
  | { readonly kind: 'unmoved' }
  | { readonly kind: 'late' }
  | { readonly kind: 'contradiction'; readonly state: ItemState };

/** Records that the purchase was made, if that was not known. */
async function decide(deps: Deps, trx: Trx, locked: LockedPurchase, order: FoundOrder): Promise<Decision> {
  const isMade = locked.purchase.state === 'done';
  // It can have been refused since it was read, and the unit of a quick buy can be another purchase's by now.
  if (!isMade && !isOutcomeOpen(locked.purchase)) return { kind: 'late' };
  const made = isMade ? locked : await applyBought(deps, trx, locked, order);
  const { trade, item, purchase } = made;
  const hasHold = trade.game === CS2;
  const status = statusAt(deps, purchase.supplier, { ...item, hasHold }, order.status);
  if (!isProgress(status)) return { kind: 'unmoved' };
  const events = eventsToward(item.state, status.kind, hasHold);
  return events === null ? { kind: 'contradiction', state: item.state } : { kind: 'moves', made, events, status };
}

function alertOdd(deps: Deps, purchase: PurchaseRow, order: FoundOrder, decision: Decision | undefined): void {
  const { status } = order;
  if (status.kind === 'unrecognised') alertStatus(deps, purchase, status.raw);
  if (decision?.kind === 'late') alertLateOrder(deps, purchase, order);
  if (decision?.kind === 'contradiction') alertStatus(deps, purchase, `${status.kind} after ${decision.state}`);
}

/** What of an item decides what the status of its order means. */
export interface HeldItem extends Pick<ItemRow, 'state' | 'hold_end_at'> {
  /** Whether Steam protects accepted offers of its game. */
  readonly hasHold: boolean;
}

/**
 * What a status means by now. Some marketplaces never say that Steam's protection is over: there an order that is still
 * `accepted` well after the end of its hold is `settled`, and one of a game without protection is so at once.
 */
export function statusAt(
  { suppliers, clock }: Pick<Deps, 'suppliers' | 'clock'>,
  supplierId: string,
  { state, hold_end_at: holdEndAt, hasHold }: HeldItem,
  status: OrderStatus,
): OrderStatus {
  const settles = suppliers.find(supplierId)?.settles ?? 'told';
  if (status.kind !== 'accepted' || settles === 'told') return status;
  const isOver = state === 'hold' && holdEndAt !== null && later(holdEndAt, settles.afterMs) <= clock.now();
  if (hasHold && !isOver) return status;
  const { holdEndsAt: _end, ...facts } = status;
  return { ...facts, kind: 'settled' };
}

/** Takes the first steps of all items together, then their second ones, and so on. */
async function takeSteps(deps: Deps, trx: Trx, merchantId: string, decisions: readonly Decision[]): Promise<void> {
  const moving = decisions.filter((decision) => decision.kind === 'moves');
  const there = moving.filter(({ events }) => events.length === 0);
  // A request that was recorded while its item was being settled is closed by the next reading.
  const ended = there.map(({ made: { item }, status }) => ({
    itemId: item.id,
    state: item.state,
    onOurCancel: 'onOurCancel' in status,
  }));
  await closeCancellations(deps, trx, merchantId, ended);
  const changed = moving.filter(({ events }) => events.length > 0);
  if (changed.length === 0) return;
  let left = changed.map(({ made, events, status }) => ({ ...made, events, status }));
  while (left.length > 0) left = await takeNextStep(deps, trx, left);
  const ids = changed.map(({ made }) => made.purchase.id);
  await resetReadBackoff(deps, trx, merchantId, ids);
}

/** A locked purchase and the events that are still to come. */
interface Course extends LockedPurchase {
  readonly events: readonly ItemEvent[];
  readonly status: Progress;
}

/** @returns those that have more steps to take */
async function takeNextStep(deps: Deps, trx: Trx, courses: readonly Course[]): Promise<Course[]> {
  const moves = courses.flatMap(({ trade, item, purchase, events: [event], status }) =>
    event
      ? [{ trade, items: [item], event, origin: originOf(purchase, { word: status.kind }), facts: factsOf(status) }]
      : [],
  );
  const moved = await moveTrades(deps, trx, moves);
  return courses.flatMap((course, place) => {
    const { trade = course.trade, items: [item = course.item] = [] } = moved[place] ?? {};
    const events = course.events.slice(1);
    return events.length > 0 ? [{ ...course, trade, item, events }] : [];
  });
}

function factsOf(status: Progress): MoveFacts {
  return {
    ...('steamOfferId' in status && status.steamOfferId ? { steam_offer_id: status.steamOfferId } : {}),
    ...('assetId' in status && status.assetId ? { asset_id: status.assetId } : {}),
    ...('holdEndsAt' in status && status.holdEndsAt ? { hold_end_at: status.holdEndsAt } : {}),
    ...('error' in status ? { error: status.error } : {}),
    ...(status.kind === 'declined' ? { error: 'OFFER_NOT_ACCEPTED' as const } : {}),
    ...('by' in status ? { reverted_by: status.by } : {}),
    ...('onOurCancel' in status ? { onOurCancel: true } : {}),
  };
}

/** An order was found whose purchase was taken as never made, and whose money was given back. */
export function alertLateOrder(deps: Deps, purchase: PurchaseRow, { status }: FoundOrder): void {
  if (status.kind !== 'failed') alertStatus(deps, purchase, `${status.kind}, of an order taken as never made`);
}

export function alertStatus(deps: Deps, { supplier, reference, trade_id: tradeId }: PurchaseRow, status: string): void {
  deps.metrics.unrecognisedWords.inc({ supplier });
  const about = { supplier, reference, tradeId, status };
  deps.log.error(about, 'An order status contradicts what is known. The item keeps its state; ask the supplier.');
}
