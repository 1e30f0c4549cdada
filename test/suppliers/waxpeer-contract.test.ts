// What the adapter of Waxpeer promises to the rest of the gateway, over HTTP against a simulated Waxpeer.
import { describe, expect, test } from 'vitest';
import { SANDBOX_WAXPEER_KEY, SANDBOX_WAXPEER_KEY_ELSEWHERE } from '../../sandbox/marketplace/waxpeer.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { add, toMills } from '../../src/core/money.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import {
  bought,
  fed,
  IMPATIENCE_MS,
  newReference,
  openMarketplace,
  orderAtAnyPrice,
  orderFor,
  type Side,
  statusFor,
  statusKindFor,
  supplierAt,
  type TestListing,
} from './harness.ts';
import { waxpeerAt } from './waxpeer-harness.ts';

const WEEK_MS = 7 * DAY_MS;
/** No listing of either game has it. */
const UNUSED_ID = '999999999999999999';

const sides: { side: Side; game: string; dearer: string }[] = [
  { side: 'cs2', game: '730', dearer: 'price-raised' },
  { side: 'rust', game: '252490', dearer: 'price-changed' },
];

async function setUp() {
  const market = await openMarketplace();
  const url = `${market.url}/waxpeer`;
  return { market, url, supplier: waxpeerAt(url) };
}
type World = Awaited<ReturnType<typeof setUp>>;

/** A test listing under the adapter's id, which says the game where Waxpeer's own does not. */
async function testListingOf({ market }: World, side: Side, behaviour: string): Promise<TestListing> {
  return ofAdapter(await market.testListing(side, behaviour));
}

function ofAdapter(listing: TestListing): TestListing {
  return { ...listing, nativeId: listing.side === 'rust' ? `rust:${listing.nativeId}` : listing.nativeId };
}

async function buyOf(world: World, side: Side, behaviour: string) {
  return bought(world.supplier, orderFor(await testListingOf(world, side, behaviour)));
}

test('says who it is and what it sells, and that nothing is cancelled or pushed', async () => {
  expect((await setUp()).supplier).toMatchObject({
    id: 'waxpeer-1',
    games: ['730', '252490'],
    findMax: 100,
    lookupDelayMs: MINUTE_MS,
    settles: 'told',
    cancel: null,
    push: null,
  });
});

test('says what the account can spend', async () => {
  const { supplier } = await setUp();
  expect(await supplier.balance?.()).toEqual({ outcome: 'read', availableMills: 1_000_000_000n });
});

test('tells all that is on sale in both games, each listing once, at its listed price', async () => {
  const { market, supplier } = await setUp();
  const whole = await fed(supplier);
  expect(whole).toMatchObject({ isWhole: true, gone: [] });
  const byId = new Map(whole.listings.map((listing) => [listing.nativeId, listing]));
  expect(byId.size).toBe(whole.listings.length);
  for (const listing of (await market.testListings()).map(ofAdapter)) {
    const game = listing.side === 'cs2' ? '730' : '252490';
    const { marketHashName, priceMills } = listing;
    expect(byId.get(listing.nativeId)).toMatchObject({ game, marketHashName, priceMills: BigInt(priceMills) });
  }
  const ofOthers = await Promise.all(sides.map(async ({ side }) => fed(supplierAt(side, market.url))));
  expect(byId.size).toBe(ofOthers.flatMap(({ listings }) => listings).length);
  const phases = new Set(whole.listings.map(({ phase }) => phase));
  expect([...phases].toSorted()).toEqual(
    ['Black Pearl', 'Emerald', 'Phase 1', 'Phase 2', 'Phase 3', 'Phase 4', 'Ruby', 'Sapphire', undefined].toSorted(),
  );
});

test('begins from the start whatever cursor it gets', async () => {
  const { supplier } = await setUp();
  const { cursor, listings } = await fed(supplier);
  for (const old of [cursor, 'nonsense', '']) {
    expect(await fed(supplier, old)).toMatchObject({ isWhole: true, gone: [], listings: { length: listings.length } });
  }
});

test('says with authority that a listing is gone', async () => {
  expect(await (await setUp()).supplier.listing(UNUSED_ID)).toEqual({ outcome: 'gone' });
});

