import { type Expression, type RawBuilder, sql } from 'kysely';

/** The shortest and the longest pause between two attempts. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** A pause is a tenth of the time that has passed, and up to a fifth shorter or longer. */
const SHARE = 0.1;
const JITTER = 0.2;

/**
 * When to try again: after a tenth of the time since the last change, within the two limits. The first attempts come
 * after seconds, and the later ones at growing intervals. The jitter of a fifth keeps rows that started together from
 * being tried together.
 * @param since the column that holds the time of the last change
 */
export function nextAttemptAt(now: Date, since: Expression<Date>, { minMs, maxMs }: Backoff): RawBuilder<Date> {
  const share = sql`(${now}::timestamptz - ${since}) * ${sql.lit(SHARE)}`;
  const pause = sql`least(greatest(${share}, ${interval(minMs)}), ${interval(maxMs)})`;
  return sql<Date>`${now}::timestamptz + ${pause} * (${sql.lit(1 - JITTER)} + random() * ${sql.lit(2 * JITTER)})`;
}

/** No pause is longer than this. */
export function longestPauseMs({ maxMs }: Backoff): number {
  return maxMs * (1 + JITTER);
}

/** In SQL: the longest pause of one row, which is shorter while its last change is recent. */
export function longestPauseOf(now: Date, since: Expression<Date>, { minMs, maxMs }: Backoff): RawBuilder<unknown> {
  const [min, max] = [interval(minMs * (1 + JITTER)), interval(maxMs * (1 + JITTER))];
  return sql`least(greatest((${now}::timestamptz - ${since}) * ${sql.lit(SHARE * (1 + JITTER))}, ${min}), ${max})`;
}

function interval(ms: number): RawBuilder<unknown> {
  return sql`${`${ms} milliseconds`}::interval`;
}
