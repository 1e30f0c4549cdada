import { createAdapter } from '@socket.io/redis-adapter';
import type { FastifyBaseLogger } from 'fastify';
import { Redis, type RedisOptions } from 'ioredis';
import type { Link } from './link.ts';

/** Nodes tell one another through Redis, which has no more of it than passes by. */
export function redisLink(redisUrl: string, log: FastifyBaseLogger): Link {
  // What cannot be sent now is not sent later either.
  const sender = new SteadyRedis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  // Asked for once, at the start; it waits for Redis to be there, and listens again by itself whenever it is back.
  const listener = new SteadyRedis(redisUrl, { maxRetriesPerRequest: null });
  for (const redis of [sender, listener]) {
    redis.on('error', (error) =>
      log.warn({ err: error }, 'Redis is away; events of the live feed stay on their nodes'),
    );
  }
  return {
    isShared: true,
    adapter: createAdapter(sender, listener, { key: 'skinrail' }),
    close: async () => {
      sender.disconnect();
      listener.disconnect();
    },
  };
}

/** The adapter looks at no answer, so a command that fails would end the process. The connection tells of its own trouble. */
class SteadyRedis extends Redis {
  constructor(url: string, options: RedisOptions) {
    super(url, options);
  }

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const sent = super.sendCommand(...args);
    if (sent instanceof Promise) sent.catch(() => {});
    return sent;
  }
}
