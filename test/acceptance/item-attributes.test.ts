import { beforeAll, describe, expect, test } from 'vitest';
import type { ListingWire } from '../../src/market/wire.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { accounts } from '../support/client.ts';
import { type Merchant, TRADE_URL } from '../support/merchant.ts';
import { type TestListing, useWorld } from '../support/world.ts';

/** What the market says of a listing stays with the item that is bought of it, in every answer and callback. */

const world = useWorld();
let merchant: Merchant;
let rows: ListingWire[];
let testListings: ReadonlySet<string>;
beforeAll(async () => {
  merchant = await world().merchant({ funds: 100_000 });
  const isKnown = async (game: string) => (await merchant.call('GET', `/secure/market?game=${game}`)).status === 200;
  await world().until(async () => (await isKnown('730')) && (await isKnown('252490')), 'the market is known');
  const pages = await Promise.all(
    ['730', '252490'].map((game) => merchant.call('GET', `/secure/market?perPage=-1&game=${game}`)),
  );
  testListings = new Set((await world().get<TestListing[]>('/sandbox/listings')).map((testListing) => testListing.id));
  rows = pages.flatMap((page) => page.body.data.items);
});

/** What an item of a trade must show of the listing, with Steam's name: the one of the market without the exterior. */
function expectedOf({ id, itemId: _catalogue, offer: _offer, ...attributes }: ListingWire) {
  const { exterior, marketHashName } = attributes;
  return { id, ...attributes, name: marketHashName.replace(` (${exterior})`, '') };
}

/** One that no test has bought yet and that does as it is told: it is none of the test listings. */
function listingWith(field: keyof ListingWire, game = 730): ListingWire {
  const index = rows.findIndex((row) => row.appid === game && row[field] !== undefined && !testListings.has(row.id));
  const [listing] = rows.splice(index, index < 0 ? 0 : 1);
  if (!listing) throw new Error(`nothing on the market has ${field}`);
  return listing;
}

const bodyOf = (listing: ListingWire, extra = {}) => ({
  items: [{ itemId: listing.id, price: listing.offer.price, maxPrice: listing.offer.price * 2 }],
  game: String(listing.appid),
  tradeUrl: TRADE_URL,
  ...extra,
});

describe('an item that I buy shows what the market said of it', () => {
  test.each(['wear', 'paintSeed', 'doppler', 'stickers', 'iconUrl'] as const)(
    'of CS2, with its %s: when I buy, when I look, and in callbacks',
    async (field) => {
      const listing = listingWith(field);
      const { body } = await merchant.call('POST', '/secure/buy', { body: bodyOf(listing) });
      expect(body.error).toBeUndefined();
      expect(body.data.items).toEqual([expect.objectContaining(expectedOf(listing))]);
      expect(body.data.items[0].name).not.toContain('(');
      await world().settles();
      expect((await merchant.trade(body.data.id)).items[0]).toMatchObject(expectedOf(listing));
      const told = merchant.callbacksOf(body.data.id);
      expect(told.length).toBeGreaterThan(0);
      for (const { trade } of told) expect(trade.items[0]).toMatchObject(expectedOf(listing));
      const asked = merchant.questionsAbout(body.data.id);
      for (const { trade } of asked) expect(trade.items[0]).toMatchObject(expectedOf(listing));
    },
  );

  test('of Rust', async () => {
    const listing = listingWith('marketHashName', 252490);
    const { body } = await merchant.call('POST', '/secure/buy', { body: bodyOf(listing) });
    expect(body.data.items[0]).toMatchObject({ ...expectedOf(listing), name: listing.marketHashName });
    await world().settles();
  });

  test('by a client, which sees it too', async () => {
    const listing = listingWith('stickers');
    const client = merchant.client(accounts.ben);
    const { tradeUrl: _url, ...body } = bodyOf(listing);
    await client.call('POST', '/client/trading/withdraw', { body });
    const page = await client.call('GET', '/client/trades');
    expect(page.body.data.items[0].items[0]).toMatchObject(expectedOf(listing));
    await world().settles();
  });

  test('in a quick buy, once it is bought', async () => {
    const testListing = world().testListing('never-ships');
    const listings = await merchant.call(
      'GET',
      `/secure/market/item?marketHashName=${encodeURIComponent(testListing.marketHashName)}`,
    );
    const { id } = await merchant.buysQuick(testListing, { amount: 2, maxPrice: 100 });
    const { items } = await merchant.trade(id);
    expect(items).toHaveLength(2);
    for (const item of items) {
      const listing = listings.body.data.find((each: ListingWire) => each.id === item.id);
      expect(listing.wear).toMatch(/^0\.\d/);
      expect(item).toMatchObject(expectedOf(listing));
    }
    expect(merchant.callbacksOf(id).at(-1)?.trade.items).toEqual(items);
  });

  test('and one that was bought before any of it was kept shows its market name alone', async () => {
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const { db } = world().gateway.deps;
    await db.updateTable('item').set({ attributes: null }).where('trade_id', '=', trade.id).execute();
    const [item] = (await merchant.trade(trade.id)).items;
    const known = [
      'id',
      'appid',
      'marketHashName',
      'tradable',
      'amount',
      'status',
      'offer',
    ] satisfies (keyof TradeWire['items'][number])[];
    expect(Object.keys(item ?? {})).toEqual(known);
  });
});
