import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../db/transaction.ts';

/** An iteration over all rows of a table in slices, in the order of a unique key. */
export interface Walk {
  readonly table: 'merchant' | 'trade' | 'transfer' | 'purchase' | 'cancellation' | 'audit_entry';
  readonly key: readonly string[];
  /** The size of the first slice. */
  readonly size: number;
}

/** Each transaction of the gateway changes at most one trade, so a slice of whole trades never splits a transaction. */
export const trades: Walk = { table: 'trade', key: ['merchant_id', 'id'], size: 256 };
/** A balance is the sum of all transfers of its merchant, so a merchant is never split. */
export const merchants: Walk = { table: 'merchant', key: ['id'], size: 1 };
export const transfers: Walk = { table: 'transfer', key: ['merchant_id', 'key'], size: 2048 };
export const purchases: Walk = { table: 'purchase', key: ['merchant_id', 'id'], size: 1024 };
export const cancellations: Walk = { table: 'cancellation', key: ['merchant_id', 'id'], size: 1024 };

export const auditEntries: Walk = { table: 'audit_entry', key: ['number'], size: 1024 };

/** The key of the last row; null at the start. */
export type Position = readonly unknown[] | null;

/** The rows of a slice, for a `from` clause. */
export function sliceRows(walk: Walk, after: Position, size: number): RawBuilder<unknown> {
  const key = keyOf(walk);
  const seen = after === null ? sql`` : sql`where (${key}) > (${sql.join(after)})`;
  return sql`select * from ${sql.table(walk.table)} ${seen} order by ${key} limit ${size}`;
}

/** @returns the key of the slice's last row, or null when no rows follow */
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
