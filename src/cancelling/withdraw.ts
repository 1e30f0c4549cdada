import type { ItemRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { type MoveDeps, moveItems, type Origin } from '../trades/move.ts';
import { itemsOf } from '../trades/queries.ts';

/**
 * Cancels an item that no supplier was asked to sell: it ends as `canceled`, its money is released, and an open
 * cancellation request of it is settled. A purchase that is recorded but was never sent is given up in the same
 * transaction; the guard on its state keeps a worker from sending it.
 *
 * `trade` must be locked by the caller, and `item` read under that lock.
 * @returns the trade as it is now; null when a supplier may have been asked, or the item is over: nothing was changed
 */
export async function withdrawItem(
  deps: MoveDeps,
  trx: Trx,
  trade: TradeRow,
  item: ItemRow,
  origin: Origin,
): Promise<TradeRow | null> {
  const isUnsent = item.state === 'initiated' || (item.state === 'pending' && (await giveUpPurchase(deps, trx, item)));
  if (!isUnsent) return null;
  const moved = await moveItems(deps, trx, { trade, items: [item], event: 'withdraw', origin });
  await endApproval(deps, trx, trade);
  return moved.trade;
}

/** A unit of a quick buy that has no listing has no purchase to give up. */
async function giveUpPurchase(deps: MoveDeps, trx: Trx, item: ItemRow): Promise<boolean> {
  if (item.listing_id === null) return true;
  const givenUp = await trx
    .updateTable('purchase')
    .set({ state: 'refused', reason: 'cancelled before it was sent', due_at: null, updated_at: deps.clock.now() })
    .where('merchant_id', '=', item.merchant_id)
    .where('item_id', '=', item.id)
    .where('state', '=', 'recorded')
    .returning('id')
    .executeTakeFirst();
  return givenUp !== undefined;
}

/** When no item waits for the merchant's answer any more, it is not asked any more. */
async function endApproval(deps: MoveDeps, trx: Trx, { merchant_id, id }: TradeRow): Promise<void> {
  const items = await itemsOf(trx, merchant_id, [id]);
  if (items.some((item) => item.state === 'initiated')) return;
  await trx
    .updateTable('approval')
    .set({ state: 'withdrawn', due_at: null, decided_at: deps.clock.now() })
    .where('merchant_id', '=', merchant_id)
    .where('trade_id', '=', id)
    .where('state', '=', 'asking')
    .execute();
}
