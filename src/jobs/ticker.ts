import type { FastifyBaseLogger } from 'fastify';

/**
 * Runs `work` again and again: after each pause, or at once when woken, but never twice at the same time.
 * A failure is logged and the next round comes; the rows that were due still are.
 */
export class Ticker {
  readonly #work: () => Promise<void>;
  readonly #everyMs: number;
  readonly #log: FastifyBaseLogger;
  #isStopping = false;
  #isWoken = false;
  #isWorking = false;
  #endPause: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(work: () => Promise<void>, everyMs: number, log: FastifyBaseLogger) {
    this.#work = work;
    this.#everyMs = everyMs;
    this.#log = log;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Cuts the present pause short, or skips the next one. */
  wake(): void {
    this.#isWoken = true;
    this.#endPause();
  }

  /** Whether a round is under way: its rows are claimed, so they no longer show as due. */
  get isWorking(): boolean {
    return this.#isWorking;
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
      this.#isWorking = true;
      try {
        await this.#work();
      } catch (error) {
        this.#log.error({ err: error }, 'a round of due work failed; the next one goes on');
      }
      this.#isWorking = false;
      if (!this.#isWoken) await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#everyMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
