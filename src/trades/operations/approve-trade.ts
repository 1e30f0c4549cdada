import { later, SECOND_MS } from '../../clock.ts';
import type { ItemRow } from '../../db/tables.ts';
import { inTransaction, type Trx } from '../../db/transaction.ts';
import type { Deps } from '../../deps.ts';
import { newId, referenceOf } from '../../ids.ts';
import { moveItems } from '../move.ts';
import { itemsOf, lockTrade } from '../queries.ts';

/** A recorded purchase is made by its job; the sweep takes it over when the job has not within this time. */
const JOB_GRACE_MS = 5 * SECOND_MS;

/**
 * Lets a trade pass the gate: its items become `pending`, and each gets the purchase that will buy it, with its
 * reference, before any supplier hears of it (DESIGN 4.3). A trade that has passed already is left alone.
 */
export async function approveTrade(deps: Deps, trade: { merchantId: string; tradeId: string }): Promise<void> {
  await inTransaction(deps, async (trx) => {
    const row = await lockTrade(trx, trade.merchantId, trade.tradeId);
    const waiting = (await itemsOf(trx, row.merchant_id, [row.id])).filter((item) => item.state === 'initiated');
    if (waiting.length === 0) return;
    const moved = await moveItems(deps, trx, row, waiting, 'approve', { actor: 'gateway' });
    await recordPurchases(deps, trx, moved.items);
  });
}

async function recordPurchases(deps: Deps, trx: Trx, items: readonly ItemRow[]): Promise<void> {
  const at = deps.clock.now();
  const purchases = items.map((item) => {
    const id = newId(at);
    return {
      merchant_id: item.merchant_id,
      id,
      trade_id: item.trade_id,
      item_id: item.id,
      supplier: item.supplier,
      reference: referenceOf(id),
      state: 'recorded' as const,
      due_at: later(at, JOB_GRACE_MS),
      created_at: at,
      updated_at: at,
    };
  });
  await trx.insertInto('purchase').values(purchases).execute();
  const jobs = purchases.map(({ merchant_id, id }) => ({ merchantId: merchant_id, purchaseId: id }));
  await deps.jobs.enqueue(trx, 'make-purchase', jobs);
}
