// What the adapter of CS2DT promises to the rest of the gateway, over HTTP against a simulated CS2DT.
import { describe, expect, test } from 'vitest';
import {
  SANDBOX_CS2DT_KEY,
  SANDBOX_CS2DT_KEY_ELSEWHERE,
  SANDBOX_CS2DT_KEY_LIMITED,
  SANDBOX_CS2DT_KEY_POOR,
} from '../../sandbox/marketplace/cs2dt.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { add, toMills } from '../../src/core/money.ts';
import type { OrderStatus } from '../../src/suppliers/supplier.ts';
import { atCs2dt, CALLBACK_SECRET, cs2dtAt } from './cs2dt-harness.ts';
import {
  bought,
  fed,
  IMPATIENCE_MS,
  newReference,
  openMarketplace,
  orderAtAnyPrice,
  orderFor,
  serverThat,
  statusFor,
  statusKindFor,
  supplierAt,
} from './harness.ts';

const WEEK_MS = 7 * DAY_MS;
/** No listing has it. */
const UNUSED_ID = '1999999999999999999';
const WALLET_MILLS = 1_000_000_000n;

async function setUp() {
  const market = await openMarketplace();
  const url = `${market.url}/cs2dt`;
  const testListing = async (behaviour: string) => atCs2dt(await market.testListing('cs2', behaviour));
  return { market, url, testListing, supplier: cs2dtAt(url) };
}
type World = Awaited<ReturnType<typeof setUp>>;

async function buyOf({ supplier, testListing }: World, behaviour: string) {
  return bought(supplier, orderFor(await testListing(behaviour)));
}

test('says who it is and what it sells, and how it cancels and pushes', async () => {
  expect((await setUp()).supplier).toMatchObject({
    id: 'cs2dt-1',
    games: ['730'],
    findMax: 1,
    lookupDelayMs: MINUTE_MS,
    settles: 'told',
    cancel: { mode: 'async', minAgeMs: 31 * MINUTE_MS },
    push: { receipt: 'success' },
  });
});

test('is refused with a wrong key, and from an address that is not allowed, and says that the operator must act', async () => {
  const { url, testListing } = await setUp();
  for (const apiKey of ['wrong', SANDBOX_CS2DT_KEY_ELSEWHERE]) {
    const supplier = cs2dtAt(url, { apiKey });
    const fault = 'misconfigured';
    const order = orderFor(await testListing('never-ships'));
    expect(await supplier.buy(order)).toEqual({ outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault });
    for (const answer of [
      await supplier.find(['R']),
      await supplier.listing('1'),
      await supplier.feed(null),
      await supplier.balance?.(),
      await supplier.cancel?.request({ reference: 'R', orderId: '1' }),
    ]) {
      expect(answer).toMatchObject({ outcome: 'unknown', fault });
    }
  }
});

test('says what the account can spend, which purchases reduce', async () => {
  const world = await setUp();
  const balance = async () => world.supplier.balance?.();
  expect(await balance()).toEqual({ outcome: 'read', availableMills: WALLET_MILLS });
  await buyOf(world, 'never-ships');
  expect(await balance()).toEqual({ outcome: 'read', availableMills: WALLET_MILLS - 15_250n });
});

test('an account with too little money is refused, which is the fault of its operator', async () => {
  const { url, testListing } = await setUp();
  const poor = cs2dtAt(url, { apiKey: SANDBOX_CS2DT_KEY_POOR });
  const refused = { outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'balance' };
  expect(await poor.buy(orderFor(await testListing('never-ships')))).toEqual(refused);
});

test('an account that calls too often gets no clear answer, least of all to a purchase', async () => {
  const { market, url, testListing } = await setUp();
  const limited = cs2dtAt(url, { apiKey: SANDBOX_CS2DT_KEY_LIMITED });
  const order = orderFor(await testListing('never-ships'));
  const cause = expect.stringContaining('called too often');
  for (const answer of [await limited.buy(order), await limited.find([order.reference]), await limited.feed(null)]) {
    expect(answer).toEqual({ outcome: 'unknown', cause });
  }
  expect(await market.facts(order.reference)).not.toHaveProperty('orderId');
});

