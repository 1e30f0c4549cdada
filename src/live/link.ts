import type { FastifyBaseLogger } from 'fastify';
import type { ServerOptions } from 'socket.io';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/connect.ts';
import { postgresLink } from './postgres-link.ts';
import { redisLink } from './redis-link.ts';

/** The connection between nodes that carries events to the sockets of other nodes. */
export interface Link {
  /** Whether other nodes may have sockets. */
  readonly isShared: boolean;
  /** undefined: Socket.IO's in-memory adapter. */
  readonly adapter: ServerOptions['adapter'] | undefined;
  close(): Promise<void>;
}

/** Uses Redis when it is configured, otherwise PostgreSQL. With the embedded database there is only one node. */
export function openLink(config: Config, database: Database, log: FastifyBaseLogger): Link {
  if (config.redisUrl && database.kind === 'postgres') return redisLink(config.redisUrl, log);
  if (database.openLink) return postgresLink(database.openLink(), log);
  if (database.kind === 'postgres') {
    log.warn(
      'with DATABASE_PREPARE=off the live feed does not reach the sockets of other nodes; set REDIS_URL to run several nodes',
    );
  }
  return { isShared: false, adapter: undefined, close: async () => {} };
}
