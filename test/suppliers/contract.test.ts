// What every adapter promises to the rest of the gateway, whatever marketplace is behind it.
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import type { Game } from '../../src/core/games.ts';
import { add, toMills } from '../../src/core/money.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import {
  bought,
  deadAddress,
  fed,
  IMPATIENCE_MS,
  newReference,
  openMarketplace,
  orderAtAnyPrice,
  orderFor,
  ordinaryListing,
  type Side,
  serverThat,
  statusFor,
  statusKindFor,
  supplierAt,
} from './harness.ts';

const adapters: { name: string; side: Side; game: Game; dearer: string }[] = [
  { name: 'sandbox-cs2', side: 'cs2', game: '730', dearer: 'price-raised' },
  { name: 'sandbox-rust', side: 'rust', game: '252490', dearer: 'price-changed' },
];

describe.each(adapters)('$name', ({ name, side, game, dearer }) => {
  async function setUp() {
    const market = await openMarketplace();
    return { market, supplier: supplierAt(side, market.url) };
  }

  test('says who it is and what it sells', async () => {
    const { supplier } = await setUp();
    expect(supplier).toMatchObject({ id: name, games: [game], findMax: 100, lookupDelayMs: MINUTE_MS });
  });

  test('shows a listing under the id that it was asked for, with its exact price', async () => {
    const { market, supplier } = await setUp();
    for (const testListing of (await market.testListings()).filter(
      (c) => c.side === side && c.behaviour !== 'price-raised-since-listed',
    )) {
      const answer = await supplier.listing(testListing.nativeId);
      expect(answer).toMatchObject({
        outcome: 'listed',
        listing: {
          nativeId: testListing.nativeId,
          game,
          marketHashName: testListing.marketHashName,
          priceMills: BigInt(testListing.priceMills),
        },
      });
    }
  });

  test('says with authority that a listing is gone', async () => {
    const { supplier } = await setUp();
    expect(await supplier.listing('999999999999999999')).toEqual({ outcome: 'gone' });
  });

  test('tells all that is on sale, each listing once, the test listings at their listed prices', async () => {
    const { market, supplier } = await setUp();
    const whole = await fed(supplier);
    expect(whole).toMatchObject({ isWhole: true, gone: [], cursor: expect.stringMatching(/./) });
    const byId = new Map(whole.listings.map((listing) => [listing.nativeId, listing]));
    expect(byId.size).toBe(whole.listings.length);
    for (const { nativeId, marketHashName, priceMills } of (await market.testListings()).filter(
      (c) => c.side === side,
    )) {
      expect(byId.get(nativeId)).toMatchObject({ game, marketHashName, priceMills: BigInt(priceMills) });
    }
  });

  test('says the same of a listing in its feed and when it is asked for it', async () => {
    const { supplier } = await setUp();
    const listing = await ordinaryListing(supplier);
    const answer = await supplier.listing(listing.nativeId);
    // The price may move between the two.
    expect(answer).toEqual({ outcome: 'listed', listing: { ...listing, priceMills: expect.any(BigInt) } });
  });

  test('tells only what changed since its last answer, at the price that the listing has now', async () => {
    const { market, supplier } = await setUp();
    const whole = await fed(supplier);
    await market.pass(9 * SECOND_MS);
    const changes = await fed(supplier, whole.cursor);
    expect(changes).toMatchObject({ isWhole: false, gone: [] });
    expect(changes.listings.length).toBeGreaterThan(0);
    expect(changes.listings.length).toBeLessThan(whole.listings.length / 20);
    const before = new Map(whole.listings.map(({ nativeId, priceMills }) => [nativeId, priceMills]));
    expect(changes.listings.some(({ nativeId, priceMills }) => before.get(nativeId) !== priceMills)).toBe(true);
    for (const listing of changes.listings) {
      expect(await supplier.listing(listing.nativeId)).toEqual({ outcome: 'listed', listing });
    }
  });

  test('sells an ordinary listing once: it is gone from the feed, by itself and for the next buyer', async () => {
    const { supplier } = await setUp();
    const { cursor } = await fed(supplier);
    const listing = await ordinaryListing(supplier);
    await bought(supplier, orderAtAnyPrice(listing));
    expect((await fed(supplier, cursor)).gone).toEqual([listing.nativeId]);
    expect((await fed(supplier)).listings.map(({ nativeId }) => nativeId)).not.toContain(listing.nativeId);
    expect(await supplier.listing(listing.nativeId)).toEqual({ outcome: 'gone' });
    expect(await supplier.buy(orderAtAnyPrice(listing))).toEqual(refused('LISTING_UNAVAILABLE'));
  });

  test('never sells out a test listing', async () => {
    const { market, supplier } = await setUp();
    const { cursor } = await fed(supplier);
    const testListing = await market.testListing(side, 'never-ships');
    await bought(supplier, orderFor(testListing));
    expect((await fed(supplier, cursor)).gone).toEqual([]);
    expect(await supplier.listing(testListing.nativeId)).toMatchObject({ outcome: 'listed' });
  });

  test('begins from the start when its cursor is old, or none of its own', async () => {
    const { market, supplier } = await setUp();
    const { cursor, listings } = await fed(supplier);
    await market.pass(HOUR_MS);
    for (const old of [cursor, 'nonsense', '']) {
      const answer = await fed(supplier, old);
      expect(answer).toMatchObject({ isWhole: true, gone: [] });
      expect(answer.listings).toHaveLength(listings.length);
    }
  });

  test('turns native listing ids into public ones and back, and knows ids that are not its own', async () => {
    const { market, supplier } = await setUp();
    const { nativeId } = await market.testListing(side, 'never-ships');
    const publicId = supplier.listingIds.toPublic(nativeId);
    expect(supplier.listingIds.toNative(publicId)).toBe(nativeId);
    for (const foreign of ['', nativeId, 'rust:other:1', '4f7a0c6e-8f4e-8d3a-9b1c-2d3e4f5a6b7c']) {
      expect(supplier.listingIds.toNative(foreign)).toBeNull();
    }
  });

  test('buys under our reference and finds the order by it, with ids that lose no digit', async () => {
    const { market, supplier } = await setUp();
    const testListing = await market.testListing(side, 'never-ships');
    const order = orderFor(testListing);
    const answer = await supplier.buy(order);
    const { orderId } = await market.facts(order.reference);
    expect(Number.isSafeInteger(Number(orderId))).toBe(false);
    expect(answer).toEqual({ outcome: 'bought', orderId, costMills: BigInt(testListing.priceMills) });
    expect(await supplier.find([order.reference])).toEqual({
      outcome: 'read',
      found: [
        { reference: order.reference, orderId, costMills: BigInt(testListing.priceMills), status: { kind: 'waiting' } },
      ],
      neverMade: [],
    });
  });

  test('never makes a second order under one reference, and calls the repeat unknown', async () => {
    const { market, supplier } = await setUp();
    const order = orderFor(await market.testListing(side, 'never-ships'));
    const { orderId } = await bought(supplier, order);
    const repeats = await Promise.all([supplier.buy(order), supplier.buy(order)]);
    expect(repeats.map((answer) => answer.outcome)).toEqual(['unknown', 'unknown']);
    expect(await market.facts(order.reference)).toMatchObject({ orderId, buyCalls: 3 });
  });

  test('finds a hundred orders in one call', async () => {
    const { market, supplier } = await setUp();
    const testListing = await market.testListing(side, 'never-ships');
    const references = await Promise.all(
      Array.from({ length: supplier.findMax }, async () => (await bought(supplier, orderFor(testListing))).reference),
    );
    const answer = await supplier.find(references);
    if (answer.outcome !== 'read') throw new Error(answer.cause);
    expect(answer.found.map((order) => order.reference).toSorted()).toEqual(references.toSorted());
  });

  test('leaves out references that it does not know, which is no error', async () => {
    const { market, supplier } = await setUp();
    const { reference } = await bought(supplier, orderFor(await market.testListing(side, 'never-ships')));
    const answer = await supplier.find([newReference(), reference, newReference()]);
    expect(answer).toMatchObject({ outcome: 'read', found: [{ reference }], neverMade: [] });
  });

  test('follows an order until it is delivered', async () => {
    const { market, supplier } = await setUp();
    const { reference } = await bought(supplier, orderFor(await market.testListing(side, 'ships-later')));
    const seen = [await statusKindFor(supplier, reference)];
    for (const minutes of [10, 2, 7 * 24 * 60]) {
      await market.pass(minutes * MINUTE_MS);
      seen.push(await statusKindFor(supplier, reference));
    }
    expect(seen).toEqual(['waiting', 'offered', side === 'cs2' ? 'accepted' : 'settled', 'settled']);
  });

  test('keeps a word that it has never heard apart from all it knows', async () => {
    const { market, supplier } = await setUp();
    const { reference } = await bought(supplier, orderFor(await market.testListing(side, 'unknown-word')));
    expect(await statusFor(supplier, reference)).toEqual({ kind: 'unrecognised', raw: '77' });
  });

  test('is refused when the item is sold, dearer now, or above our ceiling', async () => {
    const { market, supplier } = await setUp();
    const testListing = await market.testListing(side, 'never-ships');
    const tooLow = toMills(BigInt(testListing.priceMills) - 1n);
    expect(await supplier.buy(orderFor(await market.testListing(side, 'purchase-refused')))).toEqual(
      refused('LISTING_UNAVAILABLE'),
    );
    expect(await supplier.buy(orderFor(await market.testListing(side, dearer)))).toEqual(refused('PRICE_CHANGED'));
    expect(await supplier.buy(orderFor(testListing, { ceilingMills: tooLow }))).toEqual(refused('PRICE_CHANGED'));
    const higher = add(tooLow, toMills(1_000n));
    expect(await supplier.buy(orderFor(testListing, { ceilingMills: higher }))).toMatchObject({
      costMills: BigInt(testListing.priceMills),
    });
  });

  test('is refused when the listing is gone, and a look-up finds no order then', async () => {
    const { market, supplier } = await setUp();
    const order = orderFor(await market.testListing(side, 'never-ships'), { nativeListingId: '999999999999999999' });
    expect(await supplier.buy(order)).toEqual(refused('LISTING_UNAVAILABLE'));
    expect(await supplier.find([order.reference])).toMatchObject({ outcome: 'read', found: [] });
  });

  test('is refused when the trade URL is none', async () => {
    const { market, supplier } = await setUp();
    const order = orderFor(await market.testListing(side, 'never-ships'), { tradeUrl: 'https://example.com/' });
    expect(await supplier.buy(order)).toEqual(refused('TRADE_URL_INVALID'));
  });

  test('does not know what came of a purchase whose answer was lost, until it looks up the reference', async () => {
    const { market, supplier } = await setUp();
    const order = orderFor(await market.testListing(side, 'buy-answer-lost'));
    const impatient = supplierAt(side, market.url, IMPATIENCE_MS);
    expect(await impatient.buy(order)).toMatchObject({ outcome: 'unknown' });
    expect(await supplier.find([order.reference])).toMatchObject({ found: [{ reference: order.reference }] });
    expect(await market.facts(order.reference)).toMatchObject({ outcome: 'made', buyCalls: 1 });
  });

  test.each([
    ['an HTML page', 200, '<!doctype html><p>One moment</p>'],
    ['plain text that asks to slow down', 200, 'Too Many Request.'],
    ['JSON of another shape', 200, '{"hello":"world"}'],
    ['an empty answer', 200, ''],
    ['status 503', 503, '{"success":true,"data":null,"errorCode":0}'],
    ['status 429', 429, '{"success":true,"data":null,"errorCode":0}'],
    ['an endless answer', 200, ' '.repeat(3 * 1024 * 1024)],
  ])('calls %s unknown, whatever it asked', async (_, status, body) => {
    const url = await serverThat((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end(body);
    });
    for (const answer of await askEverything(supplierAt(side, url))) {
      expect(answer).toMatchObject({ outcome: 'unknown' });
    }
  });

  test('calls everything unknown when nothing listens at the other end, and never throws', async () => {
    for (const answer of await askEverything(supplierAt(side, await deadAddress()))) {
      expect(answer).toEqual({ outcome: 'unknown', cause: 'the connection failed (ECONNREFUSED)' });
    }
  });

  test('calls everything unknown when no answer comes in time, without showing its key', async () => {
    const url = await serverThat(() => {});
    for (const answer of await askEverything(supplierAt(side, url, IMPATIENCE_MS))) {
      expect(answer).toEqual({ outcome: 'unknown', cause: `no answer within ${IMPATIENCE_MS} ms` });
    }
  });
});

