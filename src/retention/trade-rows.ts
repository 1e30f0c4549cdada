import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../db/transaction.ts';

/** All rows that belong to whole trades, for reading them into an archive and for removing them. */

/** The ids of some trades of a merchant, and of what belongs to them. */
interface Keys {
  readonly merchantId: string;
  readonly trades: readonly string[];
  readonly items: readonly string[];
  readonly callbacks: readonly string[];
  readonly cancellations: readonly string[];
}

/**
 * The tables of a trade and the column by which their rows are found, each after the tables that it refers to. Every one of these
 * columns follows `merchant_id` in an index.
 */
const tables = [
  ['trade', 'id', 'trades'],
  ['item', 'trade_id', 'trades'],
  ['quick_buy', 'trade_id', 'trades'],
  ['approval', 'trade_id', 'trades'],
  ['approval_attempt', 'trade_id', 'trades'],
  ['trade_event', 'trade_id', 'trades'],
  ['purchase', 'item_id', 'items'],
  ['cancellation', 'item_id', 'items'],
  ['cancellation_joined', 'cancellation_id', 'cancellations'],
  ['transfer', 'item_id', 'items'],
  ['callback', 'trade_id', 'trades'],
  ['callback_attempt', 'callback_id', 'callbacks'],
] as const satisfies readonly (readonly [string, string, keyof Omit<Keys, 'merchantId'>])[];

export type ArchivedTable = (typeof tables)[number][0];

export const archivedTables: readonly ArchivedTable[] = tables.map(([table]) => table);

/** How many rows of each table. */
export type Counts = Readonly<Partial<Record<ArchivedTable, number>>>;

async function keysOf(trx: Trx, merchantId: string, trades: readonly string[]): Promise<Keys> {
  const items = await trx
    .selectFrom('item')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('trade_id', 'in', [...trades])
    .execute();
  const callbacks = await trx
    .selectFrom('callback')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('trade_id', 'in', [...trades])
    .execute();
  const itemIds = items.map(({ id }) => id);
  const cancellations = await trx
    .selectFrom('cancellation')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('item_id', 'in', itemIds)
    .execute();
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  return { merchantId, trades, items: itemIds, callbacks: ids(callbacks), cancellations: ids(cancellations) };
}

function which(keys: Keys, column: string, kind: keyof Omit<Keys, 'merchantId'>): RawBuilder<unknown> {
  return sql`merchant_id = ${keys.merchantId} and ${sql.ref(column)} in (${sql.join(keys[kind])})`;
}

export interface TradeRows {
  /** A line of JSON for each row: `{"table": "item", "row": {…}}`, with the columns of the table. */
  readonly lines: readonly string[];
  readonly counts: Counts;
}

/** Reads all rows of some trades. The server makes the JSON, so that no number or time is converted here. */
export async function readRows(trx: Trx, merchantId: string, trades: readonly string[]): Promise<TradeRows> {
  const keys = await keysOf(trx, merchantId, trades);
  const lines: string[] = [];
  const counts: Record<string, number> = {};
  for (const [table, column, kind] of tables) {
    if (keys[kind].length === 0) continue;
    const { rows } = await sql<{ row: string }>`select row_to_json(found)::text as row
      from (select * from ${sql.table(table)} where ${which(keys, column, kind)}) as found`.execute(trx);
    for (const { row } of rows) lines.push(`{"table":"${table}","row":${row}}`);
    counts[table] = rows.length;
  }
  return { lines, counts };
}

/** What was removed besides the rows. */
export interface Removed {
  readonly counts: Counts;
  /** Callbacks that had a place in the merchant's log. */
  readonly events: number;
  /** What the removed transfers moved, by account. */
  readonly moved: readonly { readonly account: string; readonly mills: bigint }[];
}

/** Removes all rows of some trades, those first that refer to others. */
export async function removeRows(trx: Trx, merchantId: string, trades: readonly string[]): Promise<Removed> {
  const keys = await keysOf(trx, merchantId, trades);
  const moved = await sumTransfers(trx, keys);
  const events = await countEvents(trx, keys);
  const counts: Record<string, number> = {};
  for (const [table, column, kind] of tables.toReversed()) {
    if (keys[kind].length === 0) continue;
    const { numAffectedRows = 0n } =
      await sql`delete from ${sql.table(table)} where ${which(keys, column, kind)}`.execute(trx);
    counts[table] = Number(numAffectedRows);
  }
  return { counts, events, moved };
}

/** Their trades are locked, so that no transfer is added before they are removed. */
async function sumTransfers(trx: Trx, keys: Keys): Promise<Removed['moved']> {
  const { rows } = await sql<{ account: string; mills: bigint }>`
    select side.account, sum(side.mills)::bigint as mills
    from transfer cross join lateral
      (values (to_account, amount_mills), (from_account, -amount_mills)) as side (account, mills)
    where ${which(keys, 'item_id', 'items')}
    group by side.account order by side.account`.execute(trx);
  return rows;
}

/** Their merchant is locked, so that none of them gets its place before it is removed. */
async function countEvents(trx: Trx, keys: Keys): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int4 as count from callback
    where ${which(keys, 'trade_id', 'trades')} and position is not null`.execute(trx);
  return rows[0]?.count ?? 0;
}
