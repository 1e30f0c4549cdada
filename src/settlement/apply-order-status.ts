import { closeCancellations } from '../cancellations/close-requests.ts';
import { CS2 } from '../core/games.ts';
import { eventsToward, type ProgressStatus } from '../core/item-states.ts';
import type { ItemRow, PurchaseRow, TradeRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { FoundOrder, OrderStatus } from '../suppliers/supplier.ts';
import { type MoveFacts, moveItems } from '../trades/move.ts';
import { lockItem, lockTrade } from '../trades/queries.ts';
import { bookBought } from './purchase-outcome.ts';

/** Words that move an item; the other two never do. */
type MovingWord = Extract<OrderStatus, { status: ProgressStatus }>;

export function isMoving(word: OrderStatus): word is MovingWord {
  return word.status !== 'waiting' && word.status !== 'unrecognised';
}

/**
 * Settlement: brings an item to where its supplier's word says it is, step by step, with money, events and callbacks,
 * and ends an open cancellation request. The one way in which a supplier's word changes anything.
 */
export async function applyOrderStatus(deps: Deps, purchase: PurchaseRow, order: FoundOrder): Promise<void> {
  const { word } = order;
  if (word.status === 'unrecognised') reportWord(deps, purchase, word.raw);
  // Equal requests that are waiting to be read were made while the one that is settled here was open.
  if ('onOurCancel' in word) await deps.arrivals.drained();
  await inTransaction(deps, async (trx) => {
    // It can have been refused since it was read, and a quick buy's unit have moved on to another purchase.
    const isMade = purchase.state === 'done' || (await bookBought(deps, trx, refOf(purchase), order));
    if (!isMade) return reportLateOrder(deps, purchase, order);
    const trade = await lockTrade(trx, purchase.merchant_id, purchase.trade_id);
    if (!isMoving(word)) return;
    const item = await lockItem(trx, purchase);
    const events = eventsToward(item.state, word.status, trade.game === CS2);
    if (events === null) return reportWord(deps, purchase, `${word.status} after ${item.state}`);
    await takeSteps(deps, trx, trade, item, { events, word, purchase });
    // A request that was recorded while its item was being settled is closed by the next reading.
    if (events.length === 0) await closeCancellations(deps, trx, [item], 'onOurCancel' in word);
    if (events.length > 0) await resetBackoff(deps, trx, purchase);
  });
}

function refOf(purchase: PurchaseRow) {
  return { merchantId: purchase.merchant_id, purchaseId: purchase.id };
}

async function takeSteps(
  deps: Deps,
  trx: Trx,
  trade: TradeRow,
  item: ItemRow,
  step: { events: ReturnType<typeof eventsToward>; word: MovingWord; purchase: PurchaseRow },
): Promise<void> {
  const { word, purchase } = step;
  const origin = {
    actor: `supplier:${purchase.supplier}`,
    cause: { reference: purchase.reference, word: word.status },
  };
  let now = { trade, item };
  for (const event of step.events ?? []) {
    const moved = await moveItems(deps, trx, now.trade, [now.item], event, origin, factsOf(word));
    now = { trade: moved.trade, item: moved.items[0] ?? now.item };
  }
}

function factsOf(word: MovingWord): MoveFacts {
  return {
    ...('steamOfferId' in word && word.steamOfferId ? { steam_offer_id: word.steamOfferId } : {}),
    ...('assetId' in word && word.assetId ? { asset_id: word.assetId } : {}),
    ...('holdEndsAt' in word && word.holdEndsAt ? { hold_end_at: word.holdEndsAt } : {}),
    ...('error' in word ? { error: word.error } : {}),
    ...(word.status === 'declined' ? { error: 'OFFER_NOT_ACCEPTED' as const } : {}),
    ...('by' in word ? { reverted_by: word.by } : {}),
    ...('onOurCancel' in word ? { onOurCancel: true } : {}),
  };
}

/** News resets the reading rhythm, which slows with age. */
async function resetBackoff(deps: Deps, trx: Trx, purchase: PurchaseRow): Promise<void> {
  await trx
    .updateTable('purchase')
    .set({ updated_at: deps.clock.now() })
    .where('merchant_id', '=', purchase.merchant_id)
    .where('id', '=', purchase.id)
    .execute();
}

/** It was taken as never made, and its money was given back; and there it is. */
export function reportLateOrder(deps: Deps, purchase: PurchaseRow, { word }: FoundOrder): void {
  if (word.status !== 'failed') reportWord(deps, purchase, `${word.status}, of an order taken as never made`);
}

export function reportWord(deps: Deps, purchase: PurchaseRow, word: string): void {
  deps.metrics.unrecognisedWords.inc({ supplier: purchase.supplier });
  deps.log.error(
    { supplier: purchase.supplier, reference: purchase.reference, tradeId: purchase.trade_id, word },
    'a supplier says what cannot be; the item stays as it is, somebody must look',
  );
}
