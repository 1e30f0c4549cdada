import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { loadConfig } from '../../src/config/config.ts';
import { fromMerchantDollars } from '../../src/core/money.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { type Cuttable, cuttable } from '../support/cuttable.ts';
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';
import { FeedSocket } from '../support/feed.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { PretendedRedis, replies } from '../support/pretended-redis.ts';
import { Receiver } from '../support/receiver.ts';

/** Two nodes, and sockets at both: whichever of them does something, all hear it. */

const redisUrl = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const ROUNDS_MAX = 10;

interface Listing {
  readonly id: string;
  readonly game: string;
  readonly behaviour: string;
  readonly price: number;
}

/** Two gateways in this process, on one database and one marketplace. */
class Nodes {
  readonly nodes: Gateway[] = [];
  readonly sockets: FeedSocket[] = [];
  readonly #ends: (() => Promise<unknown> | unknown)[] = [];
  /** The nodes' way to their database. */
  database: Cuttable | null = null;
  apiKey = '';
  #listings: readonly Listing[] = [];

  async start(roles: readonly string[], settings: Record<string, string> = {}): Promise<void> {
    const database: TestDatabase = await createTestDatabase();
    this.#ends.push(() => database.drop());
    const way = await cuttable(database.url);
    this.database = way;
    this.#ends.push(() => way.close());
    const marketplace: RunningMarketplace = await startMarketplace({ port: 0, file: ':memory:', plugins: [shop] });
    this.#ends.push(() => marketplace.close());
    for (const role of roles) {
      const folder = mkdtempSync(join(tmpdir(), 'skinrail-node-'));
      this.#ends.push(() => rmSync(folder, { recursive: true, force: true }));
      const config = loadConfig({
        PORT: '0',
        ROLE: role,
        DATA_DIR: folder,
        DATABASE_URL: way.url,
        MARKETPLACE_URL: marketplace.url,
        SECRET_KEY: 'ab'.repeat(32),
        TICK_MS: '50',
        ...settings,
      });
      const node = await startGateway(config, pino({ level: 'silent' }));
      this.nodes.push(node);
      this.#ends.push(() => node.stop());
    }
    await this.#openShop();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.close();
    for (const end of this.#ends.reverse()) await end();
  }

  get first(): Gateway {
    const [node] = this.nodes;
    if (!node) throw new Error('the nodes run');
    return node;
  }

  async listenAt(node: Gateway): Promise<FeedSocket> {
    const socket = await FeedSocket.accepted(node.baseUrl, { apiKey: this.apiKey });
    this.sockets.push(socket);
    return socket;
  }

  async buys(copies = 1): Promise<string> {
    const testListings = this.#listings.slice(0, copies);
    const items = testListings.map((testListing) => ({ itemId: testListing.id, price: testListing.price }));
    const answer = await fetch(`${this.first.baseUrl}/secure/buy`, {
      method: 'POST',
      headers: { 'api-key': this.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ items, tradeUrl: TRADE_URL }),
    });
    const { data, error } = (await answer.json()) as { data: TradeWire; error?: unknown }; // as documented
    expect(error).toBeUndefined();
    return data.id;
  }

  async #openShop(): Promise<void> {
    const { deps, baseUrl } = this.first;
    const receiver = await Receiver.start();
    this.#ends.push(() => receiver.stop());
    const { merchant } = await createMerchant(deps, {
      name: 'Shop',
      verified: true,
      feeBps: 150,
      callbackUrl: receiver.urlOf('shop'),
    });
    this.apiKey = (await createKey(deps, merchant.id)).apiKey;
    const amountMills = fromMerchantDollars(100_000, 'funds');
    await moveFunding(deps, { merchantId: merchant.id, direction: 'credit', amountMills, actor: 'test' });
    const answer = await fetch(`${baseUrl}/sandbox/listings`);
    const { data } = (await answer.json()) as { data: Listing[] }; // as documented
    const plain = [
      'never-ships',
      'ships-later',
      'cancel-confirmed-later',
      'refuses-to-cancel',
      'delivers-despite-cancel',
    ];
    this.#listings = data.filter(({ game, behaviour }) => game === '730' && plain.includes(behaviour));
  }
}

const has = (id: string, status: TradeWire['status']) => (trade: TradeWire) =>
  trade.id === id && trade.status === status;

const ways: readonly [string, () => Promise<{ settings: Record<string, string>; way: Cuttable | null }>][] = [
  ['PostgreSQL', async () => ({ settings: {}, way: null })],
  [
    'Redis',
    async () => {
      const way = await cuttable(redisUrl);
      return { settings: { REDIS_URL: way.url }, way };
    },
  ],
];

