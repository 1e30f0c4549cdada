import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fronts } from '../../sandbox/marketplace/orders.ts';
import { accounts, Client } from '../support/client.ts';
import { FeedSwitch } from '../support/feed-switch.ts';
import type { Merchant } from '../support/merchant.ts';
import { World } from '../support/world.ts';

let feeds: FeedSwitch;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  feeds = await FeedSwitch.start();
  for (const front of fronts) feeds.off.add(front);
  world = await World.start({ MARKETPLACE_URL: feeds.url, MARKET_POLL_MS: '1000' });
  merchant = await world.merchant();
});
afterAll(async () => {
  await world?.stop();
  await feeds?.stop();
});

const CS2 = '/secure/market';
const RUST = '/secure/market?game=252490';

const countAt = async (path: string): Promise<number> => (await merchant.call('GET', path)).body.data?.count;
const isShown = async (path: string) => (await merchant.call('GET', path)).status === 200;

describe('before a marketplace has said what it sells', () => {
  test('the gateway runs, and every page of the market tells me to come again', async () => {
    const client = new Client(world, merchant, accounts.ann);
    for (const [by, path] of [
      [merchant, '/secure/market'],
      [merchant, '/secure/market?game=252490'],
      [merchant, '/secure/market/item?itemId=any'],
      [merchant, '/secure/prices'],
      [merchant, '/secure/prices?game=252490'],
      [client, '/client/market'],
      [client, '/client/market/item?itemId=any'],
      [client, '/client/market/suggestions?q=any'],
    ] as const) {
      const { status, headers, body } = await by.call('GET', path);
      expect({ path, status, key: body.error?.key, code: body.error?.code }).toEqual({
        path,
        status: 503,
        key: 'SERVICE_UNAVAILABLE',
        code: 1009,
      });
      expect(headers.get('retry-after')).toBe('2');
    }
  });

  test('what is wrong with my request is said all the same', async () => {
    const { body } = await merchant.call('GET', '/secure/market?sort=cheapest');
    expect(body.error?.key).toBe('VALIDATION_FAILED');
  });

  test('one game is shown as soon as its marketplaces have answered, whatever becomes of the other', async () => {
    feeds.off.delete('waxpeer');
    await world.until(() => isShown(RUST), 'Rust is shown');
    expect(await isShown(CS2)).toBe(false);
    feeds.off.clear();
    await world.until(() => isShown(CS2), 'CS2 is shown');
  });
});

describe('when prices move', () => {
  beforeAll(() => world.letPricesMove());

  const shown = async (game: string) => {
    const { body } = await merchant.call('GET', `/secure/market?game=${game}&perPage=-1`);
    return new Map<string, number>(body.data.items.map((row: Row) => [row.id, row.offer.price]));
  };

  /** As the marketplace itself tells it now, to somebody who asks for all of it. */
  const live = async (supplierId: string) => {
    const supplier = world.gateway.deps.suppliers.get(supplierId);
    const answer = await supplier.feed(null);
    if (answer.outcome === 'unknown') throw new Error(answer.cause);
    const rust = answer.listings.filter(({ game }) => game === '252490');
    return new Map(rust.map((each) => [supplier.listingIds.toPublic(each.nativeId), each.priceMills]));
  };

  interface Row {
    readonly id: string;
    readonly offer: { readonly price: number };
  }

  test('I see it within five seconds of the next look, each of them, and nothing else', async () => {
    const before = await shown('252490');
    await world.passes('10s');
    const isSame = async () => {
      const [mine, theirs] = [await shown('252490'), await live('waxpeer')];
      return mine.size === theirs.size && [...theirs].every(([id, mills]) => mine.get(id) === withFee(mills));
    };
    await world.until(isSame, 'the market is as the marketplace tells it', 5000);
    const after = await shown('252490');
    const moved = [...after].filter(([id, price]) => before.get(id) !== price);
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.length).toBeLessThan(after.size / 2);
  });

  test('after a day, too: when the clock has moved, the market has been read anew', async () => {
    const before = await shown('252490');
    await world.passes('24h');
    const after = await shown('252490');
    const moved = [...after].filter(([id, price]) => before.get(id) !== price);
    expect(moved.length).toBeGreaterThan(after.size / 3);
  });

  /** 1.5 %, rounded up to the cent. */
  function withFee(mills: bigint): number {
    return Number((mills * 10_150n + 99_999n) / 100_000n) / 100;
  }
});

describe('what somebody buys', () => {
  test('is gone from the market within five seconds of the next look', async () => {
    const { body } = await merchant.call('GET', '/secure/market?search=%7C&maxPrice=20&perPage=-1');
    const testListings =
      /Ships|Cancel|Raised|Cheaper|Sold|Buy |Fails|Declines|Reversed|Word|Contradicts|Delivers|Confirms/;
    const row = body.data.items.find((each: { marketHashName: string }) => !testListings.test(each.marketHashName));
    const listingsOf = async () => {
      const { body: listed } = await merchant.call('GET', `/secure/market/item?itemId=${row.itemId}`);
      return (listed.data ?? []).map(({ id }: { id: string }) => id);
    };
    expect(await listingsOf()).toContain(row.id);
    const answer = await merchant.asksToBuy([], { items: [{ itemId: row.id, price: row.offer.price, maxPrice: 100 }] });
    expect(answer.body.error).toBeUndefined();
    await world.settles();
    await world.passes('3m');
    await world.until(async () => !(await listingsOf()).includes(row.id), 'it is gone', 5000);
  });
});

describe('a marketplace that does not answer', () => {
  test('is shown as it was for ten minutes; then nothing of it is, until it answers', async () => {
    const known = [await countAt(CS2), await countAt(RUST)];
    const heardAt = await world.metric('skinrail_market_feed_timestamp_seconds', '{supplier="cs2dt"}');
    feeds.off.add('cs2dt');
    await world.passes('9m');
    expect([await countAt(CS2), await countAt(RUST)]).toEqual(known);
    const stillHeardAt = await world.metric('skinrail_market_feed_timestamp_seconds', '{supplier="cs2dt"}');
    expect(stillHeardAt - heardAt).toBeLessThan(60);
    await world.passes('1m');
    expect(await world.metric('skinrail_market_listings', '{supplier="cs2dt"}')).toBe(0);
    // What the others sell is still shown.
    expect(await countAt(CS2)).toBeLessThan(known[0] ?? 0);
    expect(await countAt(CS2)).toBeGreaterThan(100);
    expect(await countAt(RUST)).toBe(known[1]);
    feeds.off.add('lis-skins').add('waxpeer');
    await world.passes('10m');
    for (const path of [CS2, RUST]) {
      const { status, body } = await merchant.call('GET', path);
      expect([status, body.error?.key]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    }
    feeds.off.clear();
    await world.passes('3m');
    await world.until(async () => (await countAt(CS2)) === known[0], 'all of CS2 is shown again');
    expect(await countAt(RUST)).toBe(known[1]);
  });

  test('does not keep me from buying what I know', async () => {
    feeds.off.add('cs2dt');
    const trade = await merchant.buys([world.testListing('never-ships')]);
    expect(trade.totalPrice).toBe(15.48);
    feeds.off.clear();
  });
});
