import fc from 'fast-check';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { DAY_MS, later, MINUTE_MS, MovableClock, SECOND_MS } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { encodePart } from '../../src/feed-sharing/batch.ts';
import { FeedLease } from '../../src/feed-sharing/lease.ts';
import { publishUnchanged, publishUpdate, publishWhole } from '../../src/feed-sharing/publish.ts';
import { deleteAbandonedFeeds, findFeed } from '../../src/feed-sharing/store.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { MarketCache } from '../../src/market/market-cache.ts';
import { SharedFeed } from '../../src/market/shared-feed.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import { listing, whole } from '../market/stock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { FeedMarket } from '../support/feed-market.ts';

/** The feed of one account on several nodes: each is a market with its own rounds, on one database and one clock. */

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = await openDatabase({ url: place.url });
});
afterAll(async () => {
  await database?.close();
  await place?.drop();
});

const ID = 'market';
const MANY = 2500;
const config = loadConfig({ MARKET_POLL_MS: '2000' });
const log = pino({ level: 'silent' });

class Node {
  readonly market: MarketCache;
  readonly metrics = createMetrics();
  readonly #feed: SharedFeed;
  readonly #stopping = new AbortController();

  constructor(name: string, shop: FeedMarket, clock: MovableClock, db = database.db) {
    const suppliers = new SupplierRegistry([shop.supplier]);
    this.market = new MarketCache(suppliers.all, log);
    const deps = { config, clock, log, metrics: this.metrics, suppliers, db };
    this.#feed = new SharedFeed(deps, this.market, shop.supplier, name);
  }

  /** One round, in which it may read although it has just done so. */
  async reads(): Promise<void> {
    this.#feed.wake();
    await this.#feed.read(this.#stopping.signal);
  }

  /** One round of a node that may not read yet if it has just done so. */
  looks(): Promise<void> {
    return this.#feed.read(this.#stopping.signal);
  }

  stops(): Promise<void> {
    this.#stopping.abort();
    return this.#feed.stop();
  }

  get shown(): Record<string, bigint> {
    const offers = this.market.offers({ game: '730' });
    return Object.fromEntries(offers.map((offer) => [offer.listing.nativeId, offer.listing.priceMills]));
  }

  async gauge(name: 'feedReader' | 'feedRead' | 'feedListings'): Promise<number | undefined> {
    return (await this.metrics[name].get()).values[0]?.value;
  }
}

let shop: FeedMarket;
let clock: MovableClock;
let offsetMs = 0;
beforeEach(async () => {
  await database.db.deleteFrom('supplier_feed').execute();
  shop = new FeedMarket(ID);
  clock = new MovableClock();
  offsetMs = 0;
});

function passes(ms: number): void {
  offsetMs += ms;
  clock.adoptOffset(offsetMs);
}

const many = (dollars: number) => whole(...Array.from({ length: MANY }, (_, n) => listing(`L${n}`, dollars)));
const node = (name: string) => new Node(name, shop, clock);
const sells = (count: number, dollars = 5) =>
  shop.sells(...Array.from({ length: count }, (_, n) => listing(`L${n}`, dollars)));
const pricesNow = () => Object.fromEntries([...shop.onSale].map(([id, { priceMills }]) => [id, priceMills]));

async function batches() {
  const rows = await database.db
    .selectFrom('supplier_feed_batch')
    .select(['is_whole', 'parts', 'is_published', 'version'])
    .orderBy('version')
    .execute();
  return rows;
}

async function feedRow() {
  const row = await findFeed(database, ID);
  if (!row) throw new Error('some node has read');
  return row;
}

