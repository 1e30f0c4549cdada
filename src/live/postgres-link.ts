import { createAdapter } from '@socket.io/postgres-adapter';
import type { FastifyBaseLogger } from 'fastify';
import pg from 'pg';
import { SteadyClient } from '../db/prepared.ts';
import type { Link } from './link.ts';

/** Nobody waits for an event, and there are no transitions to tell of while the database is away. */
const PATIENCE_MS = 5000;
/** One to send with, so that what is sent one after the other arrives so; one to fetch and to clear long messages. */
const POOL_MAX = 2;

/** Nodes tell one another by NOTIFY, and what is too long for it through the table `socket_io_attachments`. */
export function postgresLink(connectionString: string, log: FastifyBaseLogger): Link {
  const options = { connectionString, Client: SteadyClient, connectionTimeoutMillis: PATIENCE_MS };
  const pool = new pg.Pool({ ...options, max: POOL_MAX, query_timeout: PATIENCE_MS });
  // Without a listener, an idle connection that the server closes would end the process.
  pool.on('error', () => {});
  const listener = new Listener(options);
  // All that the adapter calls of a pool.
  const reached = {
    connect: () => listener.connect(),
    query: (text: string, values: unknown[]) => pool.query(text, values),
  };
  const adapter = createAdapter(reached as unknown as pg.Pool, {
    channelPrefix: 'skinrail',
    // NOTIFY takes less than 8000 bytes, which the adapter's own threshold lets through.
    payloadThreshold: 7900,
    errorHandler: (error: Error) => log.warn({ err: error }, 'an event of the live feed stays on this node'),
  });
  return {
    isShared: true,
    adapter,
    close: async () => {
      await Promise.all([listener.close(), pool.end()]);
    },
  };
}

/**
 * The connection that listens. When it breaks, the adapter asks for another without giving it back: from a pool it would
 * take one place after the other, until none is left. Nor may two of them listen, or all would be heard twice.
 */
class Listener {
  readonly #options: pg.ClientConfig;
  #current: pg.Client | null = null;
  #isClosed = false;

  constructor(options: pg.ClientConfig) {
    this.#options = options;
  }

  async connect(): Promise<pg.Client> {
    if (this.#isClosed) return new Promise(() => {});
    await this.#retire();
    const client = new SteadyClient(this.#options);
    this.#current = client;
    await client.connect();
    return Object.assign(client, { release: () => {} });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#retire();
  }

  async #retire(): Promise<void> {
    const client = this.#current;
    this.#current = null;
    client?.removeAllListeners('notification').removeAllListeners('end');
    await client?.end().catch(() => {}); // it is broken, perhaps
  }
}
