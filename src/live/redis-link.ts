import { createAdapter } from '@socket.io/redis-adapter';
import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { openRedis } from '../net/redis.ts';
import type { Link } from './link.ts';

/** How often the connections are pinged; a connection that does not answer is replaced. */
const PING_EVERY_MS = 5000;

/** Nodes exchange events through Redis publish/subscribe, which stores nothing. */
export function redisLink(redisUrl: string, log: FastifyBaseLogger): Link {
  const sender = openRedis(redisUrl);
  // The adapter subscribes once, at the start. The offline queue keeps the command until Redis is connected.
  const listener = openRedis(redisUrl, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
  });
  const connections = [sender, listener];
  for (const redis of connections) ignoreFailedCommands(redis);
  logConnectionChanges(connections, log);
  const pings = setInterval(() => {
    for (const redis of connections) if (redis.status === 'ready') void redis.ping();
  }, PING_EVERY_MS);
  pings.unref();
  return {
    isShared: true,
    adapter: createAdapter(sender, listener, { key: 'skinrail' }),
    close: async () => {
      clearInterval(pings);
      for (const redis of connections) redis.disconnect();
    },
  };
}

/** The adapter ignores results, so a failed command would end the process. Connection errors are logged separately. */
function ignoreFailedCommands(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...args) => {
    const sent = send(...args);
    if (sent instanceof Promise) sent.catch(() => {});
    return sent;
  };
}

/** Logs once when Redis becomes unavailable and once when it is back; the driver reports every attempt. */
function logConnectionChanges(connections: readonly Redis[], log: FastifyBaseLogger): void {
  let isAway = false;
  for (const redis of connections) {
    redis.on('error', (error) => {
      if (isAway) return;
      isAway = true;
      log.warn(
        { err: error },
        'Redis is unavailable; live feed events do not reach other nodes until it is back. Check the server of REDIS_URL',
      );
    });
    redis.on('ready', () => {
      if (!isAway || connections.some(({ status }) => status !== 'ready')) return;
      isAway = false;
      log.info('Redis is available again; live feed events reach all nodes');
    });
  }
}
