import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, systemClock } from '../core/clock.ts';

/** When a callback that was not accepted is sent again. */

/** Pauses before the retries of a callback; after the last one it has failed. */
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

/** Each pause varies by a fifth, so that callbacks that failed together are not retried together. */
const JITTER = 0.2;

/**
 * The pause after a failed attempt: as scheduled, and never shorter than the receiver asked for.
 * @param attempts since the callback was recorded or last replayed, the failed one included
 * @returns null when it was the last one
 */
export function pauseAfter(attempts: number, retryAfterMs: number | null): number | null {
  const pauseMs = PAUSES_MS[attempts - 1];
  if (pauseMs === undefined) return null;
  const jittered = pauseMs * (1 - JITTER + 2 * JITTER * Math.random());
  return Math.max(jittered, retryAfterMs ?? 0);
}

/** The longest pause that a receiver can ask for; a longer one would leave too few attempts. */
const RETRY_AFTER_MAX_MS = DAY_MS;

/** Reads `Retry-After`: seconds or a date (RFC 9110). @returns null when it is absent or cannot be read */
export function readRetryAfter(header: string | string[] | undefined): number | null {
  const text = [header].flat()[0] ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - systemClock.now().getTime();
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), RETRY_AFTER_MAX_MS);
}
