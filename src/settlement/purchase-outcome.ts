import { wakeWaiting } from '../cancellations/store.ts';
import { followClientMoney } from '../clients/usage.ts';
import type { Mills } from '../core/money.ts';
import type { ItemError } from '../core/trade-errors.ts';
import type { ItemRow, PurchaseRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { book } from '../ledger/book.ts';
import { releaseDifference } from '../ledger/movements.ts';
import { quote } from '../market/pricing.ts';
import { isOutcomeOpen, markMade, markRefused, type PurchaseAttempt, type PurchaseRef } from '../purchases/store.ts';
import { reassignUnit } from '../quick-buys/refill.ts';
import { FILL, moveItems, tellItem } from '../trades/move.ts';
import { type LockedPurchase, originOf, settle } from './settle.ts';

/** Records what became of a purchase, once: a second answer finds that the outcome is known, and changes nothing. */

export interface Bought {
  readonly orderId: string;
  readonly costMills: Mills;
}

export async function recordBought(deps: Deps, ref: PurchaseRef, bought: Bought): Promise<void> {
  const known = await settle(deps, ref, async (trx, locked) => {
    if (!isOutcomeOpen(locked.purchase)) return locked.purchase;
    await applyBought(deps, trx, locked, bought);
    return null;
  });
  if (known && known.order_id !== bought.orderId) alertOtherOrder(deps, known, bought);
}

/** An order that no purchase follows, and that is paid for: the purchase has another one, or was taken as not made. */
function alertOtherOrder({ log, metrics }: Deps, purchase: PurchaseRow, { orderId }: Bought): void {
  const { supplier, reference, trade_id: tradeId, state, order_id: known } = purchase;
  metrics.unrecognisedWords.inc({ supplier });
  const about = { supplier, reference, tradeId, orderId, purchase: state, known };
  log.error(about, 'A supplier has bought, but the outcome of the purchase is another one already. Ask the supplier.');
}

/**
 * Records that a locked purchase whose outcome was open was made. Its item gets its cost, and what was reserved beyond
 * that is released.
 * @returns the rows as they are now
 */
export async function applyBought(
  deps: Deps,
  trx: Trx,
  { trade, item, purchase }: LockedPurchase,
  { orderId, costMills }: Bought,
): Promise<LockedPurchase> {
  const made = await markMade(deps, trx, purchase, orderId);
  await wakeWaiting(trx, made, made.updated_at);
  const charged = await recordCost(deps, trx, { trade, item, purchase: made }, costMills);
  // Only now it is known which listing a unit of a quick buy is, and what it costs.
  const told = trade.is_quick ? await tellItem(deps, trx, trade, charged, FILL, originOf(made)) : trade;
  return { trade: told, item: charged, purchase: made };
}

/** If the supplier charged less than was reserved, the merchant pays the lower price, and the rest is released. */
async function recordCost(deps: Deps, trx: Trx, { trade, item }: LockedPurchase, cost: Mills): Promise<ItemRow> {
  const at = deps.clock.now();
  const price = quote(cost, item.fee_bps, item.markup_bps);
  if (cost > item.ceiling_mills) {
    // The merchant pays what was agreed, never more.
    const about = { itemId: item.id, tradeId: item.trade_id, supplier: item.supplier };
    deps.log.error(about, 'The supplier charged more than the ceiling of the order. Ask it for the difference.');
  }
  const cheaper = price < item.price_mills;
  const charged = await trx
    .updateTable('item')
    .set({ cost_mills: cost, ...(cheaper ? { price_mills: price } : {}), updated_at: at })
    .where('merchant_id', '=', item.merchant_id)
    .where('id', '=', item.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (!cheaper) return charged;
  const transfers = releaseDifference(item, price, { actor: 'gateway', at });
  await followClientMoney(trx, trade, { transfers, declines: 0, at });
  await book(trx, item.merchant_id, transfers);
  return charged;
}

/** The supplier said clearly that nothing was bought: the item fails, and its money is released. */
export async function recordNotBought(deps: Deps, attempt: PurchaseAttempt, reason: ItemError): Promise<void> {
  await endUnbought(deps, attempt, { reason, isWatched: false });
}

/**
 * Nothing was found for so long that the order was never made, or a repeat has proved it. It is read all the same, in case
 * it turns up.
 */
export async function recordNeverMade(
  deps: Deps,
  attempt: PurchaseAttempt,
  reason: ItemError = 'PURCHASE_FAILED',
): Promise<void> {
  await endUnbought(deps, attempt, { reason, isWatched: true });
}

interface UnboughtEnd {
  readonly reason: ItemError;
  readonly isWatched: boolean;
}

/** What is known of one call says nothing once another one was claimed: that one may be buying now. */
async function endUnbought(deps: Deps, attempt: PurchaseAttempt, end: UnboughtEnd): Promise<void> {
  await settle(deps, attempt, async (trx, locked) => {
    const { purchase } = locked;
    if (isOutcomeOpen(purchase) && purchase.calls === attempt.calls) await applyUnbought(deps, trx, locked, end);
  });
}

async function applyUnbought(
  deps: Deps,
  trx: Trx,
  { trade, item, purchase }: LockedPurchase,
  end: UnboughtEnd,
): Promise<void> {
  const { reason } = end;
  await markRefused(deps, trx, purchase, end);
  if (await reassignUnit(deps, trx, trade, item, reason, purchase.state === 'asked')) return;
  const origin = originOf(purchase, { reason });
  await moveItems(deps, trx, { trade, items: [item], event: 'fail', origin, facts: { error: reason } });
}