test('is refused with a wrong key, and from an address that is not allowed, and says that the operator must act', async () => {
  const { market, url } = await setUp();
  for (const apiKey of ['wrong', SANDBOX_WAXPEER_KEY_ELSEWHERE]) {
    const supplier = waxpeerAt(url, { apiKey });
    const order = orderFor(await market.testListing('cs2', 'never-ships'));
    const fault = 'misconfigured';
    expect(await supplier.buy(order)).toEqual({ outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault });
    for (const answer of [
      await supplier.find(['R']),
      await supplier.listing('1'),
      await supplier.feed(null),
      await supplier.balance?.(),
    ]) {
      expect(answer).toMatchObject({ outcome: 'unknown', fault });
    }
  }
});

test('is simulated with limits of its own', async () => {
  const { url } = await setUp();
  const api = `api=${SANDBOX_WAXPEER_KEY}`;
  const ids = (name: string) => Array.from({ length: 101 }, (_, i) => `&${name}=${i}`).join('');
  for (const path of [`check-many-project-id?${api}${ids('id')}`, `check-availability?${api}${ids('item_id')}`]) {
    expect(await (await fetch(`${url}/v1/${path}`)).json()).toEqual({ success: false, msg: 'Invalid ID' });
  }
  const wrong = await fetch(`${url}/v1/buy-one-p2p?${api}&item_id=1&price=1&project_id=x&partner=1`);
  expect(await wrong.json()).toEqual({ success: false, msg: 'Invalid tradelink' });
});