describe('nodes on one database', () => {
  test('ask a marketplace once, and all show what it sells', async () => {
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.reads();
    expect(shop.asked).toEqual([null]);
    expect([a.shown, b.shown]).toEqual([pricesNow(), pricesNow()]);
    expect([await a.gauge('feedReader'), await b.gauge('feedReader')]).toEqual([1, 0]);
    expect(await b.gauge('feedRead')).toBe(await a.gauge('feedRead'));
    expect(await b.gauge('feedListings')).toBe(3);
  });

  test('that start at the same time ask it once', async () => {
    sells(3);
    const nodes = ['a', 'b', 'c', 'd'].map(node);
    await Promise.all(nodes.map((each) => each.reads()));
    expect(shop.asked).toHaveLength(1);
    for (const each of nodes) await each.looks();
    for (const each of nodes) expect(each.shown).toEqual(pricesNow());
  });

  test('are told what has changed, and not the whole list again', async () => {
    sells(MANY);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    shop.sells(listing('L1', 4), listing('new', 7), { ...listing('L2', 5), catalogId: 'another item' });
    shop.sold('L0');
    await a.reads();
    const all = await batches();
    expect(all.filter((row) => row.is_whole)).toHaveLength(3);
    expect(all.filter((row) => !row.is_whole)).toMatchObject([{ parts: 1 }]);
    await b.looks();
    expect(b.shown).toEqual(pricesNow());
    expect(b.market.offer(`${ID}:L2`)?.listing.catalogId).toBe('another item');
  });

  test('are told that nothing has changed without a batch', async () => {
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    const before = await batches();
    passes(5 * SECOND_MS);
    await a.reads();
    await b.looks();
    expect(await batches()).toEqual(before);
    expect(await b.gauge('feedRead')).toBe(await a.gauge('feedRead'));
  });

  test('keep every field of a listing', async () => {
    const full = listing('full', 12.345, {
      wear: '0.123456789012345678',
      paintSeed: 7,
      phase: 'Ruby',
      fade: 98.5,
      stickers: [{ name: 'A sticker', slot: 0, wear: 0.5, iconUrl: 'https://example.com/s' }],
      charm: { name: 'A charm', iconUrl: 'https://example.com/c' },
      color: '#ffffff',
      delivery: 'instant',
    });
    shop.sells(full);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    expect(b.market.offer(`${ID}:full`)?.listing).toEqual(full);
  });

  test('go on from the cursor, whichever of them reads', async () => {
    shop.hasChanges = true;
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    await a.stops();
    shop.sells(listing('L1', 4));
    await b.reads();
    expect(shop.asked).toEqual([null, '0']);
    expect(b.shown).toEqual(pricesNow());
  });
});

describe('a node that starts later', () => {
  test('sees the whole market at once, and what has changed since, without asking', async () => {
    sells(MANY);
    const a = node('a');
    await a.reads();
    shop.sold('L5');
    await a.reads();
    shop.sells(listing('L6', 1));
    await a.reads();
    const late = node('late');
    await late.looks();
    expect(late.shown).toEqual(pricesNow());
    expect(shop.asked).toHaveLength(3);
  });

  test('shows nothing that was read long ago', async () => {
    sells(3);
    await node('a').reads();
    passes(11 * MINUTE_MS);
    shop.isCut = true;
    const late = node('late');
    await late.reads();
    expect(late.market.isLoading('730')).toBe(true);
    expect(late.shown).toEqual({});
  });

  test('shows nothing that was read long ago while another node that has just started reads', async () => {
    sells(3);
    await node('a').reads();
    passes(60 * MINUTE_MS);
    shop.sold('L0');
    const answer = shop.holdNext();
    const [first, second] = [node('first'), node('second')];
    const reading = first.reads();
    await expect.poll(() => shop.asked.length).toBe(2);
    await second.looks();
    expect(second.shown).toEqual({});
    answer();
    await reading;
    await second.looks();
    expect(second.shown).toEqual(pricesNow());
  });

  test('has little to read, however long others run, and what is old is deleted', async () => {
    sells(10);
    const a = node('a');
    await a.reads();
    for (let n = 0; n < 150; n++) {
      shop.sells(listing('L1', 1 + n));
      await a.reads();
    }
    expect((await batches()).length).toBeLessThan(100);
    const late = node('late');
    await late.looks();
    expect(late.shown).toEqual(pricesNow());
  });
});

