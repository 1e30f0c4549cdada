import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallKind, type CallRate, LocalTokens, type Tokens } from '../../src/net/call-budget.ts';
import { openRedis } from '../../src/net/redis.ts';
import { SharedTokens } from '../../src/net/shared-tokens.ts';
import { HeldTimer } from '../support/held-timer.ts';
import { PretendedRedis, replies } from '../support/pretended-redis.ts';
import { isRedisThere, redisUrl } from '../support/redis.ts';

/** Two nodes that share a Redis share the calls of an account; without Redis each has its own. */

const log = pino({ level: 'silent' });
/** So slow that no token comes back while a test runs. */
const RATE: CallRate = { perSecond: 0.0001, burst: 6 };
let isThere = false;

beforeAll(async () => {
  isThere = await isRedisThere();
});

const opened: Redis[] = [];
afterAll(() => {
  for (const redis of opened) redis.disconnect();
});

async function node(account: string, address = redisUrl): Promise<Tokens> {
  const redis = openRedis(address);
  opened.push(redis);
  const isReady = new Promise((resolve) => redis.once('ready', resolve).on('error', resolve));
  await isReady;
  return new SharedTokens(redis, account, RATE, log);
}

async function taken(nodes: readonly Tokens[], calls: number, needed = 1, call: CallKind = 'buy'): Promise<number> {
  let count = 0;
  for (let i = 0; i < calls; i++) if ((await nodes[i % nodes.length]?.take(call, needed)) === 0) count++;
  return count;
}

test('two nodes make together as many calls as the account may make', async ({ skip }) => {
  skip(!isThere, 'there is no Redis');
  const account = randomUUID();
  const nodes = [await node(account), await node(account)];
  expect(await taken(nodes, 10, 4, 'feed')).toBe(3);
  expect(await taken(nodes, 10)).toBe(3);
  expect(await nodes[0]?.take('buy', 1)).toBeGreaterThan(0);
  expect(await taken([await node(randomUUID())], 10)).toBe(6);
});

test('a pause that one node was told is kept by the other, for that kind of call', async ({ skip }) => {
  skip(!isThere, 'there is no Redis');
  const account = randomUUID();
  const [one, other] = [await node(account), await node(account)];
  await one.pause('find', 60_000);
  expect(await other.take('find', 1)).toBeGreaterThan(50_000);
  expect(await other.take('cancel', 1)).toBe(0);
});

test('the waits that Redis answers are those of a node alone', async ({ skip }) => {
  skip(!isThere, 'there is no Redis');
  const shared = await node(randomUUID());
  const alone = new LocalTokens(RATE, new HeldTimer());
  for (const needed of [4, 4, 4, 4, 1, 1, 1]) {
    const [waitMs, expectedMs] = [await shared.take('feed', needed), await alone.take('feed', needed)];
    expect(waitMs === 0).toBe(expectedMs === 0);
    // What has come back meanwhile is the time that the test has taken.
    expect(waitMs).toBeLessThanOrEqual(expectedMs);
    expect(waitMs).toBeGreaterThan(expectedMs - 600_000);
  }
});

test('a node that starts waits for its Redis, so that its first calls are counted with those of the others', async ({
  skip,
}) => {
  skip(!isThere, 'there is no Redis');
  const account = randomUUID();
  expect(await taken([await node(account)], 10)).toBe(6);
  const starting = openRedis(redisUrl);
  opened.push(starting);
  const tokens = new SharedTokens(starting, account, RATE, log);
  expect(starting.status).toBe('connecting');
  const waits = await Promise.all([tokens.take('buy', 1), tokens.take('buy', 1), tokens.take('find', 1)]);
  for (const waitMs of waits) expect(waitMs).toBeGreaterThan(0);
});

test('a node that starts without an answer of Redis has calls of its own, and waits for it once', async () => {
  const silent = await PretendedRedis.start(replies.silent);
  const redis = openRedis(silent.url);
  redis.on('error', () => {});
  opened.push(redis);
  const alone = new SharedTokens(redis, randomUUID(), RATE, log);
  expect(await taken([alone], 10)).toBe(6);
  silent.stop();
});

test('a node whose Redis is away has calls of its own', async () => {
  const alone = await node(randomUUID(), 'redis://127.0.0.1:1');
  expect(await taken([alone], 10)).toBe(6);
  await alone.pause('find', 60_000);
  expect(await alone.take('find', 1)).toBeGreaterThan(0);
});
