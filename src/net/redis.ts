import { Redis, type RedisOptions } from 'ioredis';

/** Redis answers within a few milliseconds. What takes longer than this is not waited for. */
export const REDIS_ANSWER_MAX_MS = 400;

/**
 * Options of every connection to Redis. None of them lets a command wait for a server that is away, or that is reached
 * and says nothing: its connection is destroyed, and another one is tried.
 */
const options = {
  commandTimeout: REDIS_ANSWER_MAX_MS,
  socketTimeout: 1000,
  connectTimeout: 2000,
  disconnectTimeout: 200,
  keepAlive: 10_000,
  // What could not be sent, or was not answered, is not sent later either.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // After a failover the name may lead to another server, and this one has become a replica.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} as const satisfies RedisOptions;

/** @param others differ from the usual options */
export function openRedis(url: string, others: RedisOptions = {}): Redis {
  return new Redis(url, { ...options, ...others });
}
