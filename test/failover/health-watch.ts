import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;
const ANSWER_WITHIN_MS = 3000;

/** Asks a node for `/health` all the time, as a load balancer does, and keeps when it said yes. */
export class HealthWatch {
  readonly #url: string;
  readonly #stopped = new AbortController();
  readonly #healthyAt: number[] = [];
  readonly #watching: Promise<void>;

  constructor(node: string) {
    this.#url = `${node}/health`;
    this.#watching = this.#watch();
  }

  /** When it was first asked after `at` and said yes; undefined: not yet. */
  healthySince(at: number): number | undefined {
    return this.#healthyAt.find((each) => each >= at);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const isHealthy = await this.#isHealthy();
      if (isHealthy) this.#healthyAt.push(performance.now());
      await pause(LOOK_EVERY_MS);
    }
  }

  async #isHealthy(): Promise<boolean> {
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      await answer.text();
      return answer.status === 200;
    } catch {
      return false;
    }
  }
}
