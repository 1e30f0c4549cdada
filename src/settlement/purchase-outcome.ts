import { wakeWaiting } from '../cancellations/store.ts';
import { followClientMoney } from '../clients/usage.ts';
import { earlier, later, SECOND_MS } from '../core/clock.ts';
import type { Mills } from '../core/money.ts';
import type { ItemError } from '../core/trade-errors.ts';
import type { PurchaseRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { book } from '../ledger/book.ts';
import { releaseDifference } from '../ledger/movements.ts';
import { quote } from '../market/pricing.ts';
import { reassignUnit } from '../quick-buys/refill.ts';
import { FILL, moveItems, tellItem } from '../trades/move.ts';
import { lockItem, lockTrade } from '../trades/queries.ts';

/** Recording what became of a purchase. Each is guarded by the purchase's state, so a second word changes nothing. */

export interface PurchaseRef {
  readonly merchantId: string;
  readonly purchaseId: string;
}

export interface Bought {
  readonly orderId: string;
  readonly costMills: Mills;
}

/** First look at a new order, and at an unknown one: soon, since most news comes early. */
const FIRST_LOOK_MS = 2 * SECOND_MS;

export async function recordBought(deps: Deps, ref: PurchaseRef, bought: Bought): Promise<void> {
  await inTransaction(deps, async (trx) => {
    await bookBought(deps, trx, ref, bought);
  });
}

/**
 * As `recordBought`, inside a transaction that goes on. Locks the trade.
 * @returns false when it is known by now that nothing was bought: the item may be bought by another purchase
 */
export async function bookBought(deps: Deps, trx: Trx, ref: PurchaseRef, bought: Bought): Promise<boolean> {
  const purchase = await lockUnsettled(trx, ref);
  if (!purchase) return isMade(trx, ref);
  const at = deps.clock.now();
  await trx
    .updateTable('purchase')
    .set({
      state: 'done',
      order_id: bought.orderId,
      ordered_at: earlier(at, later(purchase.asked_at ?? at, deps.config.supplierTimeoutMs)),
      reason: null,
      due_at: later(at, FIRST_LOOK_MS),
      unknown_since: null,
      misses: 0,
      updated_at: at,
    })
    .where('merchant_id', '=', purchase.merchant_id)
    .where('id', '=', purchase.id)
    .execute();
  await wakeWaiting(trx, purchase, at);
  await writeCost(deps, trx, purchase, bought.costMills);
  await tellWhenQuick(deps, trx, purchase);
  return true;
}

async function isMade(trx: Trx, ref: PurchaseRef): Promise<boolean> {
  const { state } = await trx
    .selectFrom('purchase')
    .select('state')
    .where('merchant_id', '=', ref.merchantId)
    .where('id', '=', ref.purchaseId)
    .executeTakeFirstOrThrow();
  return state === 'done';
}

/** Only now it is known which listing a unit of a quick buy is, and what it costs: its merchant is told. */
async function tellWhenQuick(deps: Deps, trx: Trx, purchase: PurchaseRow): Promise<void> {
  const trade = await lockTrade(trx, purchase.merchant_id, purchase.trade_id);
  if (!trade.is_quick) return;
  const origin = { actor: `supplier:${purchase.supplier}`, cause: { reference: purchase.reference } };
  await tellItem(deps, trx, trade, await lockItem(trx, purchase), FILL, origin);
}

/** Charged less than was reserved: the merchant pays the lower price, and the rest is released (DESIGN 4.3). */
async function writeCost(deps: Deps, trx: Trx, purchase: PurchaseRow, cost: Mills): Promise<void> {
  const at = deps.clock.now();
  const item = await lockItem(trx, purchase);
  const price = quote(cost, item.fee_bps);
  if (cost > item.ceiling_mills) {
    // The merchant pays what was agreed, never more; the operator has to take it up with the supplier.
    deps.log.error({ itemId: item.id, tradeId: item.trade_id, supplier: item.supplier }, 'charged above the ceiling');
  }
  const cheaper = price < item.price_mills;
  await trx
    .updateTable('item')
    .set({ cost_mills: cost, ...(cheaper ? { price_mills: price } : {}), updated_at: at })
    .where('merchant_id', '=', item.merchant_id)
    .where('id', '=', item.id)
    .execute();
  if (!cheaper) return;
  const transfers = releaseDifference(item, price, { actor: 'gateway', at });
  const trade = await lockTrade(trx, item.merchant_id, item.trade_id);
  await followClientMoney(trx, trade, { transfers, declines: 0, at });
  await book(trx, item.merchant_id, transfers);
}

/** Nothing was bought, by the supplier's clear word: the item fails and its money is released. */
export async function recordNotBought(deps: Deps, ref: PurchaseRef, reason: ItemError): Promise<void> {
  await inTransaction(deps, (trx) => bookNotBought(deps, trx, ref, { reason, due_at: null }));
}

/** Nothing was bought, as far as look-ups can tell. It is watched all the same, in case the order turns up. */
export async function recordNeverMade(deps: Deps, ref: PurchaseRef): Promise<void> {
  const due_at = later(deps.clock.now(), FIRST_LOOK_MS);
  await inTransaction(deps, (trx) => bookNotBought(deps, trx, ref, { reason: 'PURCHASE_FAILED', due_at }));
}

async function bookNotBought(
  deps: Deps,
  trx: Trx,
  ref: PurchaseRef,
  end: { reason: ItemError; due_at: Date | null },
): Promise<void> {
  const purchase = await lockUnsettled(trx, ref);
  if (!purchase) return;
  const { reason } = end;
  await trx
    .updateTable('purchase')
    .set({ state: 'refused', ...end, unknown_since: null, updated_at: deps.clock.now() })
    .where('merchant_id', '=', purchase.merchant_id)
    .where('id', '=', purchase.id)
    .execute();
  const trade = await lockTrade(trx, purchase.merchant_id, purchase.trade_id);
  const item = await lockItem(trx, purchase);
  if (await reassignUnit(deps, trx, trade, item, reason)) return;
  const origin = { actor: `supplier:${purchase.supplier}`, cause: { reference: purchase.reference, reason } };
  await moveItems(deps, trx, trade, [item], 'fail', origin, { error: reason });
}

/** No clear answer. The reference is kept and looked up, first after seconds (DESIGN 4.3). */
export async function markUnknown(deps: Deps, ref: PurchaseRef, cause: string): Promise<void> {
  const at = deps.clock.now();
  deps.log.warn({ purchaseId: ref.purchaseId, cause }, 'a purchase got no clear answer; it will be looked up');
  await deps.db
    .updateTable('purchase')
    .set({ state: 'unknown', reason: cause, unknown_since: at, due_at: later(at, FIRST_LOOK_MS), updated_at: at })
    .where('merchant_id', '=', ref.merchantId)
    .where('id', '=', ref.purchaseId)
    .where('state', '=', 'asked')
    .execute();
}

/** The purchase, with its trade locked first (DESIGN 5), if its outcome is still open. */
async function lockUnsettled(trx: Trx, ref: PurchaseRef): Promise<PurchaseRow | null> {
  const { trade_id } = await trx
    .selectFrom('purchase')
    .select('trade_id')
    .where('merchant_id', '=', ref.merchantId)
    .where('id', '=', ref.purchaseId)
    .executeTakeFirstOrThrow();
  await lockTrade(trx, ref.merchantId, trade_id);
  const purchase = await trx
    .selectFrom('purchase')
    .selectAll()
    .where('merchant_id', '=', ref.merchantId)
    .where('id', '=', ref.purchaseId)
    .where('state', 'in', ['asked', 'unknown'])
    .executeTakeFirst();
  return purchase ?? null;
}