describe.each(sides)('$side', ({ side, game, dearer }) => {
  test('shows the price of a listing by itself, also when it differs from the list', async () => {
    const { market, supplier } = await setUp();
    for (const listing of (await market.testListings()).filter((each) => each.side === side).map(ofAdapter)) {
      const percent = listing.behaviour === 'price-raised-since-listed' ? 110n : 100n;
      const priceMills = (BigInt(listing.priceMills) * percent) / 100n;
      expect(await supplier.listing(listing.nativeId)).toEqual({ outcome: 'priced', priceMills });
    }
  });

  test('turns native listing ids into public ones and back, and knows ids that are not its own', async () => {
    const world = await setUp();
    const { listingIds } = world.supplier;
    const { nativeId } = await testListingOf(world, side, 'never-ships');
    const publicId = listingIds.toPublic(nativeId);
    expect(publicId).toMatch(side === 'rust' ? /^rust:waxpeer:\d+$/ : /^0002[0-9a-f]{4}-[0-9a-f-]{27}$/);
    expect(listingIds.toNative(publicId)).toBe(nativeId);
    const ofSandbox = supplierAt(side, world.market.url).listingIds.toPublic(nativeId.replace('rust:', ''));
    for (const foreign of ['', nativeId, 'rust:other:1', 'rust:waxpeer:01', 'rust:waxpeer:x', ofSandbox]) {
      expect(listingIds.toNative(foreign)).toBeNull();
    }
  });

  test('buys under our reference and finds the order by it', async () => {
    const world = await setUp();
    const listing = await testListingOf(world, side, 'never-ships');
    const order = orderFor(listing);
    const answer = await world.supplier.buy(order);
    const costMills = BigInt(listing.priceMills);
    expect(answer).toEqual({ outcome: 'bought', orderId: expect.stringMatching(/^4\d{7}$/), costMills });
    if (answer.outcome !== 'bought') throw new Error('not bought');
    const { reference } = order;
    const found = [{ reference, orderId: answer.orderId, costMills, status: { kind: 'waiting' } }];
    expect(await world.supplier.find([newReference(), reference])).toEqual({ outcome: 'read', found, neverMade: [] });
    expect(await world.market.facts(reference)).toMatchObject({ outcome: 'made', side, buyCalls: 1 });
  });

  test('never makes a second order under one reference, and calls the repeat unknown', async () => {
    const world = await setUp();
    const order = orderFor(await testListingOf(world, side, 'never-ships'));
    await bought(world.supplier, order);
    const { orderId } = await world.market.facts(order.reference);
    const repeats = await Promise.all([world.supplier.buy(order), world.supplier.buy(order)]);
    expect(repeats.map((answer) => answer.outcome)).toEqual(['unknown', 'unknown']);
    expect(await world.market.facts(order.reference)).toMatchObject({ orderId, buyCalls: 3 });
  });

  test('finds a hundred orders in one call, and refuses to be asked for more', async () => {
    const world = await setUp();
    const listing = await testListingOf(world, side, 'never-ships');
    const buyOne = async () => (await bought(world.supplier, orderFor(listing))).reference;
    const references = await Promise.all(Array.from({ length: world.supplier.findMax }, buyOne));
    const answer = await world.supplier.find(references);
    if (answer.outcome !== 'read') throw new Error(answer.cause);
    expect(answer.found.map((order) => order.reference).toSorted()).toEqual(references.toSorted());
    expect(await world.supplier.find([...references, newReference()])).toMatchObject({ outcome: 'unknown' });
  });

  test('follows an order until it is delivered', async () => {
    const world = await setUp();
    const { reference } = await buyOf(world, side, 'ships-later');
    const seen = [await statusFor(world.supplier, reference)];
    for (const ms of [10 * MINUTE_MS, 2 * MINUTE_MS, WEEK_MS]) {
      await world.market.pass(ms);
      seen.push(await statusFor(world.supplier, reference));
    }
    const steamOfferId = expect.stringMatching(/^\d+$/);
    const holdEndsAt = expect.any(Date);
    const settled = { kind: 'settled', steamOfferId };
    const accepted = side === 'cs2' ? { kind: 'accepted', steamOfferId, holdEndsAt } : settled;
    expect(seen).toEqual([{ kind: 'waiting' }, { kind: 'offered', steamOfferId }, accepted, settled]);
  });

  test('says of a seller who fails that the purchase failed, and keeps a new status apart', async () => {
    const world = await setUp();
    const failing = await buyOf(world, side, 'seller-fails');
    const odd = await buyOf(world, side, 'unknown-word');
    await world.market.pass(5 * MINUTE_MS);
    expect(await statusFor(world.supplier, failing.reference)).toEqual({ kind: 'failed', error: 'PURCHASE_FAILED' });
    expect(await statusFor(world.supplier, odd.reference)).toEqual({ kind: 'unrecognised', raw: '77' });
  });

  test('is refused when the item is sold, gone, dearer now, or above our ceiling', async () => {
    const world = await setUp();
    const { supplier } = world;
    const listing = await testListingOf(world, side, 'never-ships');
    const sold = orderFor(await testListingOf(world, side, 'purchase-refused'));
    const unused = side === 'rust' ? `rust:${UNUSED_ID}` : UNUSED_ID;
    for (const order of [sold, orderFor(listing, { nativeListingId: unused })]) {
      expect(await supplier.buy(order)).toEqual({ outcome: 'refused', reason: 'LISTING_UNAVAILABLE' });
      expect(await supplier.find([order.reference])).toMatchObject({ outcome: 'read', found: [] });
    }
    const tooLow = toMills(BigInt(listing.priceMills) - 1n);
    for (const order of [
      orderFor(await testListingOf(world, side, dearer)),
      orderFor(listing, { ceilingMills: tooLow }),
    ]) {
      expect(await supplier.buy(order)).toEqual({ outcome: 'refused', reason: 'PRICE_CHANGED' });
    }
    const higher = orderFor(listing, { ceilingMills: add(tooLow, toMills(1_000n)) });
    expect(await supplier.buy(higher)).toMatchObject({ costMills: BigInt(listing.priceMills) });
  });

  test('does not know what came of a purchase whose answer was lost, until it looks up the reference', async () => {
    const world = await setUp();
    const order = orderFor(await testListingOf(world, side, 'buy-answer-lost'));
    expect(await waxpeerAt(world.url, {}, IMPATIENCE_MS).buy(order)).toMatchObject({ outcome: 'unknown' });
    expect(await world.supplier.find([order.reference])).toMatchObject({ found: [{ reference: order.reference }] });
    expect(await world.supplier.buy(order)).toMatchObject({ outcome: 'unknown' });
    expect(await world.market.facts(order.reference)).toMatchObject({ outcome: 'made', buyCalls: 2 });
  });

  test('sells an ordinary listing once: it is gone from the list, by itself and for the next buyer', async () => {
    const { supplier } = await setUp();
    const ofGame = (listings: Awaited<ReturnType<typeof fed>>['listings']) =>
      listings.find((each) => each.game === game && isOrdinary(each.nativeId));
    const listing = ofGame((await fed(supplier)).listings);
    if (!listing) throw new Error('the ordinary market has no such listing');
    await bought(supplier, orderAtAnyPrice(listing));
    expect((await fed(supplier)).listings.map(({ nativeId }) => nativeId)).not.toContain(listing.nativeId);
    expect(await supplier.listing(listing.nativeId)).toEqual({ outcome: 'gone' });
    const again = await supplier.buy(orderAtAnyPrice(listing));
    expect(again).toEqual({ outcome: 'refused', reason: 'LISTING_UNAVAILABLE' });
  });
});