describe('a node that has missed changes', () => {
  test('applies those that it has missed', async () => {
    sells(MANY);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    for (let n = 0; n < 5; n++) {
      shop.sells(listing(`L${n}`, 1));
      await a.reads();
    }
    await b.looks();
    expect(b.shown).toEqual(pricesNow());
  });

  test('begins with the whole when they were deleted', async () => {
    sells(MANY);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    for (let n = 0; n < 4; n++) {
      sells(MANY, 6 + n);
      await a.reads();
    }
    shop.sold('L3');
    await a.reads();
    await b.looks();
    expect(b.shown).toEqual(pricesNow());
  });

  test('follows a server that took over and had lost what it had applied already', async () => {
    sells(MANY);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    const before = await feedRow();
    shop.sells(listing('L1', 1));
    await a.reads();
    await b.looks();
    await database.db.deleteFrom('supplier_feed_batch').where('is_whole', '=', false).execute();
    await database.db.updateTable('supplier_feed').set(before).execute();
    shop.sells(listing('L1', 5), listing('L2', 2));
    await a.reads();
    await a.reads();
    await b.looks();
    for (const each of [a, b]) expect(each.shown).toEqual(pricesNow());
  });

  test('and cannot read what is stored keeps what it shows, and reads from the beginning when it is its turn', async () => {
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    const before = b.shown;
    shop.sells(listing('L1', 1));
    await a.reads();
    await database.db
      .updateTable('supplier_feed_batch')
      .set({ body: Buffer.from('garbage') })
      .execute();
    await b.looks();
    expect(b.shown).toEqual(before);
    await a.stops();
    await b.reads();
    expect(shop.asked.at(-1)).toBeNull();
    expect(b.shown).toEqual(pricesNow());
  });
});

describe('a feed that is cut in its middle', () => {
  test('changes nothing on any node, and another node tries next', async () => {
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    const before = pricesNow();
    shop.sold('L0', 'L1');
    shop.isCut = true;
    await a.reads();
    await b.looks();
    expect([a.shown, b.shown]).toEqual([before, before]);
    expect(shop.asked, 'nobody asks again at once').toHaveLength(2);
    passes(3 * SECOND_MS);
    shop.isCut = false;
    await b.looks();
    expect(b.shown).toEqual(pricesNow());
    expect(await b.gauge('feedReader')).toBe(1);
    await a.looks();
    expect(a.shown).toEqual(pricesNow());
    expect(shop.asked).toHaveLength(3);
  });

  test.each([
    ['everything', false],
    ['what has changed', true],
  ])('for ten minutes hides the listings on every node, until it answers with %s', async (_what, hasChanges) => {
    shop.hasChanges = hasChanges;
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    shop.isCut = true;
    passes(9 * MINUTE_MS);
    await a.reads();
    await b.looks();
    expect([Object.keys(a.shown), Object.keys(b.shown)]).toEqual([
      ['L0', 'L1', 'L2'],
      ['L0', 'L1', 'L2'],
    ]);
    passes(MINUTE_MS);
    await b.reads();
    await a.looks();
    expect([a.shown, b.shown]).toEqual([{}, {}]);
    expect([a.market.isUnavailable(ID), b.market.isUnavailable(ID)]).toEqual([true, true]);
    shop.isCut = false;
    passes(5 * SECOND_MS);
    await b.reads();
    await a.looks();
    expect([a.shown, b.shown]).toEqual([pricesNow(), pricesNow()]);
  });
});

