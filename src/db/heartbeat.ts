import type { Connections } from './connections.ts';
import type { WritablePool } from './pool.ts';

const EVERY_MS = 5000;
/** A server that is there answers this at once, whatever else it does. */
const ANSWER_WITHIN_MS = 4000;

/**
 * Asks the database now and then whether it is there. Connections that lead nowhere say nothing by themselves: they are
 * found here within seconds, and not one after the other by the requests that happen to use them.
 */
export class Heartbeat {
  readonly #pool: WritablePool;
  readonly #connections: Connections;
  readonly #timer: NodeJS.Timeout;
  #isAsking = false;

  constructor(pool: WritablePool, connections: Connections) {
    this.#pool = pool;
    this.#connections = connections;
    this.#timer = setInterval(() => void this.#ask(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    // While nobody uses a database that is there, there is nothing to lose.
    if (this.#isAsking || (this.#pool.counts.total === 0 && !this.#connections.isAway)) return;
    this.#isAsking = true;
    // What it finds, the pool and its connections act on.
    await this.#pool.ping(ANSWER_WITHIN_MS).catch(() => {});
    this.#isAsking = false;
  }
}
