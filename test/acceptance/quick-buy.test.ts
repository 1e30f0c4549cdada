import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { indexOf } from '../../sandbox/marketplace/catalogue.ts';
import type { Listing } from '../../sandbox/marketplace/listing.ts';
import { toMills } from '../../src/core/money.ts';
import { applyOrderStatus } from '../../src/settlement/apply-order-status.ts';
import { accounts } from '../support/client.ts';
import { type Answer, cents, dollars, type Merchant, TRADE_URL } from '../support/merchant.ts';
import { type TestListing, useWorld } from '../support/world.ts';

/** Quick buys: the cheapest listings of one item, as many as are wanted. */

const world = useWorld();

const cheapest = (behaviour: string, count: number, game: TestListing['game'] = '730') =>
  Array.from({ length: count }, (_, index) => world().testListing(behaviour, index + 1, game));
const sumOf = (testListings: readonly TestListing[]) =>
  testListings.reduce((sum, testListing) => sum + cents(testListing.price), 0);

function expectError(answer: Answer, error: { status: number; code: number; key: string }): void {
  const { code, key } = answer.body.error ?? {};
  expect({ status: answer.status, code, key }).toEqual(error);
}

/** What of its $1,000 is left to spend, and what is reserved. */
async function expectReserved(merchant: Merchant, reservedCents: number): Promise<void> {
  expect(await merchant.balance()).toEqual({
    balance: dollars(100_000 - reservedCents),
    pendingBalance: dollars(reservedCents),
  });
}

describe('I buy three of an item', () => {
  test('and the worst case is reserved while I am asked; no item is named yet', async () => {
    const merchant = await world().merchant();
    // Asked again so late that a slow machine cannot come to it before the money is looked at.
    const later = { status: 503, headers: { 'retry-after': '30' } };
    merchant.says((_question, nth) => (nth < 2 ? later : 200));
    const answer = await merchant.asksToBuyQuick(world().testListing('never-ships', 3), {
      amount: 3,
      externalId: 'quick',
    });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({ status: 'initiated', items: [], totalPrice: 46.5, externalId: 'quick' });
    await world().settles();
    const [question] = merchant.questionsAbout(answer.body.data.id);
    expect(question?.trade).toMatchObject({ status: 'initiated', items: [], totalPrice: 46.5 });
    await expectReserved(merchant, 4650);
  });

  test('and get the three cheapest, each at its own price; the rest is released', async () => {
    const merchant = await world().merchant();
    const testListings = cheapest('never-ships', 3);
    const { id } = await merchant.buysQuick(testListings[2] ?? world().testListing('never-ships'), { amount: 3 });
    const trade = await merchant.trade(id);
    expect(trade.status).toBe('pending');
    expect(trade.items.map((item) => [item.id, item.offer?.price, item.status])).toEqual(
      testListings.map((testListing) => [testListing.id, testListing.price, 'pending']),
    );
    expect(cents(trade.totalPrice)).toBe(sumOf(testListings));
    expect(trade).not.toHaveProperty('reservedPrice');
    await expectReserved(merchant, sumOf(testListings));
  });

  test('and am told of each that is bought', async () => {
    const merchant = await world().merchant();
    const { id } = await merchant.buysQuick(world().testListing('never-ships', 3), { amount: 3 });
    const told = merchant.callbacksOf(id).map(({ trade }) => [trade.status, trade.items.length]);
    expect(told).toEqual([
      ['pending', 0],
      ['pending', 1],
      ['pending', 2],
      ['pending', 3],
    ]);
  });

  test('and fewer are on sale at my price: I get those, and the money of the others back', async () => {
    const merchant = await world().merchant();
    const { id } = await merchant.buysQuick(world().testListing('never-ships', 2), { amount: 5 });
    const trade = await merchant.trade(id);
    const testListings = cheapest('never-ships', 2);
    expect(trade.items.map((item) => item.id)).toEqual(testListings.map((testListing) => testListing.id));
    expect(trade.status).toBe('pending');
    expect(cents(trade.totalPrice)).toBe(sumOf(testListings));
    await expectReserved(merchant, sumOf(testListings));
    const last = merchant.callbacksOf(id).at(-1)?.trade;
    expect(last).toMatchObject({ totalPrice: trade.totalPrice, items: trade.items });
  });

  test('and decline to approve: nothing is bought, and all of it is released', async () => {
    const merchant = await world().merchant();
    merchant.says(403);
    const { id } = await merchant.buysQuick(world().testListing('never-ships', 3), { amount: 3 });
    expect(await merchant.trade(id)).toMatchObject({
      status: 'failed',
      error: 'MERCHANT_REJECTED',
      items: [],
      totalPrice: 0,
    });
    await expectReserved(merchant, 0);
  });

  test('and they are delivered as any others', async () => {
    const merchant = await world().merchant();
    const testListings = cheapest('ships-at-once', 3);
    const { id } = await merchant.buysQuick(world().testListing('ships-at-once', 3), {
      amount: 3,
      delivery: 'instant',
    });
    await world().passes('8d');
    const trade = await merchant.trade(id);
    expect(trade.status).toBe('completed');
    expect(trade.items.map((item) => item.status)).toEqual(['completed', 'completed', 'completed']);
    expect(await merchant.balance()).toEqual({ balance: dollars(100_000 - sumOf(testListings)), pendingBalance: 0 });
  });

  test('and name each: I cancel one by my own name for it, and get just its money back', async () => {
    const merchant = await world().merchant();
    const order = { amount: 3, externalIds: ['a', 'b', 'c'], externalId: 'named' };
    const { id } = await merchant.buysQuick(world().testListing('never-ships', 3), order);
    expect((await merchant.trade(id)).items.map((item) => item.externalId)).toEqual(['a', 'b', 'c']);
    await world().passes('31m');
    const answer = await merchant.cancels('named', 'b');
    expect(answer.body.data).toEqual({
      tradeId: id,
      itemId: world().testListing('never-ships', 2).id,
      externalId: 'b',
      status: 'cancelled',
    });
    await world().settles();
    const trade = await merchant.trade(id);
    expect(trade.items.map((item) => item.status)).toEqual(['pending', 'reverted', 'pending']);
    await expectReserved(
      merchant,
      sumOf([world().testListing('never-ships', 1), world().testListing('never-ships', 3)]),
    );
  });
});