describe('a node that reads', () => {
  test('and dies: another goes on after its lease, and never before', async () => {
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    shop.sells(listing('L0', 1));
    passes(15 * SECOND_MS);
    await b.reads();
    expect(shop.asked).toHaveLength(1);
    passes(3 * SECOND_MS);
    await b.looks();
    expect(shop.asked).toHaveLength(2);
    expect(b.shown).toEqual(pricesNow());
  });

  test('and stops: another reads when the next read is due', async () => {
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    await a.stops();
    await b.looks();
    expect(shop.asked).toHaveLength(1);
    passes(2 * SECOND_MS);
    await b.looks();
    expect(shop.asked).toHaveLength(2);
    expect(await b.gauge('feedReader')).toBe(1);
  });

  test('and is slower than its lease: what it has read is not used, and it follows the one that took over', async () => {
    sells(MANY);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    shop.sells(listing('L0', 1), listing('L1', 1));
    const answer = shop.holdNext();
    const slow = a.reads();
    await expect.poll(() => shop.asked.length).toBe(2);
    await database.db.updateTable('supplier_feed').set({ leased_until: clock.now() }).execute();
    shop.sells(listing('L0', 2));
    shop.sold('L9');
    await b.reads();
    expect(b.shown).toEqual(pricesNow());
    const published = await batches();
    answer();
    await slow;
    expect(await batches()).toEqual(published);
    expect(await a.gauge('feedReader')).toBe(0);
    await a.looks();
    expect([a.shown, b.shown]).toEqual([pricesNow(), pricesNow()]);
  });

  test('stops asking when its lease has ended, as after a jump of the clock', async () => {
    sells(3);
    const [a, b] = [node('a'), node('b')];
    const answer = shop.holdNext();
    const reading = a.reads();
    await expect.poll(() => shop.asked.length).toBe(1);
    passes(MINUTE_MS);
    await reading;
    answer();
    expect(await batches()).toEqual([]);
    await b.reads();
    await a.looks();
    expect([a.shown, b.shown]).toEqual([pricesNow(), pricesNow()]);
    expect(shop.atOnceMax).toBe(1);
  });

  test('and dies while it writes a whole: nobody sees a part of it', async () => {
    sells(3);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    const before = b.shown;
    const { version } = await feedRow();
    // What it has left: a part of two, and of a version that was never published.
    await sql`insert into supplier_feed_batch
      select supplier, ${(version ?? 0n) + 1n}, true, part + 1, 2, null, gen_random_uuid(), false, body
      from supplier_feed_batch where is_whole`.execute(database.db);
    await b.looks();
    const late = node('late');
    await late.looks();
    expect([b.shown, late.shown]).toEqual([before, before]);
    passes(MINUTE_MS);
    sells(MANY, 9);
    await b.reads();
    await late.looks();
    expect(late.shown).toEqual(pricesNow());
    expect((await batches()).every((row) => row.is_published)).toBe(true);
  });

  test('and dies while it writes a change: nobody applies it, and the next reader goes on', async () => {
    sells(MANY);
    const [a, b] = [node('a'), node('b')];
    await a.reads();
    await b.looks();
    const { version } = await feedRow();
    const left = {
      supplier: ID,
      version: (version ?? 0n) + 1n,
      is_whole: false,
      follows: version,
      is_published: false,
    };
    const body = await encodePart({ listings: [], gone: ['L1'] });
    await database.db
      .insertInto('supplier_feed_batch')
      .values({ ...left, part: 1, parts: 1, attempt: newId(clock.now()), body })
      .execute();
    shop.sold('L0');
    await a.reads();
    await b.looks();
    expect(b.shown).toEqual(pricesNow());
  });

  test('and dies while it writes the whole of a version: the next reader writes it', async () => {
    sells(3);
    const a = node('a');
    await a.reads();
    shop.sells(listing('L0', 1));
    await a.reads();
    const { version } = await feedRow();
    const body = await encodePart({ listings: [listing('L7', 7)], gone: [] });
    const left = { supplier: ID, version: version ?? 0n, is_whole: true, follows: null, is_published: false };
    await database.db
      .insertInto('supplier_feed_batch')
      .values({ ...left, part: 2, parts: 9, attempt: newId(clock.now()), body })
      .execute();
    const deps = { db: database.db, clock };
    passes(MINUTE_MS);
    const holding = await new FeedLease(deps, { supplier: ID, node: 'b' }).claim(false);
    if (!holding) throw new Error('the lease of the first has ended');
    const listings = many(3).listings;
    expect(await publishWhole(deps, holding, listings, new AbortController().signal)).toMatchObject({
      whole_version: version,
    });
    const late = node('late');
    await late.looks();
    expect(late.shown).toEqual(Object.fromEntries(listings.map((each) => [each.nativeId, each.priceMills])));
  });

  test('publishes nothing twice, also when the database carries a statement out late', async () => {
    sells(3);
    await node('a').reads();
    passes(MINUTE_MS);
    const deps = { db: database.db, clock };
    const holding = await new FeedLease(deps, { supplier: ID, node: 'b' }).claim(false);
    if (!holding) throw new Error('the lease of the first has ended');
    const reading = { readAt: clock.now(), cursor: 'x', leasedUntil: later(clock.now(), 15 * SECOND_MS) };
    const { signal } = new AbortController();
    expect(await publishUpdate(deps, holding, whole(listing('L1', 2)), reading, signal)).not.toBeNull();
    expect(await publishUpdate(deps, holding, whole(listing('L1', 1)), reading, signal)).toBeNull();
    expect(await publishUnchanged(deps, holding, reading)).toBeNull();
    expect(await publishWhole(deps, holding, [], signal)).toBeNull();
    const late = node('late');
    await late.looks();
    expect(late.shown).toEqual({ L1: 2000n });
  });

  test('and has lost its lease without knowing it publishes nothing between the batches of the next', async () => {
    sells(3);
    await node('a').reads();
    const deps = { db: database.db, clock };
    const { signal } = new AbortController();
    const [one, two] = [
      new FeedLease(deps, { supplier: ID, node: 'one' }),
      new FeedLease(deps, { supplier: ID, node: 'two' }),
    ];
    passes(MINUTE_MS);
    const first = await one.claim(false);
    passes(MINUTE_MS);
    const second = await two.claim(false);
    if (!first || !second) throw new Error('each claims it in its turn');
    const reading = { readAt: clock.now(), cursor: 'x', leasedUntil: later(clock.now(), 15 * SECOND_MS) };
    const [lost, published] = await Promise.allSettled([
      publishUpdate(deps, first, many(1), reading, signal),
      publishUpdate(deps, second, many(2), reading, signal),
    ]);
    expect(lost.status === 'rejected' || lost.value === null).toBe(true);
    // The late one may have deleted parts of the other, which then writes them again.
    if (published.status === 'rejected') await publishUpdate(deps, second, many(2), reading, signal);
    const late = node('late');
    await late.looks();
    expect(new Set(Object.values(late.shown))).toEqual(new Set([2000n]));
    expect(Object.keys(late.shown)).toHaveLength(MANY);
  });
});

