import type { HistoryAnswer, TimeRange, UnreadableOrder } from '../history.ts';
import { open } from './answers.ts';
import type { Cs2dtClient } from './client.ts';
import { historyOrderOf, timeOf } from './map.ts';
import { orderFactsShape, orderRowShape, ordersPageShape } from './shapes.ts';

/** Where the list is read, and how its order was so far. */
interface Place {
  readonly page: number;
  /** The time of the oldest order of the page before; null: there is none, or the list is not sorted. */
  readonly oldestMs: number | null;
  /** Whether every order so far was older than the one before. */
  readonly isSorted: boolean;
}

const FIRST: Place = { page: 1, oldestMs: null, isSorted: true };

/**
 * The list has all orders of the account, and how it is sorted is not known. It is read until an order is older than the
 * time that is asked for, as long as every order was older than the one before; else to its end.
 */
export async function readHistory(
  client: Cs2dtClient,
  range: TimeRange,
  cursor: string | null,
): Promise<HistoryAnswer> {
  const place = placeOf(cursor);
  const { code, data, unclear } = open(await client.orders(place.page));
  if (code !== 0 || !ordersPageShape.Check(data)) return unclear;
  const isLast = place.page >= data.pages;
  // A page without orders before the last one would hide those that belong on it.
  if (data.list.length === 0 && !isLast) return unclear;
  const rows = data.list.map((row) => ({
    facts: factsOf(row),
    order: orderRowShape.Check(row) ? historyOrderOf(row) : null,
  }));
  const orders = rows.flatMap(({ order }) => order ?? []);
  const unreadable = rows.filter(({ order }) => order === null).map(({ facts }) => facts);
  const after = placeAfter(
    place,
    rows.map(({ facts }) => facts.orderedAt?.getTime() ?? Number.NaN),
  );
  const isPast = after.isSorted && after.oldestMs !== null && after.oldestMs < range.from.getTime();
  return { outcome: 'read', orders, unreadable, next: isLast || isPast ? null : textOf(after) };
}

function factsOf(row: unknown): UnreadableOrder {
  if (!orderFactsShape.Check(row)) return { orderId: null, reference: null, orderedAt: null };
  const { orderAssetId: orderId, outTradeNo: reference } = row;
  return {
    orderId: String(orderId),
    reference: typeof reference === 'string' ? reference : null,
    orderedAt: timeOf(row),
  };
}

/** A time that cannot be read is NaN, which is neither older nor newer than any other. */
function placeAfter({ page, oldestMs, isSorted }: Place, times: readonly number[]): Place {
  const all = oldestMs === null ? times : [oldestMs, ...times];
  const isInOrder = all.every((time, index) => time <= (all[index - 1] ?? Number.POSITIVE_INFINITY));
  return { page: page + 1, oldestMs: all.at(-1) ?? null, isSorted: isSorted && isInOrder };
}

function placeOf(cursor: string | null): Place {
  const [page, oldest, sorted] = (cursor ?? '').split(' ');
  if (!page || !oldest) return FIRST;
  return { page: Number(page), oldestMs: Number(oldest), isSorted: sorted === 'sorted' };
}

function textOf({ page, oldestMs, isSorted }: Place): string {
  return `${page} ${oldestMs ?? 0} ${isSorted && oldestMs !== null ? 'sorted' : 'unsorted'}`;
}
