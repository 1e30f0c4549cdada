import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../../src/auth/authenticate.ts';
import { RateLimits } from '../../src/auth/rate-limits.ts';
import type { ApiError } from '../../src/core/errors.ts';
import { isRedisThere, redisUrl } from '../support/redis.ts';

/** Two nodes that share a Redis share a merchant's limit; without Redis each counts for itself. */

const log = pino({ level: 'silent' });
let isThere = false;

beforeAll(async () => {
  isThere = await isRedisThere();
});

const opened: RateLimits[] = [];
afterAll(() => {
  for (const limits of opened) limits.close();
});

function node(address: string): RateLimits {
  const limits = RateLimits.open({ redisUrl: address, clientSharePercent: 20 }, log);
  opened.push(limits);
  return limits;
}

/** Callers of one new merchant: two of its clients. */
function clients(): Caller[] {
  const caller = merchant();
  return ['76561198000000001', '76561198000000002'].map((steamId) => ({
    ...caller,
    client: { steamId, tradeUrl: '', clientId: null },
  }));
}

function merchant(): Caller {
  return {
    merchantId: randomUUID(),
    actor: `merchant:${randomUUID()}`,
    client: null,
    verified: false,
    feeBps: 0,
    deniedAccounts: [],
    routeLimits: {},
  };
}

async function refusals(nodes: RateLimits[], requests: number): Promise<number> {
  const caller = merchant();
  let refused = 0;
  for (let i = 0; i < requests; i++) {
    const limits = nodes[i % nodes.length];
    await limits?.count(caller, 'item-cancel').catch(() => refused++);
  }
  return refused;
}

test('on two nodes with one Redis, the eleventh request of a minute is refused', async (context) => {
  if (!isThere) return context.skip(`there is no Redis at ${redisUrl}`);
  const nodes = [node(redisUrl), node(redisUrl)];
  // The clients connect on their own; until then each node counts alone. Every look is another merchant's minute.
  await expect.poll(() => refusals(nodes, 12), { timeout: 5000 }).toBe(2);
});

test('on two nodes with one Redis, a client has no more than its share, and the others have theirs', async (context) => {
  if (!isThere) return context.skip(`there is no Redis at ${redisUrl}`);
  const nodes = [node(redisUrl), node(redisUrl)];
  await expect.poll(() => refusals(nodes, 12), { timeout: 5000 }).toBe(2);
  const [ann, ben] = clients();
  const refused = async (client: Caller | undefined) => {
    const scopes: unknown[] = [];
    for (let i = 0; i < 8; i++) {
      const taken = client && nodes[i % 2]?.count(client, 'client-item-cancel');
      await taken?.catch((error: ApiError) => scopes.push(error.context.details?.['scope']));
    }
    return scopes;
  };
  // Ten a minute for all, five for each.
  expect(await refused(ann)).toEqual(['client', 'client', 'client']);
  expect(await refused(ben)).toEqual(['client', 'client', 'client']);
  const third = ann && { ...ann, client: { steamId: '76561198000000003', tradeUrl: '', clientId: null } };
  expect(await refused(third)).toEqual([...Array(5).fill('allClients'), 'client', 'client', 'client']);
});

test.each([
  ['a minute', 'balance' as const, 60, 60],
  ['an hour', 'prices' as const, 100, 3600],
])(
  'a limit for %s is full until that has passed, with Redis and without',
  async (_window, route, requests, seconds) => {
    for (const limits of [node(''), node('redis://127.0.0.1:1'), ...(isThere ? [node(redisUrl)] : [])]) {
      const caller = merchant();
      for (let i = 0; i < requests; i++) await limits.count(caller, route);
      const refused = await limits.count(caller, route).catch((error) => error);
      expect(refused).toMatchObject({ key: 'RATE_LIMITED' });
      expect(refused.context.retryAfterSeconds).toBeGreaterThan(seconds - 10);
      expect(refused.context.retryAfterSeconds).toBeLessThanOrEqual(seconds);
    }
  },
);

test('while Redis is away, requests are still counted, by each node alone', async () => {
  const nodes = [node('redis://127.0.0.1:1'), node('redis://127.0.0.1:1')];
  expect(await refusals(nodes, 12)).toBe(0);
  expect(await refusals(nodes.slice(0, 1), 12)).toBe(2);
});