describe('what is on sale', () => {
  test('has what the operator searches for, each listing once, at its price in whole cents', async () => {
    const { market, url } = await setUp();
    const wanted = (await market.testListings()).filter(({ side }) => side === 'cs2').map(atCs2dt);
    const searches = [...new Set(wanted.map(({ marketHashName }) => marketHashName))].slice(0, 50).join(';');
    const whole = await fed(cs2dtAt(url, { searches }));
    expect(whole).toMatchObject({ isWhole: true, gone: [] });
    const byId = new Map(whole.listings.map((listing) => [listing.nativeId, listing]));
    expect(byId.size).toBe(whole.listings.length);
    for (const { nativeId, marketHashName, priceMills } of wanted) {
      expect(byId.get(nativeId)).toMatchObject({ game: '730', marketHashName, priceMills: BigInt(priceMills) });
    }
  });

  test('begins from the start whatever cursor it gets', async () => {
    const { supplier } = await setUp();
    const { cursor, listings } = await fed(supplier);
    for (const old of [cursor, 'nonsense', '']) {
      expect(await fed(supplier, old)).toMatchObject({
        isWhole: true,
        gone: [],
        listings: { length: listings.length },
      });
    }
  });

  test('shows a listing by itself, also when its price differs from the list', async () => {
    const { market, supplier } = await setUp();
    for (const listing of (await market.testListings()).filter(({ side }) => side === 'cs2')) {
      const percent = listing.behaviour === 'price-raised-since-listed' ? 110 : 100;
      const { nativeId, marketHashName, priceMills } = atCs2dt({
        ...listing,
        priceMills: Math.floor((listing.priceMills * percent) / 100),
      });
      const shown = { nativeId, marketHashName, priceMills: BigInt(priceMills) };
      expect(await supplier.listing(nativeId)).toMatchObject({ outcome: 'listed', listing: shown });
    }
  });

  test('says with authority that a listing is gone', async () => {
    expect(await (await setUp()).supplier.listing(UNUSED_ID)).toEqual({ outcome: 'gone' });
  });

  test('sells an ordinary listing once: it is gone from the list, by itself and for the next buyer', async () => {
    const { url } = await setUp();
    const supplier = cs2dtAt(url, { searches: 'AK-47 | Redline' });
    const [listing] = (await fed(supplier)).listings;
    if (!listing) throw new Error('the ordinary market has no such listing');
    await bought(supplier, orderAtAnyPrice(listing));
    expect((await fed(supplier)).listings.map(({ nativeId }) => nativeId)).not.toContain(listing.nativeId);
    expect(await supplier.listing(listing.nativeId)).toEqual({ outcome: 'gone' });
    const again = await supplier.buy(orderAtAnyPrice(listing));
    expect(again).toEqual({ outcome: 'refused', reason: 'LISTING_UNAVAILABLE' });
  });

  test('turns native listing ids into public ones and back, and knows ids that are not its own', async () => {
    const { market, supplier, testListing } = await setUp();
    const { nativeId } = await testListing('never-ships');
    const { listingIds } = supplier;
    expect(listingIds.toNative(listingIds.toPublic(nativeId))).toBe(nativeId);
    const ofSandbox = supplierAt('cs2', market.url).listingIds.toPublic(nativeId);
    for (const foreign of ['', nativeId, 'rust:other:1', ofSandbox]) expect(listingIds.toNative(foreign)).toBeNull();
  });
});

