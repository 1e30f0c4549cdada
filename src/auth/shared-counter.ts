import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { type RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { REDIS_ANSWER_MAX_MS } from '../net/redis.ts';

/** How long this node counts alone after a failure of Redis, before it tries Redis again. */
const RETRY_AFTER_MS = 1000;

type CounterOptions = ConstructorParameters<typeof RateLimiterMemory>[0];

/**
 * Counts in Redis for all nodes. A failure of Redis must not prevent a merchant from cancelling, so this node then counts
 * alone. Only the requests that detect the failure wait, at most 400 ms; later requests retry Redis in the background.
 */
export class SharedCounter {
  readonly #shared: RateLimiterRedis;
  readonly #local: RateLimiterMemory;
  readonly #log: FastifyBaseLogger;
  /** When Redis is retried; null: Redis is available. */
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
        this.#onFailure(error);
      }
    } else if (performance.now() >= this.#retryAt) {
      this.#retryAt = performance.now() + RETRY_AFTER_MS;
      void inRedis().then(
        () => this.#onRecovery(),
        () => {}, // logged when Redis became unavailable
      );
    }
    return this.#local.consume(key, points, options);
  }

  #onFailure(error: unknown): void {
    const isKnown = this.#retryAt !== null;
    this.#retryAt = performance.now() + RETRY_AFTER_MS;
    if (isKnown) return;
    this.#log.warn(
      { err: error },
      'Redis is unavailable; this node counts rate limits alone until it is back. Check the server of REDIS_URL',
    );
  }

  #onRecovery(): void {
    if (this.#retryAt === null) return;
    this.#retryAt = null;
    this.#log.info('Redis is available again; rate limits are shared by all nodes');
  }
}

/** The driver has a time limit for each command as well, but that one fails when the event loop of the driver is blocked. */
async function withinLimit<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Redis did not answer within ${REDIS_ANSWER_MAX_MS} ms`)),
    REDIS_ANSWER_MAX_MS,
  );
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
