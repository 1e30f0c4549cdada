import { Redis, type RedisOptions } from 'ioredis';

/** Redis answers within a few milliseconds; slower commands are abandoned. */
export const REDIS_ANSWER_MAX_MS = 400;

/**
 * Options of every Redis connection. No command waits for a server that is unreachable or does not answer: the connection is
 * closed and opened again.
 */
const options = {
  commandTimeout: REDIS_ANSWER_MAX_MS,
  socketTimeout: 1000,
  connectTimeout: 2000,
  disconnectTimeout: 200,
  keepAlive: 10_000,
  // Commands that were not sent or not answered are not sent again.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // After a failover this server may have become a replica, and the name may lead to another server.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} as const satisfies RedisOptions;

/** @param others override the default options */
export function openRedis(url: string, others: RedisOptions = {}): Redis {
  return new Redis(url, { ...options, ...others });
}
