import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';

/** Pauses before the retries of a callback (DESIGN 4.6); after the last one it has failed. */
const PAUSES_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  DAY_MS,
];

/** Give or take a fifth, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * How long to wait after a failed attempt: as the schedule says, and never less than the receiver asked for.
 * @param attempts made since the callback was recorded or last replayed, the failed one included
 * @returns null when it was the last one
 */
export function pauseAfter(attempts: number, retryAfterMs: number | null): number | null {
  const pauseMs = PAUSES_MS[attempts - 1];
  if (pauseMs === undefined) return null;
  const jittered = pauseMs * (1 - JITTER + 2 * JITTER * Math.random());
  return Math.max(jittered, retryAfterMs ?? 0);
}