describe('a purchase', () => {
  test('is made under our reference, and its order is found by it', async () => {
    const { market, supplier, testListing } = await setUp();
    const listing = await testListing('never-ships');
    const order = orderFor(listing);
    const { reference } = order;
    const answer = await supplier.buy(order);
    const costMills = BigInt(listing.priceMills);
    expect(answer).toEqual({ outcome: 'bought', orderId: expect.stringMatching(/^1\d{18}$/), costMills });
    if (answer.outcome !== 'bought') throw new Error('not bought');
    const found = [{ reference, orderId: answer.orderId, costMills, status: { kind: 'waiting' } }];
    expect(await supplier.find([reference])).toEqual({ outcome: 'read', found, neverMade: [] });
    expect(await market.facts(reference)).toMatchObject({ outcome: 'made', side: 'cs2', buyCalls: 1 });
  });

  test('is never made twice under one reference, and the repeat is unknown', async () => {
    const { market, supplier, testListing } = await setUp();
    const order = orderFor(await testListing('never-ships'));
    await bought(supplier, order);
    const { orderId } = await market.facts(order.reference);
    const repeats = await Promise.all([supplier.buy(order), supplier.buy(order)]);
    expect(repeats.map((answer) => answer.outcome)).toEqual(['unknown', 'unknown']);
    expect(await market.facts(order.reference)).toMatchObject({ orderId, buyCalls: 3 });
  });

  test('is refused when the item is sold, gone, dearer now, or above our ceiling', async () => {
    const { supplier, testListing } = await setUp();
    const listing = await testListing('never-ships');
    const sold = orderFor(await testListing('purchase-refused'));
    for (const order of [sold, orderFor(listing, { nativeListingId: UNUSED_ID })]) {
      expect(await supplier.buy(order)).toEqual({ outcome: 'refused', reason: 'LISTING_UNAVAILABLE' });
      const { reference } = order;
      expect(await supplier.find([reference])).toEqual({ outcome: 'read', found: [], neverMade: [reference] });
    }
    // A ceiling of a fraction of a cent less is a cent less.
    const tooLow = toMills(BigInt(listing.priceMills) - 1n);
    for (const order of [orderFor(await testListing('price-raised')), orderFor(listing, { ceilingMills: tooLow })]) {
      expect(await supplier.buy(order)).toEqual({ outcome: 'refused', reason: 'PRICE_CHANGED' });
    }
    const higher = orderFor(listing, { ceilingMills: add(tooLow, toMills(1_000n)) });
    expect(await supplier.buy(higher)).toMatchObject({ costMills: BigInt(listing.priceMills) });
  });

  test('to a trade URL that is none is refused for it', async () => {
    const { supplier, testListing } = await setUp();
    const order = orderFor(await testListing('never-ships'), { tradeUrl: 'https://example.com/' });
    expect(await supplier.buy(order)).toEqual({ outcome: 'refused', reason: 'TRADE_URL_INVALID' });
  });

  async function buyUnclear(behaviour: string) {
    const { market, supplier, testListing, url } = await setUp();
    const order = orderFor(await testListing(behaviour));
    expect(await cs2dtAt(url, {}, IMPATIENCE_MS * 10).buy(order)).toMatchObject({ outcome: 'unknown' });
    return { market, supplier, reference: order.reference, find: () => supplier.find([order.reference]) };
  }

  test.each(['buy-answer-lost', 'buy-html'])(
    'without a clear answer is found by its reference: %s',
    async (behaviour) => {
      const { supplier, reference } = await buyUnclear(behaviour);
      expect(await statusKindFor(supplier, reference)).toBe('waiting');
    },
  );

  test('is unknown, and not missed, while a look-up does not show it', async () => {
    const { find, market, supplier } = await buyUnclear('buy-answer-lost-found-late');
    expect(await find()).toMatchObject({ outcome: 'unknown' });
    await market.pass(supplier.lookupDelayMs);
    expect(await find()).toMatchObject({ outcome: 'read', found: [{ status: { kind: 'waiting' } }] });
  });

  test('that was not made is known by the word of the marketplace only', async () => {
    const failed = await buyUnclear('buy-503');
    expect(await failed.find()).toEqual({ outcome: 'read', found: [], neverMade: [failed.reference] });
    const lost = await buyUnclear('buy-never-arrives');
    await lost.market.pass(HOUR_MS);
    expect(await lost.find()).toMatchObject({ outcome: 'unknown' });
    expect(await lost.market.facts(lost.reference)).toMatchObject({ orderId: null });
  });
});

