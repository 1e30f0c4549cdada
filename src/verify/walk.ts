import { type RawBuilder, sql } from 'kysely';
import { ofAllMerchants } from '../db/portable.ts';
import type { Trx } from '../db/transaction.ts';

/** An iteration over rows of a table in slices. */
export interface Walk {
  readonly table: 'merchant' | 'trade' | 'transfer' | 'purchase' | 'cancellation' | 'audit_entry';
  /** Rows with one key are in one slice. */
  readonly key: string;
  /** The column that names the merchant: one merchant's rows are walked after another's. null: it is no merchant's table, or all are compared. */
  readonly merchant: 'merchant_id' | 'id' | null;
  /** The size of the first slice. */
  readonly size: number;
}

/** Each transaction of the gateway changes at most one trade, so a slice of whole trades never splits a transaction. */
export const trades: Walk = { table: 'trade', key: 'id', merchant: 'merchant_id', size: 256 };
/** A balance is the sum of all transfers of its merchant, so a merchant is never split. */
export const merchants: Walk = { table: 'merchant', key: 'id', merchant: 'id', size: 1 };
export const transfers: Walk = { table: 'transfer', key: 'key', merchant: 'merchant_id', size: 2048 };
export const purchases: Walk = { table: 'purchase', key: 'id', merchant: 'merchant_id', size: 1024 };
export const cancellations: Walk = { table: 'cancellation', key: 'id', merchant: 'merchant_id', size: 1024 };
/** Merchants share marketplaces, where a reference names one order. */
export const references: Walk = { table: 'purchase', key: 'reference', merchant: null, size: 1024 };
export const auditEntries: Walk = { table: 'audit_entry', key: 'number', merchant: null, size: 1024 };

/** The keys of a slice: after `after`, up to and including `end`; null: from the first row, to the last. */
export interface Range {
  /** Absent where the walk is of no merchant. */
  readonly merchantId: string | null;
  readonly after: unknown;
  readonly end: unknown;
}

/** The rows of a slice, for a `from` clause. */
export function sliceRows(walk: Walk, range: Range): RawBuilder<unknown> {
  return sql`select ${ofAll(walk)} * from ${sql.table(walk.table)} where ${isWithin(walk, range)} order by ${sql.ref(walk.key)}`;
}

/** A slice of a walk. */
export interface SliceEnd {
  /** How many rows it has. */
  readonly rows: number;
  /** The key with which it ends; null when it has all rows that are left. */
  readonly end: unknown;
}

/** Finds where a slice of `size` rows ends. */
export async function endOfSlice(
  trx: Trx,
  walk: Walk,
  { merchantId, after }: Pick<Range, 'merchantId' | 'after'>,
  size: number,
): Promise<SliceEnd> {
  const key = sql.ref(walk.key);
  const { rows } = await sql<{ found: number; key: unknown }>`
    select count(*)::int4 as found, (array_agg(${key} order by ${key}))[${size}::int4] as key from (
      select ${ofAll(walk)} ${key} from ${sql.table(walk.table)}
      where ${isWithin(walk, { merchantId, after, end: null })} order by ${key} limit ${size + 1}
    ) as slice`.execute(trx);
  const { found = 0, key: last = null } = rows[0] ?? {};
  return { rows: Math.min(found, size), end: found > size ? last : null };
}

const MERCHANTS_MAX = 1000;

/** @returns the next merchants' ids in their order; none: there are no more */
export async function nextMerchants(trx: Trx, after: string | null): Promise<readonly string[]> {
  const query = trx.selectFrom('merchant').select('id').orderBy('id').limit(MERCHANTS_MAX);
  const rows = await (after === null ? query : query.where('id', '>', after)).execute();
  return rows.map(({ id }) => id);
}

function isWithin({ key, merchant }: Walk, { merchantId, after, end }: Range): RawBuilder<unknown> {
  const column = sql.ref(key);
  const conditions = [
    ...(merchant === null ? [] : [sql`${sql.ref(merchant)} = ${merchantId}::uuid`]),
    ...(after === null ? [] : [sql`${column} > ${after}`]),
    ...(end === null ? [] : [sql`${column} <= ${end}`]),
  ];
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** Only the walk that compares merchants' rows reads those of all. */
function ofAll({ table, merchant }: Walk): RawBuilder<unknown> {
  return table === 'purchase' && merchant === null ? ofAllMerchants : sql``;
}
