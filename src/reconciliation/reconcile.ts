import { earlier, later, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { makeOrdersDue } from '../purchases/store.ts';
import type { HistoryAnswer, HistoryOrder, ReadHistory, TimeRange, UnreadableOrder } from '../suppliers/history.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import { compare, type Difference, type History, keyOf, type OwnPurchase } from './policy.ts';
import { purchasesIn, purchasesOf } from './queries.ts';

export type ReconcileDeps = Pick<Deps, 'db' | 'clock' | 'config'>;

/** A supplier whose orders can be compared. */
export type WithHistory = Pick<Supplier, 'id'> & { readonly history: ReadHistory };

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

export interface ReconcileOptions {
  /** Called after each answer of the marketplace; its next call waits for it. */
  readonly onAnswer?: (answer: HistoryAnswer) => Promise<void> | void;
  /** For how long items may follow orders that they have not followed yet. Absent: ten seconds. */
  readonly lateMs?: number;
}

/** How far the time of an order can be from ours: the limit of the call that buys, and clocks that differ. */
export const MARGIN_MS = 15 * MINUTE_MS;
const LATE_MS = 10 * SECOND_MS;
const LOOK_EVERY_MS = 500;
/** A marketplace that never ends its list must not be read for ever. */
const PAGES_MAX = 2000;

export function hasHistory(supplier: Supplier): supplier is Supplier & WithHistory {
  return supplier.history !== null;
}

/** Whether another page follows. */
export function hasMore(answer: HistoryAnswer): boolean {
  return answer.outcome === 'read' && answer.next !== null;
}

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
  const { cause, ...history } = await readWhole(deps, supplier, around(reachOf(range, before), MARGIN_MS), options);
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

function around({ from, to }: TimeRange, ms: number): TimeRange {
  return { from: later(from, -ms), to: later(to, ms) };
}

/** The whole list up to now, or what came of it before an answer that is not clear. */
async function readWhole(
  { clock }: ReconcileDeps,
  { history }: WithHistory,
  wide: TimeRange,
  { onAnswer }: ReconcileOptions,
): Promise<History & { readonly cause: string | null }> {
  const now = clock.now();
  const range = wide.to > now ? { from: wide.from, to: now } : wide;
  const orders = new Map<string, HistoryOrder>();
  const unreadable = new Map<string, UnreadableOrder>();
  const read = (cause: string | null) => ({
    orders: [...orders.values()],
    unreadable: [...unreadable.values()],
    isWhole: cause === null,
    cause,
  });
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const answer: HistoryAnswer = await history(range, cursor);
    await onAnswer?.(answer);
    if (answer.outcome === 'unknown') return read(answer.cause);
    for (const order of answer.orders) orders.set(order.orderId, order);
    for (const each of answer.unreadable)
      unreadable.set(each.orderId ?? each.reference ?? `nameless ${unreadable.size}`, each);
    if (answer.next === null) return read(causeIn(unreadable.values()));
    cursor = answer.next;
  }
  return read(`its list of orders has more than ${PAGES_MAX} pages; choose a shorter time`);
}

/** An order of which nothing can be read could be any of those that seem to be missing. */
function causeIn(unreadable: Iterable<UnreadableOrder>): string | null {
  const nameless = [...unreadable].filter(({ orderId, reference }) => orderId === null && reference === null).length;
  return nameless === 0 ? null : `${nameless} of its orders have no readable id`;
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