describe('an order', () => {
  test('is followed until it is delivered', async () => {
    const world = await setUp();
    const { reference } = await buyOf(world, 'ships-later');
    const seen = [await statusFor(world.supplier, reference)];
    for (const ms of [10 * MINUTE_MS, 2 * MINUTE_MS, WEEK_MS]) {
      await world.market.pass(ms);
      seen.push(await statusFor(world.supplier, reference));
    }
    const steamOfferId = expect.stringMatching(/^\d+$/);
    expect(seen).toEqual([
      { kind: 'waiting' },
      { kind: 'offered', steamOfferId },
      { kind: 'accepted', steamOfferId },
      { kind: 'settled', steamOfferId },
    ]);
  });

  test.each<[string, number, OrderStatus]>([
    ['seller-fails', 5 * MINUTE_MS, { kind: 'failed', error: 'PURCHASE_FAILED' }],
    ['recipient-declines', 5 * MINUTE_MS, { kind: 'declined' }],
    ['reversed-in-hold', DAY_MS, { kind: 'reverted', by: 'supplier' }],
    ['reversed-after-completion', 8 * DAY_MS, { kind: 'reverted', by: 'user' }],
    ['unknown-word', 0, { kind: 'unrecognised', raw: '77' }],
  ])('that goes wrong is told apart: %s', async (behaviour, ms, status) => {
    const world = await setUp();
    const { reference } = await buyOf(world, behaviour);
    await world.market.pass(ms);
    expect(await statusFor(world.supplier, reference)).toEqual(status);
  });

  test('that the buyer declines costs the account a fee of 2 %', async () => {
    const world = await setUp();
    await buyOf(world, 'recipient-declines');
    await world.market.pass(5 * MINUTE_MS);
    // 2 % of $11.45, rounded up to the cent.
    expect(await world.supplier.balance?.()).toMatchObject({ availableMills: WALLET_MILLS - 230n });
  });
});

