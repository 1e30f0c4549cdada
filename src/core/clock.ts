/** The one source of time. Nothing else in `src` calls `Date.now()` for a decision. */
export interface Clock {
  now(): Date;
  /** Resolves after a pause within an operation. What has to survive a crash is a row with a `due_at`, not a wait. */
  wait(ms: number): Promise<void>;
}

export const systemClock: Clock = { now: () => new Date(), wait: pause };

/** A clock that can be moved forward, never back: the sandbox's, and the tests'. */
export class MovableClock implements Clock {
  #offsetMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** In real time: pauses are too short for anybody to skip them. */
  wait(ms: number): Promise<void> {
    return pause(ms);
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Takes over a later offset; an earlier one is ignored, since time never runs back. */
  adoptOffset(offsetMs: number): void {
    this.#offsetMs = Math.max(this.#offsetMs, offsetMs);
  }
}

/**
 * The times by which something that another program signed may be valid: the clock's, and where the clock was moved also
 * real time, which is what that program follows.
 */
export function timesOfSigning(clock: Clock): readonly Date[] {
  return clock instanceof MovableClock ? [clock.now(), new Date()] : [clock.now()];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}

export function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}

export function msBetween(from: Date, to: Date): number {
  return to.getTime() - from.getTime();
}

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
