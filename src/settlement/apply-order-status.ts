import { closeCancellations } from '../cancellations/store.ts';
import { later } from '../core/clock.ts';
import { CS2 } from '../core/games.ts';
import { eventsToward, type ItemEvent, type ItemState } from '../core/item-states.ts';
import type { ItemRow, PurchaseRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { isOutcomeOpen, resetReadBackoff } from '../purchases/store.ts';
import { type FoundOrder, isProgress, type OrderStatus, type Progress } from '../suppliers/supplier.ts';
import { type MoveFacts, moveItems } from '../trades/move.ts';
import { applyBought } from './purchase-outcome.ts';
import { type LockedPurchase, originOf, settle } from './settle.ts';

/**
 * What became of an order status:
 * - `applied`: the item is where the status says it is;
 * - `late`: the purchase was taken as never made before, so that the status moves nothing;
 * - `contradiction`: nothing leads from the item's state to the status.
 */
type Applied =
  | { readonly kind: 'applied' }
  | { readonly kind: 'late' }
  | { readonly kind: 'contradiction'; readonly state: ItemState };

/**
 * Brings an item to where its order's status says it is, step by step, with money, events and callbacks, and closes an
 * open cancellation request. No status of a supplier changes anything in another way.
 * @param purchase as it was when the order was read
 */
export async function applyOrderStatus(deps: Deps, purchase: PurchaseRow, order: FoundOrder): Promise<void> {
  const { status } = order;
  if (status.kind === 'unrecognised') alertStatus(deps, purchase, status.raw);
  // Equal requests that arrived while the request that is settled here was open must join it, so they are read first.
  if ('onOurCancel' in status) await deps.arrivals.drained();
  const applied = await settle(deps, purchase, (trx, locked) => applyLocked(deps, trx, locked, order));
  if (applied.kind === 'late') alertLateOrder(deps, purchase, order);
  if (applied.kind === 'contradiction') alertStatus(deps, purchase, `${status.kind} after ${applied.state}`);
}

async function applyLocked(deps: Deps, trx: Trx, locked: LockedPurchase, order: FoundOrder): Promise<Applied> {
  const isMade = locked.purchase.state === 'done';
  // It can have been refused since it was read, and the unit of a quick buy can be another purchase's by now.
  if (!isMade && !isOutcomeOpen(locked.purchase)) return { kind: 'late' };
  const made = isMade ? locked : await applyBought(deps, trx, locked, order);
  const { trade, item, purchase } = made;
  const hasHold = trade.game === CS2;
  const status = statusAt(deps, purchase.supplier, { ...item, hasHold }, order.status);
  if (!isProgress(status)) return { kind: 'applied' };
  const events = eventsToward(item.state, status.kind, hasHold);
  if (events === null) return { kind: 'contradiction', state: item.state };
  if (events.length > 0) await takeSteps(deps, trx, made, events, status);
  // A request that was recorded while its item was being settled is closed by the next reading.
  else await closeCancellations(deps, trx, [item], 'onOurCancel' in status);
  return { kind: 'applied' };
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

async function takeSteps(
  deps: Deps,
  trx: Trx,
  { trade, item, purchase }: LockedPurchase,
  events: readonly ItemEvent[],
  status: Progress,
): Promise<void> {
  const origin = originOf(purchase, { word: status.kind });
  let now = { trade, item };
  for (const event of events) {
    const moved = await moveItems(deps, trx, now.trade, [now.item], event, origin, factsOf(status));
    now = { trade: moved.trade, item: moved.items[0] ?? now.item };
  }
  await resetReadBackoff(deps, trx, purchase);
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
