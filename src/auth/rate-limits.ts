import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { errors } from '../core/errors.ts';
import { openRedis } from '../net/redis.ts';
import type { Caller } from './authenticate.ts';
import { SharedCounter } from './shared-counter.ts';

/** How many requests a merchant has for a route in one window; an operator can give a merchant its own number. */
interface RouteLimit {
  readonly verified: number;
  readonly unverified: number;
  /** Minutes, where nothing is said. */
  readonly per?: 'hour';
}

/** The public API states those of cancels, buys, trades, prices, checks and clients; the others are ours. */
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
  // Each makes the gateway call whatever URL it is given.
  'callback-url': { verified: 20, unverified: 10 },
  callbacks: { verified: 600, unverified: 60 },
  'callback-replay': { verified: 60, unverified: 10 },
  events: { verified: 600, unverified: 60 },
  'clients-limits': { verified: 60, unverified: 10 },
  // A merchant's clients share these, each up to its share (`clientShare`); the merchant's own routes have others.
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

/** The library's own maximum is not used: each merchant may have another. Nor is its duration: each route names its. */
const counting = { points: Number.MAX_SAFE_INTEGER, duration: MINUTE_SECONDS };

/** The unit of a route's limits, for people: the usual ones and a merchant's own. */
export function windowOf(route: LimitedRoute): 'minute' | 'hour' {
  const limit: RouteLimit = routeLimits[route];
  return limit.per ?? 'minute';
}

export function isLimitedRoute(name: string): name is LimitedRoute {
  return Object.hasOwn(routeLimits, name);
}

/** Whose requests a limit counts, where it is not the merchant itself. */
export type ClientScope = 'client' | 'allClients';

interface Countable {
  readonly key: string;
  readonly max: number;
  readonly seconds: number;
  readonly scope?: ClientScope;
}

/** A limit that is set for requests to all routes of clients together; null: there is none. */
function inAMinute(key: string, max: number | null, scope: ClientScope): Countable | null {
  return max === null ? null : { key, max, seconds: MINUTE_SECONDS, scope };
}

/** What a single client is left with however small the limit is: no fewer requests than these, while others have one. */
const CLIENT_REQUESTS_MIN = 5;

/**
 * How many of the requests that all clients of a merchant have for a route a single one of them may use.
 * @param percent of the limit; 100: all of it
 */
export function clientShare(limit: number, percent: number): number {
  if (percent >= 100) return limit;
  return Math.max(1, Math.ceil((limit * percent) / 100), Math.min(CLIENT_REQUESTS_MIN, limit - 1));
}

export interface RateLimitSettings {
  /** Where several nodes share their counts; empty: each node counts for itself. */
  readonly redisUrl: string;
  /** How much of a client route's limit one client may use, in percent. */
  readonly clientSharePercent: number;
}

/** Counts a merchant's requests to a route in windows of a minute or an hour that start with the first request. */
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
    // Without a listener each would end the process. The counter tells of what goes wrong, once.
    redis.on('error', () => {});
    const shared = new SharedCounter(redis, memory, counting, log);
    return new RateLimits(shared, redis, clientSharePercent);
  }

  /**
   * What a client may do by itself is counted first: what is refused there takes nothing from the other clients.
   * @throws RATE_LIMITED with Retry-After when the limit for the route is passed: the merchant's, or the client's share
   */
  async count(caller: Caller, route: LimitedRoute): Promise<void> {
    const usual = routeLimits[route];
    const max = caller.routeLimits[route] ?? (caller.verified ? usual.verified : usual.unverified);
    const seconds = windowOf(route) === 'hour' ? HOUR_SECONDS : MINUTE_SECONDS;
    const key = `${route}:${caller.merchantId}`;
    if (!caller.client) return this.#consume({ key, max, seconds });
    const share = clientShare(max, this.#clientSharePercent);
    const { each = null, all = null } = caller.clientRequests ?? {};
    const requests = `client-requests:${caller.merchantId}`;
    const ofClient = caller.client.steamId;
    const counted: (Countable | null)[] = [
      inAMinute(`${requests}:${ofClient}`, each, 'client'),
      { key: `${key}:${ofClient}`, max: share, seconds, scope: 'client' },
      inAMinute(requests, all, 'allClients'),
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
