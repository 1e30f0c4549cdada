import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayProcess } from '../../sandbox/demo/gateway-process.ts';
import { ShopClient } from '../../sandbox/demo/shop-client.ts';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { systemClock } from '../../src/core/clock.ts';
import { SecretBox } from '../../src/core/secrets.ts';
import { openDatabase } from '../../src/db/connect.ts';
import { setRouteLimit } from '../../src/merchants/operations.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { verify } from '../../src/verify/verify.ts';
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';
import { TRADE_URL } from '../support/merchant.ts';

/** Two gateway processes on one PostgreSQL, one marketplace: whatever they race for happens once. */
describe.skipIf(!postgresUrl)('two gateways on one database', () => {
  let marketplace: RunningMarketplace;
  let database: TestDatabase;
  let nodes: GatewayProcess[];
  let shops: ShopClient[];
  const folders: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    marketplace = await startMarketplace({ port: 0, file: ':memory:', plugins: [shop] });
    const settings = {
      DATABASE_URL: database.url,
      MARKETPLACE_URL: marketplace.url,
      SECRET_KEY: 'ab'.repeat(32),
      TICK_MS: '50',
    };
    // One after the other: both would otherwise make a demo merchant's key, and only one of them would be kept.
    nodes = [];
    for (let i = 0; i < 2; i++) {
      const folder = mkdtempSync(join(tmpdir(), 'skinrail-node-'));
      folders.push(folder);
      nodes.push(await GatewayProcess.start(folder, settings));
    }
    shops = nodes.map((node) => new ShopClient(node));
    await liftLimits(nodes[0]?.sandboxFile().merchantId ?? '');
  });

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    const opened = await openDatabase({ url: database.url });
    const broken = (await verify(opened.db, new Date(Date.now() + 86_400_000))).filter((rule) => rule.broken !== null);
    await opened.close();
    await marketplace.close();
    await database.drop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    expect(broken).toEqual([]);
  });

  /** The races cancel more in a minute than a merchant may. */
  async function liftLimits(merchantId: string): Promise<void> {
    const opened = await openDatabase({ url: database.url, poolMax: 1 });
    const deps = { db: opened.db, clock: systemClock, secrets: new SecretBox(null) };
    await setRouteLimit(deps, merchantId, 'item-cancel', 100_000);
    await opened.close();
  }

  const at = (index: number): ShopClient => {
    const client = shops[index % shops.length];
    if (!client) throw new Error('both nodes run');
    return client;
  };

  /** Moves time on one node, and waits until the other has followed. */
  async function passes(duration: string): Promise<void> {
    await at(0).advance(duration);
    const offset = async (client: ShopClient) => {
      const { data } = await client.call('GET', '/sandbox/clock');
      return (data as { offsetMs: number }).offsetMs; // as documented
    };
    await at(1).eventually('one time on both', async () =>
      (await offset(at(0))) === (await offset(at(1))) ? true : null,
    );
  }

  async function buys(client: ShopClient, behaviour: string, copies: number): Promise<TradeWire> {
    const { data } = await client.call('GET', '/sandbox/listings');
    const listings = (data as { id: string; behaviour: string; game: string; price: number }[]) // as documented
      .filter((listing) => listing.behaviour === behaviour && listing.game === '730')
      .slice(0, copies);
    const items = listings.map((listing) => ({ itemId: listing.id, price: listing.price }));
    const reply = await client.call('POST', '/secure/buy', { items, tradeUrl: TRADE_URL });
    expect(reply.error).toBeNull();
    const trade = reply.data as TradeWire; // as documented
    await client.eventually('the purchases', async () => ((await boughtAll(trade.id)) ? true : null));
    return trade;
  }

  async function boughtAll(tradeId: string): Promise<boolean> {
    const opened = await openDatabase({ url: database.url, poolMax: 2 });
    const rows = await opened.db.selectFrom('purchase').select('state').where('trade_id', '=', tradeId).execute();
    await opened.close();
    return rows.length > 0 && rows.every((row) => row.state === 'done');
  }

  /** As a restart of the server, or a network that drops everything, would. */
  async function cutConnections(): Promise<void> {
    const opened = await openDatabase({ url: database.url, poolMax: 1 });
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(opened.db);
    await opened.close();
  }

  async function factsOf(tradeId: string) {
    const opened = await openDatabase({ url: database.url, poolMax: 2 });
    const purchases = await opened.db
      .selectFrom('purchase')
      .select('reference')
      .where('trade_id', '=', tradeId)
      .execute();
    const refunds = await opened.db
      .selectFrom('transfer')
      .select('item_id')
      .where('trade_id', '=', tradeId)
      .where('kind', '=', 'refund')
      .execute();
    await opened.close();
    const calls = await Promise.all(
      purchases.map(async ({ reference }) => {
        const answer = await fetch(`${marketplace.url}/control/orders/${reference}`);
        return (await answer.json()) as { buyCalls: number; cancelCalls: number }; // the sandbox's own route
      }),
    );
    return { calls, refunds: refunds.length };
  }

  const cancel = (client: ShopClient, tradeId: string, itemId: string) =>
    client.call('POST', `/secure/buy/${tradeId}/items/${itemId}/cancel`);

  test('fifty equal cancels over both: one call to the marketplace, fifty times 200, one refund', async () => {
    const trade = await buys(at(0), 'cancel-confirmed-later', 1);
    await passes('31m');
    const itemId = trade.items[0]?.id ?? '';
    const replies = await Promise.all(Array.from({ length: 50 }, (_, i) => cancel(at(i), trade.id, itemId)));
    expect(replies.map((reply) => reply.status)).toEqual(Array(50).fill(200));
    await passes('10m');
    await at(1).eventually('the refund', async () =>
      (await at(1).trade(trade.id)).status === 'reverted' ? true : null,
    );
    const { calls, refunds } = await factsOf(trade.id);
    expect(calls.map((call) => call.cancelCalls)).toEqual([1]);
    expect(refunds).toBe(1);
  });

  test('ten cancels of each of ten items while time runs on: each ends once, with honest answers', async () => {
    const trade = await buys(at(0), 'never-ships', 10);
    await passes('31m');
    const replies = await Promise.all(
      trade.items.flatMap((item) =>
        Array.from({ length: 5 }, async (_, i) => ({ item: item.id, reply: await cancel(at(i), trade.id, item.id) })),
      ),
    );
    // Confirmed at once, so a late one may find its item over; nobody may be told anything else.
    for (const { reply } of replies) expect([200, 400]).toContain(reply.status);
    for (const item of trade.items) {
      expect(replies.some((each) => each.item === item.id && each.reply.status === 200)).toBe(true);
    }
    await at(1).eventually('the refunds', async () =>
      (await at(1).trade(trade.id)).status === 'reverted' ? true : null,
    );
    const { calls, refunds } = await factsOf(trade.id);
    expect(calls.every((call) => call.cancelCalls === 1 && call.buyCalls === 1)).toBe(true);
    expect(refunds).toBe(10);
  });

  test('cancels that race delivery end as one of the two, and never as both', async () => {
    const trade = await buys(at(0), 'delivers-despite-cancel', 10);
    await passes('31m');
    await Promise.all(trade.items.map((item, i) => cancel(at(i), trade.id, item.id)));
    await Promise.all([at(0).advance('1m'), ...trade.items.map((item, i) => cancel(at(i), trade.id, item.id))]);
    await at(1).eventually('delivery', async () => ((await at(1).trade(trade.id)).status === 'hold' ? true : null));
    expect((await factsOf(trade.id)).refunds).toBe(0);
  });

  test('PostgreSQL cuts every connection while cancels run: both nodes go on, and each item is refunded once', async () => {
    const trade = await buys(at(0), 'cancel-confirmed-later', 10);
    await passes('31m');
    const cancels = trade.items.map((item, i) => cancel(at(i), trade.id, item.id));
    await cutConnections();
    const replies = await Promise.all(cancels);
    // What was cut off may be unknown to the caller; it is never told a refusal that nobody uttered.
    for (const reply of replies) expect([200, 500, 503]).toContain(reply.status);
    for (const item of trade.items) {
      await at(0).eventually('acceptance', async () =>
        (await cancel(at(1), trade.id, item.id)).status === 200 ? true : null,
      );
    }
    await passes('10m');
    await at(1).eventually('the refunds', async () =>
      (await at(1).trade(trade.id)).status === 'reverted' ? true : null,
    );
    expect((await factsOf(trade.id)).refunds).toBe(10);
  });

  test('ten buys with one externalId over both: one trade, nine times told that it exists', async () => {
    const { data } = await at(0).call('GET', '/sandbox/listings');
    const [listing] = data as { id: string; price: number }[]; // as documented
    const body = {
      items: [{ itemId: listing?.id, price: listing?.price }],
      tradeUrl: TRADE_URL,
      externalId: 'only-once',
    };
    const replies = await Promise.all(Array.from({ length: 10 }, (_, i) => at(i).call('POST', '/secure/buy', body)));
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.error?.key === 'EXTERNAL_ID_EXISTS')).toHaveLength(9);
  });
});
