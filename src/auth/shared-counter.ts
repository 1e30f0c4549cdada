import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { type RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { REDIS_ANSWER_MAX_MS } from '../net/redis.ts';

/** How long requests are counted by this node alone after Redis gave no answer, until it is tried again. */
const RETRY_AFTER_MS = 1000;

type CounterOptions = ConstructorParameters<typeof RateLimiterMemory>[0];

/**
 * Counts in Redis for all nodes. A limit must never be the reason why a merchant cannot cancel: while Redis gives no
 * usable answer, whatever the cause, this node counts alone. Only requests that find out about it wait, and briefly;
 * later ones try Redis again beside their work.
 */
export class SharedCounter {
  readonly #shared: RateLimiterRedis;
  readonly #local: RateLimiterMemory;
  readonly #log: FastifyBaseLogger;
  /** null: Redis answers. */
  #retryAt: number | null = null;

  constructor(redis: Redis, local: RateLimiterMemory, counting: CounterOptions, log: FastifyBaseLogger) {
    this.#shared = new RateLimiterRedis({
      ...counting,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      keyPrefix: 'skinrail',
    });
    this.#local = local;
    this.#log = log;
  }

  async consume(key: string, points: number, options: { customDuration: number }): Promise<RateLimiterRes> {
    const inRedis = () => withinLimit(this.#shared.consume(key, points, options));
    if (this.#retryAt === null) {
      try {
        return await inRedis();
      } catch (error) {
        this.#leave(error);
      }
    } else if (performance.now() >= this.#retryAt) {
      this.#retryAt = performance.now() + RETRY_AFTER_MS;
      void inRedis().then(
        () => this.#comeBack(),
        () => {}, // it was told when it went away
      );
    }
    return this.#local.consume(key, points, options);
  }

  #leave(error: unknown): void {
    const isKnown = this.#retryAt !== null;
    this.#retryAt = performance.now() + RETRY_AFTER_MS;
    if (isKnown) return;
    this.#log.warn(
      { err: error },
      'Redis gives no usable answer; limits are counted by this node alone until it does. Check the server of REDIS_URL',
    );
  }

  #comeBack(): void {
    if (this.#retryAt === null) return;
    this.#retryAt = null;
    this.#log.info('Redis answers again; limits are shared by all nodes');
  }
}

/** The driver has a limit of its own for each command; this one also holds when the driver is held up. */
async function withinLimit<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no answer of Redis within ${REDIS_ANSWER_MAX_MS} ms`)),
    REDIS_ANSWER_MAX_MS,
  );
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
