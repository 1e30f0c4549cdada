import { earlier, later, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { makeOrdersDue } from '../purchases/store.ts';
import type { HistoryOrder, TimeRange } from '../suppliers/history.ts';
import { isClosed, readClosed } from './closed-orders.ts';
import { compare, type Difference, type History, keyOf, type OwnPurchase } from './policy.ts';
import { purchasesIn, purchasesOf } from './queries.ts';
import { type ReadOptions, readWhole, type WithHistory } from './read-whole.ts';

export type ReconcileDeps = Pick<Deps, 'db' | 'clock' | 'config'>;

export interface Reconciliation {
  readonly supplier: string;
  readonly range: TimeRange;
  /** How many orders the marketplace has, and how many purchases were sent. */
  readonly orders: number;
  readonly purchases: number;
  /** Why not everything could be compared; null: everything was. */
  readonly cause: string | null;
  readonly differences: readonly Difference[];
}

export interface ReconcileOptions extends ReadOptions {
  /** For how long items may follow orders that they have not followed yet. Absent: ten seconds. */
  readonly lateMs?: number;
}

/** How far the time of an order can be from ours: the limit of the call that buys, and clocks that differ. */
export const MARGIN_MS = 15 * MINUTE_MS;
const LATE_MS = 10 * SECOND_MS;
const LOOK_EVERY_MS = 500;
/**
 * Compares a marketplace's own list of orders with our purchases. Our books are read before and after it, and a difference
 * counts if both show it: an item that has changed in between is none. Nothing is changed but when orders are read.
 */
export async function reconcile(
  deps: ReconcileDeps,
  supplier: WithHistory,
  range: TimeRange,
  options: ReconcileOptions = {},
): Promise<Reconciliation> {
  const before = await purchasesIn(deps, supplier.id, around(range, 2 * MARGIN_MS));
  const { cause, ...read } = await readWhole(deps, supplier, around(reachOf(range, before), MARGIN_MS), options);
  const history = { ...read, orders: await withoutClosed(deps, supplier.id, read.orders) };
  const first = compare(range, await withOlder(deps, supplier.id, before, history), history);
  const differences =
    first.length === 0 ? first : await confirm(deps, supplier.id, { range, before, history, first }, options);
  const isIn = (at: Date | null) => at === null || (at >= range.from && at < range.to);
  return {
    supplier: supplier.id,
    range,
    orders: history.orders.filter(({ orderedAt }) => isIn(orderedAt)).length,
    purchases: before.filter(({ at }) => isIn(at)).length,
    cause,
    differences,
  };
}

/** The time in which the orders of its purchases can have been made: of one that was repeated, long before its last call. */
function reachOf({ from, to }: TimeRange, purchases: readonly OwnPurchase[]): TimeRange {
  const judged = purchases.filter(({ at }) => at >= from && at < to);
  return { from: judged.reduce((first, { since }) => earlier(first, since), from), to };
}

/** What an operator has closed is explained already. */
async function withoutClosed(
  deps: ReconcileDeps,
  supplier: string,
  orders: readonly HistoryOrder[],
): Promise<readonly HistoryOrder[]> {
  const closed = await readClosed(deps, supplier);
  return orders.filter((order) => !isClosed(closed, order));
}

export function around({ from, to }: TimeRange, ms: number): TimeRange {
  return { from: later(from, -ms), to: later(to, ms) };
}

/** The purchases of a time and, for orders that none of them has, those that were sent before. */
async function withOlder(
  deps: ReconcileDeps,
  supplier: string,
  purchases: readonly OwnPurchase[],
  { orders, unreadable }: History,
): Promise<readonly OwnPurchase[]> {
  const known = new Set(purchases.map(({ reference }) => reference));
  const references = [...orders, ...unreadable].flatMap(({ reference }) => reference ?? []);
  const others = [...new Set(references.filter((reference) => !known.has(reference)))];
  return [...purchases, ...(await purchasesOf(deps, supplier, others))];
}

interface Found {
  readonly range: TimeRange;
  readonly before: readonly OwnPurchase[];
  readonly history: History;
  readonly first: readonly Difference[];
}

/** Compares again with our books as they are now, after items had time to follow their orders. */
async function confirm(
  deps: ReconcileDeps,
  supplier: string,
  { range, before, history, first }: Found,
  { lateMs = LATE_MS }: ReconcileOptions,
): Promise<Difference[]> {
  const keys = new Set(first.map(keyOf));
  const references = [...new Set(first.flatMap(({ reference }) => reference ?? []))];
  // An order without our reference is found by its own id, which any purchase may have got by now.
  const isNameless = first.some(({ reference }) => reference === null);
  const others = isNameless ? await purchasesIn(deps, supplier, around(range, 2 * MARGIN_MS)) : before;
  const again = async () => {
    const fresh = await purchasesOf(deps, supplier, references);
    const isFresh = new Set(fresh.map(({ reference }) => reference));
    const purchases = [...others.filter(({ reference }) => !isFresh.has(reference)), ...fresh];
    return compare(range, purchases, history).filter((each) => keys.has(keyOf(each)));
  };
  const mayBeLate = (each: Difference) => each.mayBeLate;
  const late = first.filter(mayBeLate).flatMap(({ reference }) => reference ?? []);
  await makeOrdersDue(deps, supplier, late);
  let differences = await again();
  for (let waited = 0; waited < lateMs && differences.some(mayBeLate); waited += LOOK_EVERY_MS) {
    await deps.clock.wait(LOOK_EVERY_MS);
    differences = await again();
  }
  return differences;
}
