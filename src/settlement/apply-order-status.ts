import { closeCancellations } from '../cancellations/store.ts';
import { CS2 } from '../core/games.ts';
import { eventsToward } from '../core/item-states.ts';
import type { ItemRow, PurchaseRow, TradeRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { type FoundOrder, isProgress, type Progress } from '../suppliers/supplier.ts';
import { type MoveFacts, moveItems } from '../trades/move.ts';
import { lockItem, lockTrade } from '../trades/queries.ts';
import { bookBought } from './purchase-outcome.ts';

/**
 * Settlement: brings an item to where its supplier's word says it is, step by step, with money, events and callbacks,
 * and ends an open cancellation request. The one way in which a supplier's word changes anything.
 */
export async function applyOrderStatus(deps: Deps, purchase: PurchaseRow, order: FoundOrder): Promise<void> {
  const { status } = order;
  if (status.kind === 'unrecognised') reportStatus(deps, purchase, status.raw);
  // Equal requests that are waiting to be read were made while the one that is settled here was open.
  if ('onOurCancel' in status) await deps.arrivals.drained();
  await inTransaction(deps, async (trx) => {
    // It can have been refused since it was read, and a quick buy's unit have moved on to another purchase.
    const isMade = purchase.state === 'done' || (await bookBought(deps, trx, refOf(purchase), order));
    if (!isMade) return reportLateOrder(deps, purchase, order);
    const trade = await lockTrade(trx, purchase.merchant_id, purchase.trade_id);
    if (!isProgress(status)) return;
    const item = await lockItem(trx, purchase);
    const events = eventsToward(item.state, status.kind, trade.game === CS2);
    if (events === null) return reportStatus(deps, purchase, `${status.kind} after ${item.state}`);
    await takeSteps(deps, trx, trade, item, { events, status, purchase });
    // A request that was recorded while its item was being settled is closed by the next reading.
    if (events.length === 0) await closeCancellations(deps, trx, [item], 'onOurCancel' in status);
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
  step: { events: ReturnType<typeof eventsToward>; status: Progress; purchase: PurchaseRow },
): Promise<void> {
  const { status, purchase } = step;
  const origin = {
    actor: `supplier:${purchase.supplier}`,
    cause: { reference: purchase.reference, word: status.kind },
  };
  let now = { trade, item };
  for (const event of step.events ?? []) {
    const moved = await moveItems(deps, trx, now.trade, [now.item], event, origin, factsOf(status));
    now = { trade: moved.trade, item: moved.items[0] ?? now.item };
  }
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
export function reportLateOrder(deps: Deps, purchase: PurchaseRow, { status }: FoundOrder): void {
  if (status.kind !== 'failed') reportStatus(deps, purchase, `${status.kind}, of an order taken as never made`);
}

export function reportStatus(deps: Deps, purchase: PurchaseRow, status: string): void {
  deps.metrics.unrecognisedWords.inc({ supplier: purchase.supplier });
  deps.log.error(
    { supplier: purchase.supplier, reference: purchase.reference, tradeId: purchase.trade_id, status },
    'a supplier says what cannot be; the item stays as it is, somebody must look',
  );
}
