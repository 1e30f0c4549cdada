import pg from 'pg';
import { MINUTE_MS } from '../core/clock.ts';
import { type ClientSetup, GatewayClient, OptionsRefused } from './client.ts';
import { causeText, DatabaseUnavailable } from './failure.ts';

/**
 * Much of what a node at rest does comes at once, every half minute, and uses several connections. Opened anew each time they
 * cost the server 10 ms each, with all their statements planned anew: most of what a node at rest cost the server.
 */
const IDLE_MS = 5 * MINUTE_MS;

/** A pool of connections to the writable server. Kysely uses it instead of pg's pool. */
export class WritablePool {
  readonly max: number;
  /** Kysely requires this property but uses nothing of it. */
  readonly options = {};
  readonly #pool: pg.Pool;
  readonly #setup: ClientSetup;

  constructor(setup: ClientSetup, max: number) {
    this.#setup = setup;
    this.max = max;
    class Client extends GatewayClient {
      constructor() {
        super(setup);
      }
    }
    this.#pool = new pg.Pool({ Client, max, connectionTimeoutMillis: setup.connectMs, idleTimeoutMillis: IDLE_MS });
    // Without a listener, an idle connection that the server closes would end the process.
    this.#pool.on('error', () => {});
  }

  /**
   * Returns a connection to a writable server; the caller releases it.
   * @throws DatabaseUnavailable when no server has one
   */
  async connect(): Promise<pg.PoolClient> {
    const { connections, servers } = this.#setup;
    // Tries each server once, and once more when a pooler refuses the startup options.
    for (let triesLeft = servers.all.length; ; triesLeft--) {
      const server = servers.current;
      try {
        const client = await this.#usable();
        connections.back(server.name);
        return client;
      } catch (error) {
        if (error instanceof OptionsRefused) {
          this.#setup.takesOptions = false;
          triesLeft++;
          continue;
        }
        if (isPoolFull(error)) throw unavailable(error);
        connections.refused(server.name, error);
        if (triesLeft <= 1) throw unavailable(error);
      }
    }
  }

  /** Discards unusable connections until it gets a usable one. */
  async #usable(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pool.connect();
      if (!(client instanceof GatewayClient) || (await client.isUsable())) return client;
      client.release(true);
    }
  }

  /** Runs one statement on any connection of the pool. */
  async query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const client = await this.connect();
    try {
      return await client.query(text, values && [...values]);
    } finally {
      client.release();
    }
  }

  /**
   * Runs one statement that must be answered sooner than the pool's others. Without an answer the connection is destroyed,
   * and with it all that have been silent as long.
   */
  async queryWithin(answerMs: number, text: string, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const client = await this.connect();
    try {
      if (client instanceof GatewayClient) return await client.runWithin(answerMs, text, values && [...values]);
      return await client.query(text, values && [...values]);
    } finally {
      client.release();
    }
  }

  async end(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  get counts(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { total, idle, waiting };
  }
}

/** Matches pg's error for a full pool, which says nothing about the server. */
function isPoolFull(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

function unavailable(error: unknown): DatabaseUnavailable {
  if (error instanceof DatabaseUnavailable) return error;
  const text = isPoolFull(error) ? 'all connections to the database are in use' : causeText(error);
  return new DatabaseUnavailable(text, 'not_applied', error);
}
