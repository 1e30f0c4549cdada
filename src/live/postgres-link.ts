import { createAdapter } from '@socket.io/postgres-adapter';
import type { FastifyBaseLogger } from 'fastify';
import type pg from 'pg';
import type { LinkConnections } from '../db/connect.ts';
import { isUnavailable } from '../db/failure.ts';
import type { Link } from './link.ts';

/** Nodes exchange events by NOTIFY; events that are too long for it go through the table `socket_io_attachments`. */
export function postgresLink(connections: LinkConnections, log: FastifyBaseLogger): Link {
  const listener = new Listener(connections);
  // The two methods of a pool that the adapter calls.
  const pool = {
    connect: () => listener.connect(),
    query: (text: string, values: unknown[]) => connections.query(text, values),
  };
  const adapter = createAdapter(pool as unknown as pg.Pool, {
    channelPrefix: 'skinrail',
    // NOTIFY accepts less than 8000 bytes; the adapter's default threshold is higher.
    payloadThreshold: 7900,
    errorHandler: (error: Error) => {
      if (!isUnavailable(error))
        log.warn({ err: error }, 'failed to send a live feed event to the other nodes; their sockets miss it');
    },
  });
  return {
    isShared: true,
    adapter,
    close: async () => {
      await Promise.all([listener.close(), connections.close()]);
    },
  };
}

/**
 * The connection that listens. When it breaks, the adapter connects again without releasing it, which would use up a pool.
 * Only one connection may listen, or every event would arrive twice.
 */
class Listener {
  readonly #connections: LinkConnections;
  #current: pg.Client | null = null;
  #isClosed = false;

  constructor(connections: LinkConnections) {
    this.#connections = connections;
  }

  async connect(): Promise<pg.Client> {
    if (this.#isClosed) return new Promise(() => {});
    await this.#retire();
    const client = await this.#connections.listen();
    this.#current = client;
    if (this.#isClosed) await this.#retire();
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
    await client?.end().catch(() => {}); // the connection may be broken already
  }
}
