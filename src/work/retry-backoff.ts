import { type Expression, type RawBuilder, sql } from 'kysely';

export interface Rhythm {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * When a row is looked at again of which nothing new is known: after a tenth of the time for which that has been so,
 * between the two limits, give or take a fifth, so that what began together is not asked for together. First after
 * seconds, then at growing gaps (DESIGN 4.2, row 12).
 *
 * @param since the column that holds when the row was last news
 */
export function nextAttemptAt(now: Date, since: Expression<Date>, { minMs, maxMs }: Rhythm): RawBuilder<Date> {
  const pause = sql`least(greatest((${now}::timestamptz - ${since}) * 0.1, ${interval(minMs)}), ${interval(maxMs)})`;
  return sql<Date>`${now}::timestamptz + ${pause} * (0.8 + random() * 0.4)`;
}

/** No look comes later than this after the one before. */
export function longestPauseMs({ maxMs }: Rhythm): number {
  return maxMs * 1.2;
}

function interval(ms: number): RawBuilder<unknown> {
  return sql`${`${ms} milliseconds`}::interval`;
}
