import type { FastifyBaseLogger } from 'fastify';
import { type Clock, msBetween } from '../core/clock.ts';
import { Ticker } from './ticker.ts';

/** What a look has found. */
export interface Seen {
  /** Whether something waits to be done; what is done is written, and then there is another look soon. */
  readonly isDue: boolean;
  /** When something will be due that is not yet, by the clock; null: nothing is known to. */
  readonly nextAt: Date | null;
}

export interface WatchTimes {
  /** The shortest pause between two looks, in which what happens meanwhile is looked at together. */
  readonly everyMs: number;
  /** The longest pause, after which what nobody told is seen. */
  readonly restMs: number;
}

/** What is due and was not done, because of a freeze or a failure, is looked at less and less often. */
const PAUSE_IN_VAIN_MAX_MS = 5000;

/**
 * Looks whether there is something to do: soon after something was written, when it will be due, and otherwise rarely.
 * A node that has nothing to do then rests, and one that is busy looks no more often than before.
 */
export class Watch {
  readonly #ticker: Ticker;
  readonly #times: WatchTimes;
  readonly #clock: Clock;
  /** null: the last look failed. */
  #seen: Seen | null = null;
  #looksInVain = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #soon: NodeJS.Timeout | undefined;

  /** @param look may find something due only by statements that are not taken for writes (`db/writes.ts`) */
  constructor(name: string, look: () => Promise<Seen>, times: WatchTimes, { clock, log }: WatchDeps) {
    this.#times = times;
    this.#clock = clock;
    this.#ticker = new Ticker(
      name,
      () => this.#round(look),
      () => this.#pauseMs,
      log,
    );
  }

  start(): void {
    this.#ticker.start();
  }

  /** Something was written, here or by another node. */
  notice(): void {
    this.#looksInVain = 0;
    if (this.#soon !== undefined) return;
    const pauseMs = Math.max(0, this.#lookedAt + this.#times.everyMs - performance.now());
    this.#soon = setTimeout(() => this.wake(), pauseMs);
  }

  /** Whether a look is under way. */
  get isWorking(): boolean {
    return this.#ticker.isWorking;
  }

  /** Looks at once. */
  wake(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#ticker.wake();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#soon);
    await this.#ticker.stop();
  }

  async #round(look: () => Promise<Seen>): Promise<void> {
    this.#lookedAt = performance.now();
    this.#seen = null;
    this.#seen = await look();
    this.#looksInVain = this.#seen.isDue ? this.#looksInVain + 1 : 0;
  }

  get #pauseMs(): number {
    const { everyMs, restMs } = this.#times;
    if (this.#seen === null) return everyMs;
    const { nextAt } = this.#seen;
    if (this.#looksInVain > 0)
      return Math.max(everyMs, Math.min(everyMs * 2 ** (this.#looksInVain - 1), PAUSE_IN_VAIN_MAX_MS));
    // A timer may fire a millisecond early.
    const untilNextMs = nextAt === null ? restMs : msBetween(this.#clock.now(), nextAt) + 1;
    return Math.max(everyMs, Math.min(untilNextMs, restMs));
  }
}

interface WatchDeps {
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
}
