import type { FastifyBaseLogger } from 'fastify';
import { FailureLog } from './failure-log.ts';

/** After failures the pauses grow up to this, so that work goes on soon after the database or a supplier is back. */
const PAUSE_AFTER_FAILURES_MAX_MS = 5000;

/** One round. It calls `progressed` after each part, so that a long round can be told from one that hangs. */
export type Round = (progressed: () => void) => Promise<void>;

/** The pause of a ticker that runs a round only when it is woken. */
export const UNTIL_WOKEN = Number.POSITIVE_INFINITY;

/**
 * Runs rounds: one after each pause, or at once when woken, and never two at the same time. After a failure the pauses
 * grow, and the rows that were due still are. Failures are logged when they begin and when they end.
 */
export class Ticker {
  /** What it does, for logs and metrics. */
  readonly name: string;
  readonly #round: Round;
  readonly #everyMs: () => number;
  readonly #failures: FailureLog;
  #isStopping = false;
  #isWoken = false;
  #isWorking = false;
  #progressedAt = performance.now();
  #endPause: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  /** @param everyMs the pause after a round; a function says it anew after each */
  constructor(name: string, round: Round, everyMs: number | (() => number), log: FastifyBaseLogger) {
    this.name = name;
    this.#round = round;
    this.#everyMs = typeof everyMs === 'number' ? () => everyMs : everyMs;
    this.#failures = new FailureLog(log, name);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends the present pause, or skips the next one. */
  wake(): void {
    this.#isWoken = true;
    this.#endPause();
  }

  /** Whether a round is under way: its rows are claimed, so they no longer show as due. */
  get isWorking(): boolean {
    return this.#isWorking;
  }

  /** How long the round that is under way has made no progress; 0 between rounds. */
  get stillMs(): number {
    return this.#isWorking ? performance.now() - this.#progressedAt : 0;
  }

  /** Resolves when the round that is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isWoken = false;
      this.#progressed();
      this.#isWorking = true;
      try {
        await this.#round(() => this.#progressed());
        this.#failures.worked();
      } catch (error) {
        this.#failures.failed(error);
      }
      this.#isWorking = false;
      if (!this.#isWoken) await this.#pause();
    }
  }

  #progressed(): void {
    this.#progressedAt = performance.now();
  }

  get #pauseMs(): number {
    const everyMs = this.#everyMs();
    const grown = everyMs * 2 ** Math.min(this.#failures.failures, 10);
    return Math.min(grown, Math.max(everyMs, PAUSE_AFTER_FAILURES_MAX_MS));
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const pauseMs = this.#pauseMs;
      const timer = pauseMs === UNTIL_WOKEN ? undefined : setTimeout(resolve, pauseMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
