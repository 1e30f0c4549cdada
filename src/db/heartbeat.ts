import type { Connections } from './connections.ts';
import type { WritablePool } from './pool.ts';

const EVERY_MS = 5000;
/** A reachable server answers at once, even under load. */
const ANSWER_WITHIN_MS = 4000;

/**
 * Pings the database regularly. Broken connections report nothing by themselves; the ping detects them within seconds instead
 * of one by one in requests.
 */
export class Heartbeat {
  readonly #pool: WritablePool;
  readonly #connections: Connections;
  readonly #timer: NodeJS.Timeout;
  #isPinging = false;

  constructor(pool: WritablePool, connections: Connections) {
    this.#pool = pool;
    this.#connections = connections;
    this.#timer = setInterval(() => void this.#ping(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #ping(): Promise<void> {
    // An unused, available database needs no ping.
    if (this.#isPinging || (this.#pool.counts.total === 0 && !this.#connections.isAway)) return;
    this.#isPinging = true;
    // The pool and its connections handle the result.
    await this.#pool.ping(ANSWER_WITHIN_MS).catch(() => {});
    this.#isPinging = false;
  }
}
