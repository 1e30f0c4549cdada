import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../db/transaction.ts';

/** A way through all rows of a table, slice by slice, in the order of a unique key. */
export interface Walk {
  readonly table: 'merchant' | 'trade' | 'transfer' | 'purchase' | 'cancellation';
  readonly key: readonly string[];
  /** Rows of the first slice. */
  readonly size: number;
}

/** Every transaction of the gateway is about one trade at most, so a slice of whole trades is never half a step. */
export const trades: Walk = { table: 'trade', key: ['merchant_id', 'id'], size: 256 };
/** A balance is the sum of all transfers of its merchant: those are never split. */
export const merchants: Walk = { table: 'merchant', key: ['id'], size: 1 };
export const transfers: Walk = { table: 'transfer', key: ['merchant_id', 'key'], size: 2048 };
export const purchases: Walk = { table: 'purchase', key: ['merchant_id', 'id'], size: 1024 };
export const cancellations: Walk = { table: 'cancellation', key: ['merchant_id', 'id'], size: 1024 };

/** The key of the last row that was seen; null: none yet. */
export type Position = readonly unknown[] | null;

/** The rows of a slice, for a `from`. */
export function sliceRows(walk: Walk, after: Position, size: number): RawBuilder<unknown> {
  const key = keyOf(walk);
  const seen = after === null ? sql`` : sql`where (${key}) > (${sql.join(after)})`;
  return sql`select * from ${sql.table(walk.table)} ${seen} order by ${key} limit ${size}`;
}

/** @returns the key of the slice's last row, or null when nothing comes after this slice */
export async function endOfSlice(trx: Trx, walk: Walk, after: Position, size: number): Promise<Position> {
  const { rows } = await sql<Record<string, unknown>>`
    select ${keyOf(walk)} from (${sliceRows(walk, after, size)}) as slice
    order by ${keyOf(walk)} offset ${size - 1} limit 1`.execute(trx);
  const [last] = rows;
  return last ? walk.key.map((column) => last[column]) : null;
}

function keyOf(walk: Walk): RawBuilder<unknown> {
  return sql.join(walk.key.map((column) => sql.ref(column)));
}
