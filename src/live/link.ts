import type { FastifyBaseLogger } from 'fastify';
import type { ServerOptions } from 'socket.io';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/connect.ts';
import { postgresLink } from './postgres-link.ts';
import { redisLink } from './redis-link.ts';

/** How what happens on one node is heard by the sockets of the others. */
export interface Link {
  /** Whether there may be other nodes with sockets of their own. */
  readonly isShared: boolean;
  /** undefined: Socket.IO's own, within the process. */
  readonly adapter: ServerOptions['adapter'] | undefined;
  close(): Promise<void>;
}

/** Redis, where there is one; else PostgreSQL. An embedded database has one node only. */
export function openLink(config: Config, database: Database, log: FastifyBaseLogger): Link {
  if (config.redisUrl && database.kind === 'postgres') return redisLink(config.redisUrl, log);
  if (database.openLink) return postgresLink(database.openLink(), log);
  if (database.kind === 'postgres') {
    log.warn('with DATABASE_PREPARE=off nodes cannot tell one another of the live feed; several nodes need REDIS_URL');
  }
  return { isShared: false, adapter: undefined, close: async () => {} };
}
