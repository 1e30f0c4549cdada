import type { Connections } from './connections.ts';
import type { WritablePool } from './pool.ts';

const EVERY_MS = 2000;
/** A reachable server answers at once, even under load: this statement waits for no lock. */
const ANSWER_WITHIN_MS = 3000;

/**
 * Pings the database regularly. Broken connections report nothing by themselves; the ping detects them within five seconds
 * instead of one by one in requests, each of which waits for its own limit.
 */
export class Heartbeat {
  readonly #pool: WritablePool;
  readonly #own: WritablePool;
  readonly #connections: Connections;
  readonly #timer: NodeJS.Timeout;
  #isPinging = false;

  /**
   * @param pool whose connections are watched
   * @param own a pool of one connection: a ping that waited for one of `pool` would wait until requests give up theirs,
   *   which after a silent loss took 11 to 13 seconds
   */
  constructor(pool: WritablePool, own: WritablePool, connections: Connections) {
    this.#pool = pool;
    this.#own = own;
    this.#connections = connections;
    this.#timer = setInterval(() => void this.#ping(), EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#own.end();
  }

  async #ping(): Promise<void> {
    // An unused, available database needs no ping.
    if (this.#isPinging || (this.#pool.counts.total === 0 && !this.#connections.isAway)) return;
    this.#isPinging = true;
    // The pool and its connections handle the result.
    await this.#own.queryWithin(ANSWER_WITHIN_MS, 'select 1').catch(() => {});
    this.#isPinging = false;
  }
}
