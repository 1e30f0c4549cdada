import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { errors } from '../core/errors.ts';
import { openRedis } from '../net/redis.ts';
import type { Caller } from './authenticate.ts';
import { SharedCounter } from './shared-counter.ts';

/** The default limit of a route per merchant and window. An operator can set another limit for a merchant. */
interface RouteLimit {
  readonly verified: number;
  readonly unverified: number;
  /** The window; absent: a minute. */
  readonly per?: 'hour';
}

/** The limits of cancels, buys, trades, prices, checks and clients are those of the public API; the others are our own. */
export const routeLimits = {
  'item-cancel': { verified: 60, unverified: 10 },
  buy: { verified: 5000, unverified: 50 },
  'buy-quick': { verified: 5000, unverified: 50 },
  trades: { verified: 3000, unverified: 100 },
  'check-tradeurl': { verified: 100_000, unverified: 100, per: 'hour' },
  prices: { verified: 1000, unverified: 100, per: 'hour' },
  market: { verified: 600, unverified: 60 },
  'market-item': { verified: 600, unverified: 30 },
  'trade-cancel': { verified: 60, unverified: 10 },
  balance: { verified: 600, unverified: 60 },
  'wallet-entries': { verified: 600, unverified: 60 },
  ledger: { verified: 600, unverified: 60 },
  // Each request makes the gateway call a URL of the caller's choice.
  'callback-url': { verified: 20, unverified: 10 },
  callbacks: { verified: 600, unverified: 60 },
  'callback-replay': { verified: 60, unverified: 10 },
  events: { verified: 600, unverified: 60 },
  'clients-limits': { verified: 60, unverified: 10 },
  // Shared by all clients of a merchant, each up to its share (`clientShare`). The merchant's own routes have separate limits.
  'client-token': { verified: 1_000_000, unverified: 100, per: 'hour' },
  'client-withdraw': { verified: 500, unverified: 5 },
  'client-withdraw-quick': { verified: 500, unverified: 5 },
  'client-item-cancel': { verified: 60, unverified: 10 },
  'client-trade-cancel': { verified: 60, unverified: 10 },
  'client-trades': { verified: 3000, unverified: 30 },
  'client-market': { verified: 300, unverified: 30 },
  'client-market-item': { verified: 600, unverified: 30 },
  'client-suggestions': { verified: 600, unverified: 30 },
} as const satisfies Record<string, RouteLimit>;

export type LimitedRoute = keyof typeof routeLimits;

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** The library's maximum and duration are not used, because they differ by merchant and route. */
const counting = { points: Number.MAX_SAFE_INTEGER, duration: MINUTE_SECONDS };

/** The window of a route's limits. */
export function windowOf(route: LimitedRoute): 'minute' | 'hour' {
  const limit: RouteLimit = routeLimits[route];
  return limit.per ?? 'minute';
}

export function isLimitedRoute(name: string): name is LimitedRoute {
  return Object.hasOwn(routeLimits, name);
}

/** The scope of a limit that counts requests of clients. */
export type ClientScope = 'client' | 'allClients';

interface Countable {
  readonly key: string;
  readonly max: number;
  readonly seconds: number;
  readonly scope?: ClientScope;
}

/** The limit for requests to all client routes; null: none. */
function perMinute(key: string, max: number | null, scope: ClientScope): Countable | null {
  return max === null ? null : { key, max, seconds: MINUTE_SECONDS, scope };
}

/** The minimum share of a client, as long as it leaves at least one request for other clients. */
const CLIENT_REQUESTS_MIN = 5;

/**
 * The number of requests of a route's limit that a single client may use.
 * @param percent of the limit; 100: all of it
 */
export function clientShare(limit: number, percent: number): number {
  if (percent >= 100) return limit;
  return Math.max(1, Math.ceil((limit * percent) / 100), Math.min(CLIENT_REQUESTS_MIN, limit - 1));
}

export interface RateLimitSettings {
  /** Redis for counts that several nodes share; empty: each node counts alone. */
  readonly redisUrl: string;
  /** The share of a client route's limit that one client may use, in percent. */
  readonly clientSharePercent: number;
}

/** What the limits depend on. */
export type LimitedCaller = Pick<Caller, 'merchantId' | 'verified' | 'routeLimits' | 'client' | 'clientRequests'>;

/** Counts requests per merchant and route, in windows of a minute or an hour that start with the first request. */
export class RateLimits {
  readonly #counter: SharedCounter | RateLimiterMemory;
  readonly #redis: Redis | null;
  readonly #clientSharePercent: number;

  private constructor(counter: SharedCounter | RateLimiterMemory, redis: Redis | null, clientSharePercent: number) {
    this.#counter = counter;
    this.#redis = redis;
    this.#clientSharePercent = clientSharePercent;
  }

  static open({ redisUrl, clientSharePercent }: RateLimitSettings, log: FastifyBaseLogger): RateLimits {
    const memory = new RateLimiterMemory(counting);
    if (!redisUrl) return new RateLimits(memory, null, clientSharePercent);
    const redis = openRedis(redisUrl);
    // Without a listener an error would end the process. The counter logs problems once.
    redis.on('error', () => {});
    const shared = new SharedCounter(redis, memory, counting, log);
    return new RateLimits(shared, redis, clientSharePercent);
  }

  /**
   * Counts a request. A client's own limits are counted first, so that a refused request does not use up the limit of all
   * clients.
   * @throws RATE_LIMITED with Retry-After when a limit is exceeded
   */
  async count(caller: LimitedCaller, route: LimitedRoute): Promise<void> {
    const defaults = routeLimits[route];
    const max = caller.routeLimits[route] ?? (caller.verified ? defaults.verified : defaults.unverified);
    const seconds = windowOf(route) === 'hour' ? HOUR_SECONDS : MINUTE_SECONDS;
    const key = `${route}:${caller.merchantId}`;
    if (!caller.client) return this.#consume({ key, max, seconds });
    const share = clientShare(max, this.#clientSharePercent);
    const { each = null, all = null } = caller.clientRequests ?? {};
    const requests = `client-requests:${caller.merchantId}`;
    const ofClient = caller.client.steamId;
    const counted: (Countable | null)[] = [
      perMinute(`${requests}:${ofClient}`, each, 'client'),
      { key: `${key}:${ofClient}`, max: share, seconds, scope: 'client' },
      perMinute(requests, all, 'allClients'),
      { key, max, seconds, scope: 'allClients' },
    ];
    for (const each of counted) if (each) await this.#consume(each);
  }

  async #consume({ key, max, seconds, scope }: Countable): Promise<void> {
    const window = await this.#counter.consume(key, 1, { customDuration: seconds });
    if (window.consumedPoints <= max) return;
    throw errors.rateLimited(Math.max(1, Math.ceil(window.msBeforeNext / 1000)), scope);
  }

  close(): void {
    this.#redis?.disconnect();
  }
}
