import type { ItemRow, PurchaseRow, TradeRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { lockPurchase, type PurchaseRef } from '../purchases/store.ts';
import type { Origin } from '../trades/move.ts';
import { lockItem, lockTrade } from '../trades/queries.ts';

/** A purchase with its item and its trade, all locked by the transaction. */
export interface LockedPurchase {
  readonly trade: TradeRow;
  readonly item: ItemRow;
  readonly purchase: PurchaseRow;
}

/**
 * Runs `work` in a transaction that holds the rows of one purchase. Each is locked once, in the order that every
 * transaction keeps: the trade, its items, their purchases. `work` passes the rows on, and nothing locks them again.
 */
export async function settle<T>(
  deps: Pick<Deps, 'db' | 'clock'>,
  ref: PurchaseRef,
  work: (trx: Trx, locked: LockedPurchase) => Promise<T>,
): Promise<T> {
  return inTransaction(deps, async (trx) => {
    const trade = await lockTrade(trx, ref.merchant_id, ref.trade_id);
    const item = await lockItem(trx, ref);
    return work(trx, { trade, item, purchase: await lockPurchase(trx, ref) });
  });
}

/** Who moves the item of a locked purchase, and why; kept with the event. */
export function originOf({ supplier, reference }: PurchaseRow, cause: Readonly<Record<string, string>> = {}): Origin {
  return { actor: `supplier:${supplier}`, cause: { reference, ...cause } };
}
