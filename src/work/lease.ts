import { later, SECOND_MS } from '../core/clock.ts';

/**
 * A claimed row belongs to its holder until its due time; then it is due for anybody again. That time covers the calls
 * that the holder makes one after the other, each with its time limit, and a margin. A holder makes a call only if the
 * call must end within the lease, so that no two holders of a row ever call at the same time.
 */

/** Covers the statements around the calls, and clocks of different nodes, which agree to within seconds. */
const MARGIN_MS = 5 * SECOND_MS;

/**
 * How long a lease is.
 * @param callMs the time limit of one call; 0 for work that only uses the database
 * @param calls how many calls the holder makes, one after the other
 */
export function leaseMs(callMs: number, calls = 1): number {
  return calls * callMs + MARGIN_MS;
}

/** Until when a row belongs to a holder that claims it now. */
export function leaseEnd(now: Date, callMs: number, calls = 1): Date {
  return later(now, leaseMs(callMs, calls));
}

/**
 * Whether the holder may begin one more call. A holder that was delayed, because its machine slept or its disk hung,
 * leaves the row to the next holder.
 */
export function mayStillCall(now: Date, leasedUntil: Date, callMs: number): boolean {
  return later(now, callMs) <= leasedUntil;
}
