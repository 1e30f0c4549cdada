import { type Expression, type RawBuilder, sql } from 'kysely';
import { SECOND_MS } from '../core/clock.ts';

/** The shortest and the longest pause between two attempts. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** A row that is tried again. */
export interface Retried {
  /** The column that holds the time of the last change. */
  readonly since: Expression<Date>;
  /** The column that identifies the row: its jitter is made from it. */
  readonly id: Expression<string>;
}

/** A pause is a tenth of the time that has passed, and up to a fifth shorter or longer. */
const SHARE = 0.1;
const JITTER = 0.2;
const JITTER_STEPS = 1023;

/**
 * When to try again: after a tenth of the time since the last change, within the two limits. The first attempts come
 * after seconds, and the later ones at growing intervals. The jitter of a fifth keeps rows that started together from
 * being tried together; it comes from the row's id, because a distributed engine takes no `random()` in an UPDATE. For the
 * same reason pauses are numbers and not intervals (docs/internals/portable-sql.md).
 */
export function nextAttemptAt(now: Date, { since, id }: Retried, backoff: Backoff): RawBuilder<Date> {
  const step = sql`(hashtext(${id}::text) & ${sql.lit(JITTER_STEPS)}) / ${sql.lit(`${JITTER_STEPS}.0`)}::float8`;
  const jitter = sql`(${sql.lit(1 - JITTER)} + ${sql.lit(2 * JITTER)} * ${step})`;
  return at(now, sql`${pauseSeconds(now, since, backoff, SHARE)} * ${jitter}`);
}

/** No pause is longer than this. */
export function longestPauseMs({ maxMs }: Backoff): number {
  return maxMs * (1 + JITTER);
}

/**
 * In SQL: the time after which no row is due whose last change was at `since`, for all of whose pauses this holds: they are
 * not longer than `backoff` says, or than `atLeastMs`.
 * @param from the time from which the pause counts
 */
export function latestAttemptAt(
  { now, from }: { readonly now: Date; readonly from: Date },
  since: Expression<Date>,
  { minMs, maxMs }: Backoff,
  atLeastMs = 0,
): RawBuilder<Date> {
  const longest = { minMs: minMs * (1 + JITTER), maxMs: maxMs * (1 + JITTER) };
  const pause = pauseSeconds(now, since, longest, SHARE * (1 + JITTER));
  return at(from, sql`greatest(${pause}, ${seconds(atLeastMs)})`);
}

function pauseSeconds(now: Date, since: Expression<Date>, { minMs, maxMs }: Backoff, share: number) {
  const passed = sql`extract(epoch from ${now}::timestamptz - ${since})::float8`;
  return sql`least(greatest(${passed} * ${sql.lit(share)}, ${seconds(minMs)}), ${seconds(maxMs)})`;
}

function at(from: Date, pause: RawBuilder<unknown>): RawBuilder<Date> {
  return sql<Date>`to_timestamp(${from.getTime() / SECOND_MS}::float8 + ${pause})`;
}

function seconds(ms: number): RawBuilder<unknown> {
  return sql`${ms / SECOND_MS}::float8`;
}