test('without its database a node shows what it knows for ten minutes, and nothing after them', async () => {
  sells(3);
  const other = await openDatabase({ url: place.url });
  const a = new Node('a', shop, clock, other.db);
  // An embedded database in memory is another one for each that opens it.
  await other.db.deleteFrom('supplier_feed').execute();
  await a.reads();
  await other.close();
  passes(9 * MINUTE_MS);
  await expect(a.reads()).rejects.toThrow();
  expect(a.shown).toEqual(pricesNow());
  passes(MINUTE_MS);
  await expect(a.reads()).rejects.toThrow();
  expect(a.shown).toEqual({});
});

test('what was shared of an account that no node reads any more is deleted after a month', async () => {
  sells(3);
  await node('a').reads();
  passes(29 * DAY_MS);
  await deleteAbandonedFeeds({ db: database.db, clock });
  expect(await batches()).not.toEqual([]);
  passes(2 * DAY_MS);
  await deleteAbandonedFeeds({ db: database.db, clock });
  expect(await batches()).toEqual([]);
});

test('whatever nodes die, sleep or fall behind, and whenever the feed is cut, all end with one market', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constant('round' as const), node: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('sell' as const), from: fc.nat(40), count: fc.nat(30) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('sold' as const), from: fc.nat(40), count: fc.nat(10) }) },
    {
      weight: 2,
      arbitrary: fc.record({ what: fc.constant('pass' as const), seconds: fc.constantFrom(1, 4, 20, 700) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant('restart' as const), node: fc.nat(2), isKilled: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('cut' as const), isCut: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ what: 'together' as const }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 40 }), async (hasChanges, steps) => {
      await database.db.deleteFrom('supplier_feed').execute();
      shop = new FeedMarket(ID);
      shop.hasChanges = hasChanges;
      const nodes = [node('0'), node('1'), node('2')];
      let names = nodes.length;
      let price = 1;
      const at = (index: number): Node => nodes[index] ?? node('none');
      for (const each of steps) {
        if (each.what === 'round') await at(each.node).reads();
        if (each.what === 'together') await Promise.all(nodes.map((one) => one.reads()));
        if (each.what === 'pass') passes(each.seconds * SECOND_MS);
        if (each.what === 'cut') shop.isCut = each.isCut;
        if (each.what === 'restart') {
          if (!each.isKilled) await at(each.node).stops();
          nodes[each.node] = node(String(names++));
        }
        const ids = 'from' in each ? Array.from({ length: each.count }, (_, n) => `L${each.from + n}`) : [];
        if (each.what === 'sell') shop.sells(...ids.map((id) => listing(id, price++)));
        if (each.what === 'sold') shop.sold(...ids);
      }
      shop.isCut = false;
      passes(MINUTE_MS);
      for (const each of nodes) await each.reads();
      for (const each of nodes) await each.looks();
      for (const each of nodes) expect(each.shown).toEqual(pricesNow());
      expect(shop.atOnceMax).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
});
