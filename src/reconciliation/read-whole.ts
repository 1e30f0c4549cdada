import type { Deps } from '../deps.ts';
import type { HistoryAnswer, HistoryOrder, ReadHistory, TimeRange, UnreadableOrder } from '../suppliers/history.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import type { History } from './policy.ts';

/** A supplier whose orders can be compared. */
export type WithHistory = Pick<Supplier, 'id'> & { readonly history: ReadHistory };

export interface ReadOptions {
  /** Called after each answer of the marketplace; its next call waits for it. */
  readonly onAnswer?: (answer: HistoryAnswer) => Promise<void> | void;
}

/** What was read of a marketplace's list, and why that is not all of it; null: it is. */
export type ReadOrders = History & { readonly cause: string | null };

/** A marketplace that never ends its list must not be read for ever. */
const PAGES_MAX = 2000;

export function hasHistory(supplier: Supplier): supplier is Supplier & WithHistory {
  return supplier.history !== null;
}

/** Whether another page follows. */
export function hasMore(answer: HistoryAnswer): boolean {
  return answer.outcome === 'read' && answer.next !== null;
}

/** The whole list up to now, or what came of it before an answer that is not clear. */
export async function readWhole(
  { clock }: Pick<Deps, 'clock'>,
  { history }: WithHistory,
  wide: TimeRange,
  { onAnswer }: ReadOptions,
): Promise<ReadOrders> {
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
