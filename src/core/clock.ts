/** The only source of time. No other code in `src` calls `Date.now()` for a decision. */
export interface Clock {
  now(): Date;
  /** Resolves after a pause within an operation. Waiting that must survive a crash is a row with a `due_at`. */
  wait(ms: number): Promise<void>;
}

export const systemClock: Clock = { now: () => new Date(), wait: pause };

/** A clock that can be moved forward but not back, for the sandbox and tests. */
export class MovableClock implements Clock {
  #offsetMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** Waits in real time, because pauses are short. */
  wait(ms: number): Promise<void> {
    return pause(ms);
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Adopts a later offset. An earlier one is ignored, because time must not run back. */
  adoptOffset(offsetMs: number): void {
    this.#offsetMs = Math.max(this.#offsetMs, offsetMs);
  }
}

/**
 * The times at which a signature of another program may be valid: the clock's time and, when the clock was moved, also real
 * time, which the other program uses.
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
