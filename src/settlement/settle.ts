import type { ItemRow, PurchaseRow, TradeRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { lockPurchases, type PurchaseRef } from '../purchases/store.ts';
import type { Origin } from '../trades/move.ts';
import { lockItems, lockTrades } from '../trades/queries.ts';

/** A purchase with its item and its trade, all locked by the transaction. */
export interface LockedPurchase {
  readonly trade: TradeRow;
  readonly item: ItemRow;
  readonly purchase: PurchaseRow;
}

/** Runs `work` in a transaction that holds the rows of one purchase. */
export async function settle<T>(
  deps: Pick<Deps, 'db' | 'clock'>,
  ref: PurchaseRef,
  work: (trx: Trx, locked: LockedPurchase) => Promise<T>,
): Promise<T> {
  return settleTogether(deps, ref.merchant_id, [ref], async (trx, [locked]) => {
    if (!locked) throw new Error(`purchase ${ref.id} is not there`);
    return work(trx, locked);
  });
}

/**
 * Runs `work` in a transaction that holds the rows of purchases of one merchant. Each is locked once, in the order that every
 * transaction keeps: trades, items, purchases, each by id. `work` passes the rows on, and nothing locks them again.
 * @param work gets the rows in the order of `refs`
 */
export async function settleTogether<T>(
  deps: Pick<Deps, 'db' | 'clock'>,
  merchantId: string,
  refs: readonly PurchaseRef[],
  work: (trx: Trx, locked: readonly LockedPurchase[]) => Promise<T>,
): Promise<T> {
  return inTransaction(deps, async (trx) => {
    const tradeIds = [...new Set(refs.map((ref) => ref.trade_id))];
    const trades = byId(await lockTrades(trx, merchantId, tradeIds));
    const items = byId(
      await lockItems(
        trx,
        merchantId,
        refs.map((ref) => ref.item_id),
      ),
    );
    const purchases = byId(
      await lockPurchases(
        trx,
        merchantId,
        refs.map((ref) => ref.id),
      ),
    );
    const locked = refs.map((ref) => ({
      trade: trades(ref.trade_id),
      item: items(ref.item_id),
      purchase: purchases(ref.id),
    }));
    return work(trx, locked);
  });
}

/** Finds rows by their ids. */
function byId<Row extends { readonly id: string }>(rows: readonly Row[]): (id: string) => Row {
  const found = new Map(rows.map((row) => [row.id, row]));
  return (id) => {
    const row = found.get(id);
    if (!row) throw new Error(`there is no row ${id}`);
    return row;
  };
}

/** Who moves the item of a locked purchase, and why; kept with the event. */
export function originOf({ supplier, reference }: PurchaseRow, cause: Readonly<Record<string, string>> = {}): Origin {
  return { actor: `supplier:${supplier}`, cause: { reference, ...cause } };
}
