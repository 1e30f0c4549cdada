import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { type CallKind, type CallRate, LocalTokens, type Tokens } from './call-budget.ts';
import { REDIS_ANSWER_MAX_MS } from './redis.ts';

/** How long this node counts alone after a failure of Redis, before a call tries Redis again. */
const RETRY_AFTER_MS = 1000;

/**
 * The bucket of `LocalTokens`, by the clock of Redis. A bucket that nobody has used until it is full again is forgotten.
 * KEYS: the bucket, the pause of the kind of call. ARGV: tokens per second, burst, needed.
 */
const TAKE = `
local paused = redis.call('pttl', KEYS[2])
if paused > 0 then return paused end
local rate, burst, needed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('hmget', KEYS[1], 'left', 'at')
local left = burst
if known[1] then left = math.min(burst, known[1] + math.max(0, now - known[2]) * rate / 1000) end
local wait = 0
if left < needed then wait = math.max(1, math.ceil((needed - left) / rate * 1000)) else left = left - 1 end
redis.call('hset', KEYS[1], 'left', string.format('%.6f', left), 'at', string.format('%.0f', now))
redis.call('pexpire', KEYS[1], math.ceil(burst / rate * 1000) + 1000)
return wait`;

/**
 * Counts in Redis for all nodes. A failure of Redis must stop no purchase and no cancel, so this node then counts alone. A
 * call waits for Redis for 0.4 seconds at most, and the first calls of a node as long for the connection.
 */
export class SharedTokens implements Tokens {
  readonly #redis: Redis;
  readonly #account: string;
  readonly #rate: CallRate;
  readonly #log: FastifyBaseLogger;
  readonly #local: LocalTokens;
  /** When Redis is tried again; null: it is available. */
  #retryAt: number | null = null;
  /** Ends when the first calls need not wait for the connection any more. */
  #connecting: Promise<void> | null = null;

  constructor(redis: Redis, account: string, rate: CallRate, log: FastifyBaseLogger) {
    this.#redis = redis;
    this.#account = account;
    this.#rate = rate;
    this.#log = log;
    this.#local = new LocalTokens(rate);
  }

  async take(call: CallKind, needed: number): Promise<number> {
    const { perSecond, burst } = this.#rate;
    const keys = [this.#key('left'), this.#key(`pause:${call}`)];
    const waitMs = await this.#inRedis(() => this.#redis.eval(TAKE, keys.length, ...keys, perSecond, burst, needed));
    return typeof waitMs === 'number' ? waitMs : this.#local.take(call, needed);
  }

  async pause(call: CallKind, ms: number): Promise<void> {
    await this.#local.pause(call, ms);
    await this.#inRedis(() => this.#redis.set(this.#key(`pause:${call}`), '1', 'PX', Math.ceil(ms)));
  }

  /** One wait for all calls, however many are made meanwhile. */
  async #connected(): Promise<void> {
    this.#connecting ??= untilConnected(this.#redis);
    await this.#connecting;
    this.#connecting = null;
  }

  /** The braces keep all keys of an account on one server of a cluster. */
  #key(name: string): string {
    return `skinrail:calls:{${this.#account}}:${name}`;
  }

  /** @returns null when Redis gave no answer */
  async #inRedis(ask: () => Promise<unknown>): Promise<unknown> {
    if (this.#retryAt !== null && performance.now() < this.#retryAt) return null;
    // A node that starts has calls to make before it is connected. Counted alone, they would be more than the account may make.
    if (this.#retryAt === null && isConnecting(this.#redis)) await this.#connected();
    try {
      const answer = await ask();
      if (this.#retryAt !== null) this.#log.info({ supplier: this.#account }, SHARED);
      this.#retryAt = null;
      return answer;
    } catch (error) {
      if (this.#retryAt === null) this.#log.warn({ err: error, supplier: this.#account }, ALONE);
      this.#retryAt = performance.now() + RETRY_AFTER_MS;
      return null;
    }
  }
}

const SHARED = 'Redis is available again; calls to the marketplace are counted for all nodes';
const ALONE =
  'Redis is unavailable; this node counts its calls to the marketplace alone until it is back. Check the server of REDIS_URL';

function isConnecting({ status }: Redis): boolean {
  return status === 'connecting' || status === 'connect';
}

/** Ends when Redis is connected, when it refuses the connection, and when it has taken too long. */
function untilConnected(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      redis.off('ready', end).off('close', end);
      resolve();
    };
    const timer = setTimeout(end, REDIS_ANSWER_MAX_MS);
    redis.on('ready', end).on('close', end);
  });
}