describe('an order that goes wrong', () => {
  async function statusAfter(behaviour: string, ms: number) {
    const world = await setUp();
    const { reference } = await buyOf(world, 'cs2', behaviour);
    await world.market.pass(ms);
    return statusFor(world.supplier, reference);
  }

  test('is not called declined when the buyer does not accept: Waxpeer says the same of an offer that expired', async () => {
    expect(await statusAfter('recipient-declines', 5 * MINUTE_MS)).toEqual({
      kind: 'failed',
      error: 'OFFER_NOT_ACCEPTED',
    });
  });

  test('is reverted by the supplier in the hold, and by the user when there are penalties', async () => {
    expect(await statusAfter('reversed-in-hold', DAY_MS)).toEqual({ kind: 'reverted', by: 'supplier' });
    expect(await statusAfter('reversed-after-completion', 8 * DAY_MS)).toEqual({ kind: 'reverted', by: 'user' });
  });

  test('ends its hold when Steam does', async () => {
    const world = await setUp();
    const { reference } = await buyOf(world, 'cs2', 'ships-at-once');
    await world.market.pass(SECOND_MS);
    const status = await statusFor(world.supplier, reference);
    if (status?.kind !== 'accepted') throw new Error('not accepted');
    const now = new Date((await world.market.clock()).now).getTime();
    const restMs = (status.holdEndsAt?.getTime() ?? 0) - now;
    expect(Math.abs(restMs - WEEK_MS)).toBeLessThan(MINUTE_MS);
    await world.market.pass(restMs);
    expect(await statusKindFor(world.supplier, reference)).toBe('settled');
  });
});

describe('a purchase without a clear answer', () => {
  async function buyUnclear(behaviour: string) {
    const world = await setUp();
    const order = orderFor(await testListingOf(world, 'cs2', behaviour));
    const buy = (supplier: Supplier) => supplier.buy(order);
    expect(await buy(waxpeerAt(world.url, {}, IMPATIENCE_MS * 10))).toMatchObject({ outcome: 'unknown' });
    const kind = () => statusKindFor(world.supplier, order.reference);
    return { ...world, kind, reference: order.reference };
  }

  test('is found although it was answered with a page', async () => {
    expect(await (await buyUnclear('buy-html')).kind()).toBe('waiting');
  });

  test('is missed by a look-up for a minute, which is as long as the adapter says', async () => {
    const { kind, market, supplier } = await buyUnclear('buy-answer-lost-found-late');
    expect(await kind()).toBeNull();
    await market.pass(supplier.lookupDelayMs);
    expect(await kind()).toBe('waiting');
  });

  test.each(['buy-503', 'buy-never-arrives'])('is never found when it was not made: %s', async (behaviour) => {
    const { kind, market, reference } = await buyUnclear(behaviour);
    await market.pass(HOUR_MS);
    expect(await kind()).toBeNull();
    expect(await market.facts(reference)).toMatchObject({ orderId: null });
  });
});

/** Test listings have an id range of their own. */
function isOrdinary(nativeId: string): boolean {
  return /^(731|rust:253)/.test(nativeId);
}