describe('a listing', () => {
  test('that was sold to somebody else is no end: every other one is tried, and none is bought twice', async () => {
    const merchant = await world().merchant();
    const { id } = await merchant.buysQuick(world().testListing('purchase-refused', 10), { amount: 2 });
    expect(await merchant.trade(id)).toMatchObject({ status: 'failed', error: 'NO_LISTING_AT_PRICE', items: [] });
    await expectReserved(merchant, 0);
    const { db } = world().gateway.deps;
    const refused = await db.selectFrom('purchase').select(['state', 'item_id']).where('trade_id', '=', id).execute();
    expect(refused.map((purchase) => purchase.state)).toEqual(Array.from({ length: 10 }, () => 'refused'));
    const { tried } = await db
      .selectFrom('quick_buy')
      .select('tried')
      .where('trade_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(new Set(tried)).toEqual(new Set(cheapest('purchase-refused', 10).map((testListing) => testListing.id)));
  });

  test('that was refused, and is delivered all the same, moves nothing: the unit may be bought elsewhere by then', async () => {
    const merchant = await world().merchant();
    const { id } = await merchant.buysQuick(world().testListing('never-ships'));
    const { deps } = world().gateway;
    const bought = await deps.db
      .selectFrom('purchase')
      .selectAll()
      .where('trade_id', '=', id)
      .executeTakeFirstOrThrow();
    const refused = { ...bought, id: randomUUID(), reference: 'REFUSED', order_id: null, due_at: null };
    await deps.db
      .insertInto('purchase')
      .values({ ...refused, state: 'refused' })
      .execute();
    // As a reader has it that looked before the refusal was written down.
    const order = {
      reference: 'REFUSED',
      orderId: '1',
      costMills: toMills(1000n),
      status: { kind: 'offered' },
    } as const;
    await applyOrderStatus(deps, { ...refused, state: 'unknown' }, order);
    expect(await merchant.trade(id)).toMatchObject({ status: 'pending', totalPrice: 15.48 });
    await deps.db.deleteFrom('purchase').where('id', '=', refused.id).execute();
  });

  test('whose purchase got no answer is shown once it is known that it was bought', async () => {
    const merchant = await world().merchant();
    const answer = await merchant.asksToBuyQuick(world().testListing('buy-answer-lost-found-late'));
    const { id } = answer.body.data;
    await world().settles();
    expect(await merchant.trade(id)).toMatchObject({ status: 'pending', items: [], totalPrice: 5.19 });
    await world().passes('2m');
    expect(await merchant.trade(id)).toMatchObject({
      status: 'pending',
      items: [{ id: world().testListing('buy-answer-lost-found-late').id, status: 'pending' }],
    });
    await expectReserved(merchant, 519);
  });

  test('that fails at its seller stays in the trade, as one that was bought', async () => {
    const merchant = await world().merchant();
    const { id } = await merchant.buysQuick(world().testListing('seller-fails'));
    await world().passes('10m');
    expect(await merchant.trade(id)).toMatchObject({ status: 'failed', items: [{ status: 'failed' }] });
    await expectReserved(merchant, 0);
  });

  test('is charged less than it was listed for: I pay that', async () => {
    const merchant = await world().merchant();
    const { id } = await merchant.buysQuick(world().testListing('cheaper'), { delivery: 'instant', maxPrice: 30 });
    expect(await merchant.trade(id)).toMatchObject({ totalPrice: 19.29 });
    await expectReserved(merchant, 1929);
  });
});

describe('I say which item I mean', () => {
  test('by its catalogue id, which wins over a name', async () => {
    const merchant = await world().merchant();
    const testListing = world().testListing('never-ships');
    const page = await merchant.call('GET', `/secure/market?search=${encodeURIComponent(testListing.marketHashName)}`);
    const itemId = page.body.data.items[0].itemId;
    const { id } = await merchant.buysQuick(testListing, { itemId, marketHashName: 'P250 | Anything Else' });
    expect((await merchant.trade(id)).items.map((item) => item.id)).toEqual([testListing.id]);
  });

  test('by its phase', async () => {
    const merchant = await world().merchant({ funds: 5000 });
    const testListing = world().testListing('ships-later', 10);
    const { id } = await merchant.buysQuick(testListing, { phase: 'Phase 3', amount: 3 });
    const bought = (await merchant.trade(id)).items.map((item) => item.id);
    // The ten copies take the four phases in turn.
    expect(bought).toEqual([world().testListing('ships-later', 3).id, world().testListing('ships-later', 7).id]);
  });

  test('by how it is delivered, which is standard unless I say so', async () => {
    const merchant = await world().merchant();
    const instant = world().testListing('ships-at-once');
    expectError(await merchant.asksToBuyQuick(instant), { status: 404, code: 15, key: 'LISTING_NOT_FOUND' });
    const { id } = await merchant.buysQuick(instant, { delivery: 'instant' });
    expect((await merchant.trade(id)).items).toHaveLength(1);
  });

  test('for Rust by one of its listings, or by its name', async () => {
    const merchant = await world().merchant();
    const testListing = world().rustListing('never-ships', 2);
    for (const named of [{ itemId: testListing.id, marketHashName: undefined }, {}]) {
      const { id } = await merchant.buysQuick(testListing, { amount: 2, ...named });
      const bought = await merchant.trade(id);
      expect(bought.items.map((item) => item.id)).toEqual(cheapest('never-ships', 2, '252490').map(({ id }) => id));
      expect(bought.game).toBe('252490');
    }
  });
});

describe('a quick buy is refused, and nothing recorded, when', () => {
  test('nothing of the kind is on sale', async () => {
    const merchant = await world().merchant();
    const missing = { status: 404, code: 15, key: 'LISTING_NOT_FOUND' };
    const testListing = world().testListing('never-ships');
    expectError(await merchant.asksToBuyQuick(testListing, { marketHashName: 'AWP | Nothing' }), missing);
    expectError(await merchant.asksToBuyQuick(testListing, { itemId: '0123456789abcdef' }), missing);
    const rust = world().rustListing('never-ships');
    expectError(await merchant.asksToBuyQuick(rust, { itemId: 'no-such-listing' }), missing);
    expect(await merchant.tradeCount()).toBe(0);
  });

  test('everything costs more, if only by a cent', async () => {
    const merchant = await world().merchant();
    const testListing = world().testListing('never-ships');
    const answer = await merchant.asksToBuyQuick(testListing, { maxPrice: dollars(cents(testListing.price) - 1) });
    expectError(answer, { status: 409, code: 34, key: 'INSUFFICIENT_STOCK' });
    expect(await merchant.tradeCount()).toBe(0);
    await expectReserved(merchant, 0);
  });

  test('the worst case is more than I have, even if what is on sale is not', async () => {
    const merchant = await world().merchant({ funds: 31 });
    const answer = await merchant.asksToBuyQuick(world().testListing('never-ships'), { amount: 2, maxPrice: 15.51 });
    expectError(answer, { status: 400, code: 12, key: 'MERCHANT_BALANCE_LOW' });
    expect(await merchant.balance()).toEqual({ balance: 31, pendingBalance: 0 });
  });

  test('its externalId is used already', async () => {
    const merchant = await world().merchant();
    await merchant.buysQuick(world().testListing('never-ships'), { externalId: 'once' });
    const again = await merchant.asksToBuyQuick(world().testListing('never-ships'), { externalId: 'once' });
    expectError(again, { status: 409, code: 1, key: 'EXTERNAL_ID_EXISTS' });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['it names no item', { marketHashName: undefined }, 'itemId'],
    ['an itemId is too short', { itemId: '1234' }, 'itemId'],
    ['a name is empty', { marketHashName: '' }, 'marketHashName'],
    ['maxPrice is missing', { maxPrice: undefined }, 'maxPrice'],
    ['maxPrice is 0', { maxPrice: 0 }, 'maxPrice'],
    ['maxPrice is above 100,000', { maxPrice: 100_000.01 }, 'maxPrice'],
    ['maxPrice has three decimals', { maxPrice: 1.001 }, 'maxPrice'],
    ['amount is missing', { amount: undefined }, 'amount'],
    ['amount is 0', { amount: 0 }, 'amount'],
    ['amount is 201', { amount: 201 }, 'amount'],
    ['amount is a fraction', { amount: 1.5 }, 'amount'],
    ['delivery is a word of its own', { delivery: 'any' }, 'delivery'],
    ['phase is none', { phase: 'Phase 5' }, 'phase'],
    ['the game is unknown', { game: '440' }, 'game'],
    ['Rust is to come instantly', { game: '252490', delivery: 'instant' }, 'delivery'],
    ['Rust is to have a phase', { game: '252490', phase: 'Ruby' }, 'phase'],
    ['externalIds are fewer than units', { amount: 2, externalIds: ['a'] }, 'externalIds'],
    ['externalIds are more than units', { externalIds: ['a', 'b'] }, 'externalIds'],
    ['two units have one name', { amount: 2, externalIds: ['a', 'a'] }, 'externalIds.1'],
    ['the trade URL is none', { tradeUrl: 'https://example.com' }, 'tradeUrl'],
    ['a field is unknown', { slippageBps: 100 }, 'slippageBps'],
  ])('%s', async (_what, extra, field) => {
    const merchant = await world().merchant();
    const answer = await merchant.asksToBuyQuick(world().testListing('never-ships'), extra);
    expectError(answer, { status: 400, code: 1001, key: 'VALIDATION_FAILED' });
    expect(Object.keys(answer.body.error?.fields ?? {})).toEqual([field]);
    expect(await merchant.tradeCount()).toBe(0);
  });
});

describe('my client', () => {
  const body = () => {
    const { marketHashName, price: maxPrice } = world().testListing('never-ships', 2);
    return { marketHashName, maxPrice, amount: 2 };
  };

  test('buys quickly with its token: the items go to its own trade URL, and are its own to cancel', async () => {
    const merchant = await world().merchant();
    const ben = merchant.client(accounts.ben, 'user-8');
    const answer = await ben.call('POST', '/client/trading/withdraw/quick', { body: body() });
    expect(answer.body.data).toMatchObject({
      source: 'client',
      externalClientUserId: 'user-8',
      clientTradeUrl: accounts.ben.tradeUrl,
      items: [],
    });
    await world().passes('31m');
    const { id } = answer.body.data;
    expect(await ben.trades()).toEqual([id]);
    expect(await merchant.client(accounts.ann).trades()).toEqual([]);
    expect((await merchant.trade(id)).items).toHaveLength(2);
    expect(merchant.questionsAbout(id)[0]?.trade).toMatchObject({ source: 'client', externalClientUserId: 'user-8' });
  });

  test('cannot name another trade URL', async () => {
    const merchant = await world().merchant();
    const answer = await merchant
      .client()
      .call('POST', '/client/trading/withdraw/quick', { body: { ...body(), tradeUrl: TRADE_URL } });
    expectError(answer, { status: 400, code: 1001, key: 'VALIDATION_FAILED' });
  });
});

test('two merchants want all there is of an item: each listing is bought once, by one of them, and all are bought', async () => {
  const { db, suppliers } = world().gateway.deps;
  const { listingIds } = suppliers.get('waxpeer');
  const publicIdOf = ({ nativeId }: Listing) => listingIds.toPublic(nativeId);
  // Earlier tests share this gateway and its marketplace.
  const taken = new Set((await db.selectFrom('item').select('listing_id').execute()).map((item) => item.listing_id));
  const byName = Map.groupBy(
    indexOf('cs2').ordinary.filter((listing) => !listing.instant && listing.listedMills < 20_000n),
    (listing) => listing.marketHashName,
  );
  const isFree = (listing: Listing) => !taken.has(publicIdOf(listing));
  const [name, listings] = [...byName].find(([, copies]) => copies.length >= 4 && copies.every(isFree)) ?? [];
  if (!name || !listings) throw new Error('no ordinary item has four cheap listings');
  const merchants = [await world().merchant(), await world().merchant()];
  const order = { marketHashName: name, maxPrice: 30, amount: listings.length };
  const answers = await Promise.all(
    merchants.map((merchant) => merchant.asksToBuyQuick(world().testListing('never-ships'), order)),
  );
  await world().settles();
  const trades = await Promise.all(merchants.map((merchant, index) => merchant.trade(answers[index]?.body.data.id)));
  const bought = trades.flatMap((trade) => trade.items.map((item) => item.id));
  expect(bought.toSorted()).toEqual(listings.map(publicIdOf).toSorted());
  for (const [index, merchant] of merchants.entries()) {
    await expectReserved(merchant, cents(trades[index]?.totalPrice ?? 0));
  }
});

test('two merchants want the same ten at once: nothing is bought twice for either', async () => {
  const [one, other] = [await world().merchant(), await world().merchant()];
  const trades = await Promise.all(
    [one, other].map((merchant) => merchant.asksToBuyQuick(world().testListing('never-ships', 10), { amount: 10 })),
  );
  await world().settles();
  for (const [index, merchant] of [one, other].entries()) {
    const trade = await merchant.trade(trades[index]?.body.data.id);
    expect(new Set(trade.items.map((item) => item.id)).size).toBe(10);
    await expectReserved(merchant, sumOf(cheapest('never-ships', 10)));
  }
});

test('two hundred units are the most, and all of them are accounted for', async () => {
  const merchant = await world().merchant({ funds: 10_000 });
  const { id } = await merchant.buysQuick(world().testListing('never-ships', 10), { amount: 200 });
  const trade = await merchant.trade(id);
  expect(trade.items).toHaveLength(10);
  const spent = sumOf(cheapest('never-ships', 10));
  expect(await merchant.balance()).toEqual({ balance: dollars(1_000_000 - spent), pendingBalance: dollars(spent) });
});
