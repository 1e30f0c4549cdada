import { createAdapter } from '@socket.io/postgres-adapter';
import type { FastifyBaseLogger } from 'fastify';
import type pg from 'pg';
import type { LinkConnections } from '../db/connect.ts';
import { isUnavailable } from '../db/failure.ts';
import type { Link } from './link.ts';

/** Nodes tell one another by NOTIFY, and what is too long for it through the table `socket_io_attachments`. */
export function postgresLink(connections: LinkConnections, log: FastifyBaseLogger): Link {
  const listener = new Listener(connections);
  // All that the adapter calls of a pool.
  const reached = {
    connect: () => listener.connect(),
    query: (text: string, values: unknown[]) => connections.query(text, values),
  };
  const adapter = createAdapter(reached as unknown as pg.Pool, {
    channelPrefix: 'skinrail',
    // NOTIFY takes less than 8000 bytes, which the adapter's own threshold lets through.
    payloadThreshold: 7900,
    errorHandler: (error: Error) => {
      if (!isUnavailable(error)) log.warn({ err: error }, 'an event of the live feed stays on this node');
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
 * The connection that listens. When it breaks, the adapter asks for another without giving it back: from a pool it would
 * take one place after the other, until none is left. Nor may two of them listen, or all would be heard twice.
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
    await client?.end().catch(() => {}); // it is broken, perhaps
  }
}
