import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayProcess } from '../../sandbox/demo/gateway-process.ts';
import { ShopClient } from '../../sandbox/demo/shop-client.ts';
import { fronts } from '../../sandbox/marketplace/orders.ts';
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';
import { FeedSwitch } from '../support/feed-switch.ts';

/** Gateway processes on one PostgreSQL, and a marketplace that counts who asks for its feeds. */
describe.skipIf(!postgresUrl)('of several gateways on one database', () => {
  let feeds: FeedSwitch;
  let database: TestDatabase;
  const nodes: GatewayProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    feeds = await FeedSwitch.start();
    // One after the other: both would otherwise make a demo merchant's key.
    await starts();
    await starts();
  });

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await feeds?.stop();
    await database?.drop();
    for (const node of nodes) rmSync(node.dataDir, { recursive: true, force: true });
  });

  async function starts(): Promise<GatewayProcess> {
    const node = await GatewayProcess.start(mkdtempSync(join(tmpdir(), 'skinrail-node-')), {
      DATABASE_URL: database.url,
      MARKETPLACE_URL: feeds.url,
      SECRET_KEY: 'cd'.repeat(32),
    });
    nodes.push(node);
    return node;
  }

  const one = (index: number): GatewayProcess => {
    const node = nodes[index];
    if (!node) throw new Error('it was started');
    return node;
  };

  /** What is on sale, by id. */
  async function shownBy(node: GatewayProcess, game: number): Promise<Record<string, number>> {
    const { data } = await new ShopClient(node).call('GET', `/secure/market?game=${game}&perPage=-1`);
    const { items = [] } = (data ?? {}) as { items?: { id: string; offer: { price: number } }[] }; // as documented
    return Object.fromEntries(items.map(({ id, offer }) => [id, offer.price]));
  }

  async function metric(node: GatewayProcess, name: string, labels: string): Promise<number> {
    const text = await (await fetch(`${node.baseUrl}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name}{${labels}} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  const isReader = async (node: GatewayProcess) =>
    (await metric(node, 'skinrail_market_feed_reader', 'supplier="waxpeer"')) === 1;
  const readsOf = (node: GatewayProcess) =>
    metric(node, 'skinrail_supplier_calls_total', 'supplier="waxpeer",call="feed",outcome="read"');
  const until = (what: string, isSo: () => Promise<boolean>) =>
    new ShopClient(one(0)).eventually(what, async () => ((await isSo()) ? true : null));

  async function readerAndOther(): Promise<[GatewayProcess, GatewayProcess]> {
    await until('one reads', async () => (await isReader(one(0))) || (await isReader(one(1))));
    return (await isReader(one(0))) ? [one(0), one(1)] : [one(1), one(0)];
  }

  async function showTheSame(first: GatewayProcess, second: GatewayProcess): Promise<void> {
    for (const game of [730, 252490]) {
      await until('they show the same', async () => {
        const [mine, theirs] = [await shownBy(first, game), await shownBy(second, game)];
        return Object.keys(mine).length > 100 && JSON.stringify(sorted(mine)) === JSON.stringify(sorted(theirs));
      });
    }
  }

  test('one reads the feed while prices move, and the others show the same market', async () => {
    const [reader, other] = await readerAndOther();
    const [asked, others] = [feeds.asked.waxpeer, await readsOf(other)];
    // Two lists at each read, every ten seconds.
    await until('it is read again and again', async () => feeds.asked.waxpeer >= asked + 4);
    expect(await readsOf(other)).toBe(others);
    expect(await readsOf(reader)).toBeGreaterThan(1);
    await pricesMove(false);
    await showTheSame(reader, other);
  });

  test('one that starts while the marketplace is away shows the whole market all the same', async () => {
    for (const front of fronts) feeds.off.add(front);
    const late = await starts();
    await showTheSame(one(0), late);
    expect(await readsOf(late)).toBe(0);
    feeds.off.clear();
    await until('one reads again', async () => (await Promise.all(nodes.map(isReader))).includes(true));
  });

  test('another reads after the one that does was stopped', async () => {
    const isReading = await Promise.all(nodes.map(isReader));
    const [stopped] = nodes.splice(isReading.indexOf(true), 1);
    await stopped?.stop();
    await until('another reads', async () => (await Promise.all(nodes.map(isReader))).includes(true));
    if (stopped) rmSync(stopped.dataDir, { recursive: true, force: true });
  });

  test('no two have asked for a feed at the same time', () => {
    expect(feeds.atOnceMax).toEqual({ cs2dt: 1, 'lis-skins': 1, waxpeer: 1 });
  });

  test('another reads after the one that does was killed', async () => {
    const isReading = await Promise.all(nodes.map(isReader));
    const [killed] = nodes.splice(isReading.indexOf(true), 1);
    await killed?.kill();
    const before = await Promise.all(nodes.map(readsOf));
    // Leases end by this clock, so that nobody has to wait.
    await new ShopClient(one(0)).advance('20s');
    await until('another reads', async () => (await Promise.all(nodes.map(isReader))).includes(true));
    await until('it goes on', async () => {
      const reads = await Promise.all(nodes.map(readsOf));
      return reads.some((each, index) => each > (before[index] ?? 0) + 2);
    });
    await killed?.startAgain();
    if (killed) nodes.push(killed);
    await showTheSame(one(0), one(1));
  });

  function sorted(shown: Record<string, number>): [string, number][] {
    return Object.entries(shown).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async function pricesMove(move: boolean): Promise<void> {
    await fetch(`${feeds.url}/control/pace`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pricesMove: move }),
    });
  }
});