describe.skipIf(!postgresUrl).each(ways)('two nodes that tell one another through %s', (name, open) => {
  const nodes = new Nodes();
  let way: Cuttable | null = null;

  beforeAll(async () => {
    const opened = await open();
    way = opened.way;
    await nodes.start(['all', 'all'], opened.settings);
    for (const node of nodes.nodes) await nodes.listenAt(node);
  });

  afterAll(async () => {
    await nodes.stop();
    way?.close();
  });

  test('whichever has done it, a step is heard at both, and once', async () => {
    const ids = [];
    for (let round = 0; round < ROUNDS_MAX; round++) ids.push(await nodes.buys());
    for (const socket of nodes.sockets) {
      for (const id of ids) await socket.trade(has(id, 'pending'));
      const pending = socket.heardTrades.filter(({ status }) => status === 'pending').map(({ id }) => id);
      expect(pending.sort()).toEqual([...ids].sort());
    }
  });

  test('a trade of fifty items, which is too long for one NOTIFY, is heard whole', async () => {
    const id = await nodes.buys(50);
    for (const socket of nodes.sockets) {
      const trade = await socket.trade(has(id, 'pending'));
      expect(trade.items).toHaveLength(50);
      expect(JSON.stringify(trade).length).toBeGreaterThan(8000);
    }
  });

  test('when every connection is cut the sockets stay, and soon hear both nodes again', async () => {
    if (way) way.cut();
    else nodes.database?.cut();
    let heard: TradeWire[] = [];
    for (let round = 0; round < ROUNDS_MAX && heard.length < nodes.sockets.length; round++) {
      const id = await nodes.buys().catch(() => ''); // that request's own connection may be among those cut
      const hearings = nodes.sockets.map((socket) => socket.trade(has(id, 'pending'), 1000));
      heard = (await Promise.allSettled(hearings)).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    }
    expect({ name, heard: heard.length }).toEqual({ name, heard: 2 });
    expect(nodes.sockets.flatMap((socket) => socket.ends)).toEqual([]);
  });
});

describe.skipIf(!postgresUrl)('a node that only works, beside one that only serves', () => {
  const nodes = new Nodes();

  beforeAll(async () => {
    await nodes.start(['api', 'worker']);
    await nodes.listenAt(nodes.first);
  });

  afterAll(() => nodes.stop());

  test('what it does is heard at the other', async () => {
    const id = await nodes.buys();
    const [socket] = nodes.sockets;
    await socket?.trade(has(id, 'pending'));
    expect(socket?.heardTrades.map((trade) => trade.id)).toContain(id);
  });

  test('it has no sockets of its own', async () => {
    const [, worker] = nodes.nodes;
    await expect(FeedSocket.open(worker?.baseUrl ?? '', { apiKey: 'any' })).rejects.toThrow('websocket error');
  });
});

describe.skipIf(!postgresUrl).each([
  ['is not there', null],
  ['takes connections and says nothing', 'silent'],
  ['answers no command', 'silentOnceReady'],
  ['loads its data', 'loading'],
  ['wants a password', 'noAuth'],
] as const)('a node whose Redis %s', (_how, reply) => {
  const nodes = new Nodes();
  let redis: PretendedRedis | null = null;

  beforeAll(async () => {
    redis = reply && (await PretendedRedis.start(replies[reply]));
    await nodes.start(['all'], { REDIS_URL: redis?.url ?? 'redis://127.0.0.1:1' });
    await nodes.listenAt(nodes.first);
  });

  afterAll(async () => {
    await nodes.stop();
    redis?.stop();
  });

  test('runs, and its own sockets hear what it does', async () => {
    const id = await nodes.buys();
    const [socket] = nodes.sockets;
    expect((await socket?.trade(has(id, 'pending')))?.id).toBe(id);
  });

  test('stops without cutting anything off', async () => {
    expect(await nodes.first.stop()).toBe(true);
  });
});

describe.skipIf(!postgresUrl)('a node whose database is away for a while', () => {
  const nodes = new Nodes();

  beforeAll(async () => {
    await nodes.start(['all']);
    await nodes.listenAt(nodes.first);
  });

  afterAll(() => nodes.stop());

  test('keeps its sockets, sends new ones away to come again, and goes on when it is back', async () => {
    const [socket] = nodes.sockets;
    const way = nodes.database;
    if (!way || !socket) throw new Error('the node runs');
    way.refuses = true;
    way.cut();
    // A key that the node does not remember, so that it has to ask.
    const key = `ap_${'7'.repeat(64)}`;
    const turnedAway = await FeedSocket.open(nodes.first.baseUrl, { apiKey: key });
    expect(await turnedAway.ended()).toBe('transport close');
    way.refuses = false;
    const id = await nodes.buys();
    await socket.trade(has(id, 'pending'));
    expect(socket.ends).toEqual([]);
  });
});
