import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';
import { isClosed, readClosed } from '../reconciliation/closed-orders.ts';
import { purchasesIn, purchasesOf } from '../reconciliation/queries.ts';
import { type ReadOptions, readWhole, type WithHistory } from '../reconciliation/read-whole.ts';
import { around, MARGIN_MS } from '../reconciliation/reconcile.ts';
import type { HistoryOrder, TimeRange } from '../suppliers/history.ts';
import type { Supplier } from '../suppliers/supplier.ts';

export type LostDeps = Pick<Deps, 'db' | 'clock' | 'config'>;

/** An account whose listings are known by their public ids. */
export type Account = Pick<Supplier, 'id' | 'listingIds'>;

/** An order at a marketplace that no purchase has. */
export interface LostOrder {
  readonly supplier: Account;
  readonly order: HistoryOrder;
  /** Whether an operator has closed it, as it is now. */
  readonly isClosed: boolean;
  /** The trade whose purchase has its reference and, as far as the database knows, was never sent; null: there is none. */
  readonly tradeId: string | null;
}

export interface LostOrders {
  readonly supplier: string;
  readonly orders: readonly LostOrder[];
  /** Why not all orders could be read; null: they were. */
  readonly cause: string | null;
}

/**
 * The orders of a time that no purchase has, by our reference or by the marketplace's id: of a database that has lost its
 * newest transactions, and of people who bought outside the gateway. Nothing is changed.
 */
export async function lostOrders(
  deps: LostDeps,
  supplier: Account & WithHistory,
  range: TimeRange,
  options: ReadOptions = {},
): Promise<LostOrders> {
  const { orders, unreadable, cause } = await readWhole(deps, supplier, around(range, MARGIN_MS), options);
  const isKnown = await knownIn(deps, supplier.id, range, orders);
  const lost = orders.filter((order) => !isKnown(order));
  const closed = await readClosed(deps, supplier.id);
  const unsent = await unsentTrades(deps, lost);
  return {
    supplier: supplier.id,
    orders: lost.map((order) => ({
      supplier,
      order,
      isClosed: isClosed(closed, order),
      tradeId: unsent.get(order.reference) ?? null,
    })),
    cause: cause ?? (unreadable.length === 0 ? null : `${unreadable.length} of its orders cannot be read`),
  };
}

/** The trades of purchases that were recorded here and, as far as the database knows, never sent, by their references. */
async function unsentTrades(
  { db }: LostDeps,
  orders: readonly HistoryOrder[],
): Promise<ReadonlyMap<string | null, string>> {
  const references = orders.flatMap(({ reference }) => reference ?? []);
  if (references.length === 0) return new Map();
  const rows = await db
    .selectFrom('purchase')
    .modifyFront(ofAllMerchants)
    .select(['reference', 'trade_id'])
    .where('reference', 'in', references)
    .execute();
  return new Map(rows.map((row) => [row.reference, row.trade_id]));
}

/** As reconciliation knows them: by our reference, and those without one by the marketplace's id. */
async function knownIn(
  deps: LostDeps,
  supplier: string,
  range: TimeRange,
  orders: readonly HistoryOrder[],
): Promise<(order: HistoryOrder) => boolean> {
  const references = orders.flatMap(({ reference }) => reference ?? []);
  const named = new Set((await purchasesOf(deps, supplier, references)).map(({ reference }) => reference));
  const isNameless = orders.some(({ reference }) => reference === null);
  const others = isNameless ? await purchasesIn(deps, supplier, around(range, 2 * MARGIN_MS)) : [];
  const ids = new Set(others.map(({ orderId }) => orderId));
  return ({ reference, orderId }) => (reference === null ? ids.has(orderId) : named.has(reference));
}
