import { MovableClock } from '../../src/core/clock.ts';

const START_MS = Date.parse('2026-01-05T12:00:00.000Z');

/** Time stands still until the story moves it. */
export class StillClock extends MovableClock {
  #nowMs = START_MS;

  override now(): Date {
    return new Date(this.#nowMs);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Moves time forward, never back. */
  moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
  }

  /** Back to the beginning, for the next story. */
  restart(): void {
    this.#nowMs = START_MS;
  }
}
