import { createAdapter } from '@socket.io/redis-adapter';
import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { openRedis } from '../net/redis.ts';
import type { Link } from './link.ts';

/** How often the connections are asked whether they are still there; a silent one is replaced. */
const PING_EVERY_MS = 5000;

/** Nodes tell one another through Redis, which has no more of it than passes by. */
export function redisLink(redisUrl: string, log: FastifyBaseLogger): Link {
  const sender = openRedis(redisUrl);
  // What it listens to is asked for once, at the start, and kept until Redis is there; it listens again by itself later.
  const listener = openRedis(redisUrl, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
  });
  const connections = [sender, listener];
  for (const redis of connections) ignoreFailedCommands(redis);
  tellOfChanges(connections, log);
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

/** The adapter looks at no answer, so a command that fails would end the process. The connection tells of its own trouble. */
function ignoreFailedCommands(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...args) => {
    const sent = send(...args);
    if (sent instanceof Promise) sent.catch(() => {});
    return sent;
  };
}

/** Once when Redis goes away and once when it is back: a driver that tries again and again reports each try. */
function tellOfChanges(connections: readonly Redis[], log: FastifyBaseLogger): void {
  let isAway = false;
  for (const redis of connections) {
    redis.on('error', (error) => {
      if (isAway) return;
      isAway = true;
      log.warn(
        { err: error },
        'Redis gives no usable answer; events of the live feed stay on their nodes until it does. Check the server of REDIS_URL',
      );
    });
    redis.on('ready', () => {
      if (!isAway || connections.some(({ status }) => status !== 'ready')) return;
      isAway = false;
      log.info('Redis answers again; events of the live feed reach all nodes');
    });
  }
}
