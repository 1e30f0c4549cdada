import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayProcess } from '../../sandbox/demo/gateway-process.ts';
import { ShopClient } from '../../sandbox/demo/shop-client.ts';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { later, SECOND_MS, systemClock } from '../../src/core/clock.ts';
import type { Database } from '../../src/db/connect.ts';
import { openDatabase } from '../../src/db/connect.ts';
import { freeze, unfreeze } from '../../src/freezes/operations.ts';
import { verify } from '../../src/verify/verify.ts';
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { until } from './eventually.ts';

const TRADES = 2;
const EVERYTHING = { scope: 'all', target: '' } as const;

/** Two gateway processes on one PostgreSQL that send purchases while an operator freezes everything. */
describe.skipIf(!postgresUrl)('a freeze while two gateways buy', () => {
  let marketplace: RunningMarketplace;
  let database: TestDatabase;
  let opened: Database;
  let nodes: GatewayProcess[];
  const folders: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    marketplace = await startMarketplace({ port: 0, file: ':memory:', plugins: [shop] });
    const settings = {
      DATABASE_URL: database.url,
      MARKETPLACE_URL: marketplace.url,
      SECRET_KEY: '5f3c9a1e7b2d4860'.repeat(4),
      TICK_MS: '50',
    };
    nodes = [];
    for (let i = 0; i < 2; i++) {
      const folder = mkdtempSync(join(tmpdir(), 'skinrail-node-'));
      folders.push(folder);
      nodes.push(await GatewayProcess.start(folder, settings));
    }
    opened = await openDatabase({ url: database.url, poolMax: 2 });
  });

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    const broken = (await verify(opened.db, new Date(Date.now() + 86_400_000))).filter((rule) => rule.broken !== null);
    await opened.close();
    await marketplace.close();
    await database.drop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    expect(broken).toEqual([]);
  });

  const purchases = () =>
    opened.db.selectFrom('purchase').select(['reference', 'state', 'asked_at', 'due_at']).execute();

  /** Trades of ten items each, over both nodes, at once. */
  async function buysAtOnce(): Promise<void> {
    const clients = nodes.map((node) => new ShopClient(node));
    const { data } = (await clients[0]?.call('GET', '/sandbox/listings')) ?? {};
    const listings = (data as { id: string; behaviour: string; game: string; price: number }[]) // as documented
      .filter((listing) => listing.behaviour === 'never-ships' && listing.game === '730')
      .slice(0, 10);
    const items = listings.map((listing) => ({ itemId: listing.id, price: listing.price }));
    const replies = await Promise.all(
      Array.from({ length: TRADES }, (_, i) =>
        clients[i % clients.length]?.call('POST', '/secure/buy', { items, tradeUrl: TRADE_URL }),
      ),
    );
    for (const reply of replies) expect(reply?.error).toBeNull();
  }

  async function buyCalls(): Promise<number[]> {
    return Promise.all(
      (await purchases()).map(async ({ reference }) => {
        const answer = await fetch(`${marketplace.url}/control/orders/${reference}`);
        if (answer.status === 404) return 0;
        return ((await answer.json()) as { buyCalls: number }).buyCalls; // the sandbox's own route
      }),
    );
  }

  /** When the freeze comes: while the first purchases are on their way to a claim, and while calls are under way. */
  const moments = {
    'the first purchase is recorded': () => true,
    'the first purchase is sent': ({ asked_at }: Awaited<ReturnType<typeof purchases>>[number]) => asked_at !== null,
  };

  test.each(Object.entries(moments))('when %s, none is sent that was not claimed before', async (moment, hasCome) => {
    const deps = { db: opened.db, clock: systemClock };
    const before = new Set((await purchases()).map(({ reference }) => reference));
    const news = async () => (await purchases()).filter(({ reference }) => !before.has(reference));
    await buysAtOnce();
    await until(moment, async () => (await news()).some(hasCome));
    await freeze(deps, EVERYTHING, { reason: 'a race', actor: 'operator:test' });
    const frozenAt = new Date();
    await until('calls that were under way have ended', async () =>
      (await news()).every(({ state }) => state === 'recorded' || state === 'done'),
    );
    // By then the jobs were taken, and the sweeps of both nodes have found what the jobs left.
    const aWhileAgo = () => later(deps.clock.now(), -SECOND_MS);
    await until('all that waits is due', async () =>
      (await news()).every(({ state, due_at }) => state === 'done' || (due_at !== null && due_at < aWhileAgo())),
    );
    const settled = await news();
    for (const { asked_at } of settled) {
      if (asked_at !== null) expect(asked_at.getTime()).toBeLessThanOrEqual(frozenAt.getTime());
    }
    const calls = (await buyCalls()).reduce((sum, count) => sum + count, 0);
    expect(calls).toBe(before.size + settled.filter(({ state }) => state === 'done').length);

    await unfreeze(deps, EVERYTHING);
    await until('all is bought', async () => {
      const now = await news();
      return now.length === TRADES * 10 && now.every(({ state }) => state === 'done');
    });
    expect(await buyCalls()).toEqual(Array(before.size + TRADES * 10).fill(1));
  });
});
