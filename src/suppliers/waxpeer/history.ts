import type { HistoryAnswer, HistoryOrder, TimeRange, UnreadableOrder } from '../history.ts';
import type { Unknown } from '../supplier.ts';
import { utcDateOf } from '../wire-texts.ts';
import { succeeded, unclear } from './answers.ts';
import type { WaxpeerClient } from './client.ts';
import { historyOrderOf } from './map.ts';
import { historyRowShape, historyShape, ownTradeShape, tradesShape, type WireHistoryRow } from './shapes.ts';

/** An answer has at most so many trades and transfers of money, and skips at most so many. */
const PAGE = 100;
const SKIP_MAX = 1000;
const SHORTEST_MS = 1000;
const NOTHING_READ: UnreadableOrder = { orderId: null, reference: null, orderedAt: null };

/** The part of the time that is being read, and how much of it was. */
interface Place extends TimeRange {
  readonly skip: number;
}

/**
 * The list of the account's trades does not have our references, so that each trade is looked up by its id as well. What the
 * account has sold is left out.
 */
export async function readHistory(
  client: WaxpeerClient,
  range: TimeRange,
  cursor: string | null,
): Promise<HistoryAnswer> {
  const place = placeOf(range, cursor);
  const answer = await client.myHistory(place, place.skip);
  const json = succeeded(answer);
  if (!historyShape.Check(json)) return unclear(answer);
  const { trades, transactions = [] } = json.data;
  const next = nextAfter(range, place, [trades.length, transactions.length]);
  if (next === undefined) return { outcome: 'unknown', cause: `more than ${SKIP_MAX} trades in a second` };
  const rows = trades.filter((row) => historyRowShape.Check(row));
  const unread = Array.from({ length: trades.length - rows.length }, () => NOTHING_READ);
  const odd = rows.filter(({ action }) => action !== 'buy' && action !== 'sell').map(unreadableOf);
  const details = await readDetails(
    client,
    rows.filter(({ action }) => action === 'buy'),
  );
  if ('outcome' in details) return details;
  return { outcome: 'read', orders: details.orders, unreadable: [...unread, ...odd, ...details.unreadable], next };
}

interface Details {
  readonly orders: HistoryOrder[];
  readonly unreadable: UnreadableOrder[];
}

/** A trade that is in the list and not in the look-up is told as unreadable: nobody would know what it cost. */
async function readDetails(client: WaxpeerClient, rows: readonly WireHistoryRow[]): Promise<Details | Unknown> {
  const read: Details = { orders: [], unreadable: [] };
  if (rows.length === 0) return read;
  const answer = await client.trades(rows.map(({ id }) => String(id)));
  const json = succeeded(answer);
  if (!tradesShape.Check(json)) return unclear(answer);
  const trades = json.trades.filter((trade) => ownTradeShape.Check(trade));
  const byId = new Map(trades.map((trade) => [String(trade.id), trade]));
  for (const row of rows) {
    const trade = byId.get(String(row.id));
    if (trade) read.orders.push(historyOrderOf(trade, row));
    else read.unreadable.push(unreadableOf(row));
  }
  return read;
}

function unreadableOf({ id, created }: Pick<WireHistoryRow, 'id' | 'created'>): UnreadableOrder {
  return { orderId: String(id), reference: null, orderedAt: utcDateOf(created) };
}

function placeOf({ from, to }: TimeRange, cursor: string | null): Place {
  const [start, end, skip] = (cursor ?? '').split(' ');
  return start && end && skip
    ? { from: new Date(start), to: new Date(end), skip: Number(skip) }
    : { from, to, skip: 0 };
}

/**
 * Whether the limit of an answer counts trades and transfers of money together or apart is not known. Skipping the longer of
 * both lists leaves nothing out in either case. Of a time with more trades than can be skipped, a half is read instead.
 * @returns null at the end; undefined: there are too many trades
 */
function nextAfter(
  range: TimeRange,
  place: Place,
  [trades, transactions]: [number, number],
): string | null | undefined {
  if (trades + transactions < PAGE) return place.to < range.to ? textOf({ ...range, from: place.to, skip: 0 }) : null;
  const skip = place.skip + Math.max(trades, transactions);
  if (skip <= SKIP_MAX) return textOf({ ...place, skip });
  const halfMs = (place.to.getTime() - place.from.getTime()) / 2;
  if (halfMs < SHORTEST_MS) return undefined;
  return textOf({ from: place.from, to: new Date(place.from.getTime() + Math.ceil(halfMs)), skip: 0 });
}

function textOf({ from, to, skip }: Place): string {
  return `${from.toISOString()} ${to.toISOString()} ${skip}`;
}
