import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { RateLimits } from '../../src/auth/rate-limits.ts';
import { PretendedRedis, replies } from '../support/pretended-redis.ts';
import { World } from '../support/world.ts';

/** However Redis is ill, requests are answered and counted: a limit is never the reason why a merchant cannot cancel. */

const lines: string[] = [];
const log = pino(new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) }));

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
  lines.length = 0;
});

async function redisThat(reply: keyof typeof replies, delayMs = 0): Promise<PretendedRedis> {
  const redis = await PretendedRedis.start(replies[reply]);
  redis.delayMs = delayMs;
  ends.push(() => redis.stop());
  return redis;
}

function limitsAt(url: string): RateLimits {
  const limits = RateLimits.open({ redisUrl: url, clientSharePercent: 20 }, log);
  ends.push(() => limits.close());
  return limits;
}

const merchant = () => ({
  merchantId: randomUUID(),
  actor: `merchant:${randomUUID()}`,
  client: null,
  verified: false,
  feeBps: 0,
  deniedAccounts: [],
  routeLimits: {},
});

/** How many of that many cancels are refused; each has to be counted. */
async function refusals(limits: RateLimits, requests: number): Promise<number> {
  const caller = merchant();
  let refused = 0;
  for (let i = 0; i < requests; i++) await limits.count(caller, 'item-cancel').catch(() => refused++);
  return refused;
}

/** Redis is used from now on: the pretended one lets each request be its minute's first, so nothing is refused. */
async function isShared(limits: RateLimits): Promise<void> {
  await expect.poll(() => refusals(limits, 12), { timeout: 60_000 }).toBe(0);
}

const said = (text: string) => lines.filter((line) => line.includes(text)).length;

describe('requests are counted by this node alone when Redis', () => {
  test('refuses connections', async () => {
    const limits = limitsAt('redis://127.0.0.1:1');
    expect(await refusals(limits, 12)).toBe(2);
    expect(said('Redis is unavailable')).toBe(1);
  });

  test.each([
    ['is silent from the start', 'silent'],
    ['takes connections and answers no command', 'silentOnceReady'],
    ['loads its data', 'loading'],
    ['is a replica', 'readonly'],
    ['is out of memory', 'outOfMemory'],
    ['wants a password', 'noAuth'],
    ['is no Redis', 'nonsense'],
  ] as const)('%s', async (_how, reply) => {
    const limits = limitsAt((await redisThat(reply)).url);
    expect(await refusals(limits, 12)).toBe(2);
    // Only the first requests can have waited, and once more after each try.
    for (let round = 0; round < 5; round++) expect(await refusals(limits, 12)).toBe(2);
    expect(said('Redis is unavailable')).toBe(1);
    expect(lines.length).toBe(1);
  });

  test('is slow', async () => {
    const limits = limitsAt((await redisThat('healthy', 5000)).url);
    expect(await refusals(limits, 12)).toBe(2);
  });

  test('falls silent after it had answered, and is used again when it answers', async () => {
    const redis = await redisThat('healthy');
    const limits = limitsAt(redis.url);
    await isShared(limits);
    redis.reply = replies.silent;
    expect(await refusals(limits, 12)).toBeGreaterThanOrEqual(1);
    expect(await refusals(limits, 12)).toBe(2);
    redis.reply = replies.healthy;
    await isShared(limits);
    expect(said('Redis is available again')).toBeGreaterThanOrEqual(1);
  });
});

test('a hundred requests at once at a silent Redis wait together, not one after the other', async () => {
  const redis = await redisThat('healthy');
  const limits = limitsAt(redis.url);
  await isShared(limits);
  redis.reply = replies.silent;
  const caller = { ...merchant(), verified: true };
  const counted = Array.from({ length: 100 }, () => limits.count(caller, 'trades'));
  expect(await Promise.all(counted)).toHaveLength(100);
});

test('a gateway whose Redis is silent starts, sells, cancels and stops', async () => {
  const redis = await redisThat('silentOnceReady');
  const world = await World.start({ REDIS_URL: redis.url });
  const shop = await world.merchant();
  const listing = world.testListing('never-ships');
  const trade = await shop.buys([listing]);
  await world.passes('31m');
  expect((await shop.cancels(trade.id, listing.id)).status).toBe(200);
  await world.settles();
  expect((await shop.trade(trade.id)).status).toBe('reverted');
  await world.stop();
});