describe.each(adapters.filter(({ side }) => side === 'cs2'))('$name, which can cancel', ({ side }) => {
  test('puts an ordinary listing on sale again when its order was cancelled', async () => {
    const market = await openMarketplace();
    const supplier = supplierAt(side, market.url);
    const listing = await ordinaryListing(supplier, ({ type }) => type === 'Gloves');
    const order = await bought(supplier, orderAtAnyPrice(listing));
    await market.pass(30 * MINUTE_MS);
    const { cursor, listings } = await fed(supplier);
    expect(listings.map(({ nativeId }) => nativeId)).not.toContain(listing.nativeId);
    expect(await supplier.cancel?.request(order)).toEqual({ outcome: 'accepted' });
    const changes = await fed(supplier, cursor);
    expect(changes.isWhole).toBe(false);
    expect(changes.listings.map(({ nativeId }) => nativeId)).toContain(listing.nativeId);
    expect(await supplier.listing(listing.nativeId)).toMatchObject({ outcome: 'listed' });
    await bought(supplier, orderAtAnyPrice(listing));
  });

  async function buyAndPass(behaviour: string, ms: number) {
    const market = await openMarketplace();
    const supplier = supplierAt(side, market.url);
    const order = await bought(supplier, orderFor(await market.testListing(side, behaviour)));
    await market.pass(ms);
    return { market, supplier, order };
  }

  test('accepts a cancel of an order that nobody ships, and shows it reverted later', async () => {
    const { market, supplier, order } = await buyAndPass('cancel-confirmed-later', 30 * MINUTE_MS);
    expect(await supplier.cancel?.request(order)).toEqual({ outcome: 'accepted' });
    expect(await statusKindFor(supplier, order.reference)).toBe('waiting');
    await market.pass(10 * MINUTE_MS);
    expect(await statusFor(supplier, order.reference)).toEqual({ kind: 'reverted', by: 'supplier', onOurCancel: true });
  });

  test('refuses a cancel of an order younger than its minimum age', async () => {
    const { supplier, order } = await buyAndPass('never-ships', 29 * MINUTE_MS);
    expect(supplier.cancel?.minAgeMs).toBe(30 * MINUTE_MS);
    expect(await supplier.cancel?.request(order)).toEqual({ outcome: 'refused', reason: 'too_early' });
    expect(await statusKindFor(supplier, order.reference)).toBe('waiting');
  });

  test.each([
    ['the offer is out', 'ships-later', 10, 'already_sent'],
    ['the item was delivered', 'ships-at-once', 31, 'already_sent'],
    ['the seller has given up', 'seller-fails', 31, 'already_closed'],
    ['the seller is preparing it', 'refuses-to-cancel', 31, 'not_allowed'],
  ])('refuses a cancel when %s', async (_, behaviour, minutes, reason) => {
    const { market, supplier, order } = await buyAndPass(behaviour, minutes * MINUTE_MS);
    expect(await supplier.cancel?.request(order)).toEqual({ outcome: 'refused', reason });
    expect(await market.facts(order.reference)).toMatchObject({ cancelCalls: 1 });
  });

  test('does not know what came of a cancel of an order that the marketplace does not know', async () => {
    const { supplier } = await buyAndPass('never-ships', 0);
    const stranger = { reference: newReference(), orderId: '930000000000999999' };
    expect(await supplier.cancel?.request(stranger)).toMatchObject({ outcome: 'unknown' });
  });
});

function refused(reason: string) {
  return { outcome: 'refused', reason };
}

async function askEverything(supplier: Supplier): Promise<unknown[]> {
  const order = orderFor({ nativeId: '1', priceMills: 1 });
  return Promise.all([
    supplier.listing('1'),
    supplier.feed(null),
    supplier.feed('1-2'),
    supplier.buy(order),
    supplier.find([newReference()]),
    ...(supplier.cancel ? [supplier.cancel.request({ reference: newReference(), orderId: '1' })] : []),
  ]);
}