describe('a cancel', () => {
  async function ordered(behaviour: string, ageMs = 31 * MINUTE_MS) {
    const world = await setUp();
    const order = await buyOf(world, behaviour);
    await world.market.pass(ageMs);
    const cancel = async (supplier = world.supplier) => supplier.cancel?.request(order);
    const status = () => statusFor(world.supplier, order.reference);
    const spent = async () => {
      const answer = await world.supplier.balance?.();
      return answer?.outcome === 'read' ? WALLET_MILLS - answer.availableMills : null;
    };
    return { ...world, ...order, cancel, status, spent };
  }
  const cancelled = { kind: 'reverted', by: 'supplier', onOurCancel: true };

  test('is accepted, the order says later that it was cancelled because of us, and all money comes back', async () => {
    const { cancel, market, spent, status } = await ordered('cancel-confirmed-later');
    expect(await cancel()).toEqual({ outcome: 'accepted' });
    expect(await status()).toEqual({ kind: 'waiting' });
    await market.pass(10 * MINUTE_MS);
    expect(await status()).toEqual(cancelled);
    expect(await spent()).toBe(0n);
  });

  test('that comes again is accepted again, and has no second effect', async () => {
    const { cancel, market, reference, status } = await ordered('cancel-confirmed-later');
    expect([await cancel(), await cancel()]).toEqual([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    await market.pass(10 * MINUTE_MS);
    expect(await status()).toEqual(cancelled);
    expect(await cancel()).toEqual({ outcome: 'refused', reason: 'already_closed' });
    expect(await market.facts(reference)).toMatchObject({ cancelCalls: 2 });
  });

  test.each([
    ['ships-later', 10 * MINUTE_MS, 'already_sent'],
    ['ships-later', 12 * MINUTE_MS, 'already_sent'],
    ['refuses-to-cancel', 31 * MINUTE_MS, 'not_allowed'],
    ['seller-fails', 31 * MINUTE_MS, 'already_closed'],
  ])('of %s after %i ms is refused without asking: %s', async (behaviour, ms, reason) => {
    const { cancel, market, reference } = await ordered(behaviour, ms);
    expect(await cancel()).toEqual({ outcome: 'refused', reason });
    expect(await market.facts(reference)).toMatchObject({ cancelCalls: 0 });
  });

  test('that the marketplace refuses is unknown, since the codes of its refusals are not known', async () => {
    const { cancel } = await ordered('never-ships', 29 * MINUTE_MS);
    expect(await cancel()).toMatchObject({ outcome: 'unknown', cause: expect.stringContaining('140002') });
  });

  test.each(['cancel-503', 'cancel-html', 'cancel-timeout', 'cancel-connection-cut'])(
    'without a clear answer is unknown, and can be asked again: %s',
    async (behaviour) => {
      const { cancel, market, status, url } = await ordered(behaviour);
      expect(await cancel(cs2dtAt(url, {}, IMPATIENCE_MS * 10))).toMatchObject({ outcome: 'unknown' });
      expect(await cancel()).toEqual({ outcome: 'accepted' });
      await market.pass(MINUTE_MS);
      expect(await status()).toEqual(cancelled);
    },
  );

  test('that loses to the delivery ends as delivered, and costs a fee of 2 %', async () => {
    const { cancel, market, spent, status } = await ordered('delivers-despite-cancel');
    expect(await cancel()).toEqual({ outcome: 'accepted' });
    await market.pass(MINUTE_MS);
    expect(await status()).toMatchObject({ kind: 'accepted' });
    // $48.13, since prices have whole cents, and 2 % of it, rounded up to the cent.
    expect(await spent()).toBe(48_130n + 970n);
    await market.pass(WEEK_MS);
    expect(await status()).toMatchObject({ kind: 'settled' });
  });
});

describe('a callback', () => {
  /** A server of ours that keeps the callbacks it gets. */
  async function callbacksOf({ market }: World, answer: { text: string }) {
    const bodies: string[] = [];
    const url = await serverThat(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      response.end(answer.text);
    });
    const target = { hintUrl: url, hintSecret: CALLBACK_SECRET };
    await market.control('PUT', '/cs2dt/callbacks', target);
    return { bodies, came: (count: number) => expect.poll(() => bodies.length, { timeout: 20_000 }).toBe(count) };
  }

  test('tells of each change of an order, signed, and names it by our reference', async () => {
    const world = await setUp();
    const { bodies, came } = await callbacksOf(world, { text: 'success' });
    const { reference } = await buyOf(world, 'ships-later');
    await came(1);
    await world.market.pass(10 * MINUTE_MS);
    await came(2);
    await world.market.pass(2 * MINUTE_MS);
    await came(3);
    expect(bodies.map((body) => JSON.parse(body).status)).toEqual([1, 3, 10]);
    for (const body of bodies) {
      expect(world.supplier.push?.readHint({}, body)).toEqual([reference]);
      expect(world.supplier.push?.readHint({}, body.replace(reference, newReference()))).toBeNull();
    }
  });

  test('that is not answered with success comes five times more, and then never again', async () => {
    const world = await setUp();
    const { came } = await callbacksOf(world, { text: '{"success":true}' });
    await buyOf(world, 'never-ships');
    await came(1);
    for (const [index, minutes] of [1, 2, 5, 10, 30].entries()) {
      await expect
        .poll(async () => (await world.market.control('GET', '/hints')).json(), { timeout: 20_000 })
        .toEqual({ waiting: 0 });
      await world.market.pass(minutes * MINUTE_MS);
      await came(index + 2);
    }
    await world.market.pass(DAY_MS);
    await came(6);
  });

  test('of orders that another front has sold does not come', async () => {
    const world = await setUp();
    const { bodies, came } = await callbacksOf(world, { text: 'success' });
    const other = supplierAt('cs2', world.market.url);
    await bought(other, orderFor(await world.market.testListing('cs2', 'never-ships')));
    await buyOf(world, 'never-ships');
    await came(1);
    expect(JSON.parse(bodies[0] ?? '').orderId).toMatch(/^1\d{18}$/);
  });
});

test('is simulated with rules of its own', async () => {
  const { url } = await setUp();
  const call = async (path: string, body?: string) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', headers, body });
    return answer.json();
  };
  const key = `app-key=${SANDBOX_CS2DT_KEY}`;
  expect(await call('/v2/user/v1/t-coin/balance')).toMatchObject({ success: false, errorCode: 140020 });
  const ids = JSON.stringify({ productIds: Array.from({ length: 101 }, (_, i) => i) });
  expect(await call(`/v2/product/v2/list/ids?${key}`, ids)).toMatchObject({ success: false, errorCode: 140001 });
  const free = '{"outTradeNo":"R","tradeUrl":"x","productId":1,"maxPrice":0}';
  for (const tree of ['v1', 'v2']) {
    expect(await call(`/${tree}/trade/v2/buy?${key}`, free)).toMatchObject({ success: false, errorCode: 140001 });
  }
});
