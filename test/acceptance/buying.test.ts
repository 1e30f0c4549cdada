import { describe, expect, test } from 'vitest';
import type { TradeWire } from '../../src/trades/wire.ts';
import { type Answer, cents, dollars, type Merchant } from '../support/merchant.ts';
import { type TestListing, useWorld } from '../support/world.ts';

/** Buying: what is recorded, at which price, and what is refused before anything is. */

const world = useWorld();

/** The last digits of these amounts are worked out by hand: listings cost $15.25 and so on, the fee is 1.5 %. */
const NEVER_SHIPS = 15.48;

async function expectNothingRecorded(merchant: Merchant, balance = 1000): Promise<void> {
  await world().settles();
  expect(await merchant.tradeCount()).toBe(0);
  expect(await merchant.balance()).toEqual({ balance, pendingBalance: 0 });
  expect(world().receiver.attemptsBy(merchant.name)).toEqual([]);
}

async function buyCalls(merchant: Merchant, trade: TradeWire, listing: TestListing): Promise<number> {
  return (await world().supplierCalls(merchant.id, trade.id, listing.id)).buyCalls;
}

function expectError(answer: Answer, error: { status: number; code: number; key: string }): void {
  const { code, key } = answer.body.error ?? {};
  expect({ status: answer.status, code, key }).toEqual(error);
}

describe('I buy', () => {
  test('and get the trade as it is recorded, with its price reserved; then it is on its way', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const answer = await merchant.asksToBuy([listing], { externalId: 'order-1' });
    expect(answer.status).toBe(200);
    const now = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.body).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      success: true,
      data: {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        type: 'withdraw',
        source: 'self',
        externalId: 'order-1',
        merchantId: merchant.id,
        clientUserId: '76561198000000001',
        clientTradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12',
        clientSteamID: '76561198000000001',
        status: 'initiated',
        game: '730',
        items: [
          {
            id: listing.id,
            appid: 730,
            name: 'AK-47 | Never Ships',
            marketHashName: listing.marketHashName,
            exterior: 'Field-Tested',
            wear: expect.stringMatching(/^0\.\d+$/),
            paintSeed: expect.any(Number),
            tradable: true,
            amount: 1,
            status: 'initiated',
            offer: { price: NEVER_SHIPS },
          },
        ],
        totalPrice: NEVER_SHIPS,
        createdAt: now,
        updatedAt: now,
      },
    });
    expect(await merchant.balance()).toEqual({ balance: 984.52, pendingBalance: NEVER_SHIPS });
    await world().settles();
    const later = await merchant.trade('order-1');
    expect(later).toMatchObject({ id: answer.body.data.id, status: 'pending', items: [{ status: 'pending' }] });
    expect(await merchant.balance()).toEqual({ balance: 984.52, pendingBalance: NEVER_SHIPS });
    expect(await buyCalls(merchant, later, listing)).toBe(1);
  });

  test('and it is delivered: active, hold, completed; what was reserved is spent', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('ships-later');
    const trade = await merchant.buys([listing]);
    await world().passes('11m');
    const active = await merchant.trade(trade.id);
    expect(active).toMatchObject({ status: 'active', items: [{ status: 'active' }] });
    expect(active.activeAt).toBeTypeOf('string');
    expect(active.offerID).toBeTypeOf('string');
    await world().passes('2m');
    const hold = await merchant.trade(trade.id);
    expect(hold).toMatchObject({ status: 'hold', activeAt: active.activeAt, items: [{ status: 'hold' }] });
    expect((await merchant.balance()).pendingBalance).toBe(listing.price);
    await world().passes('7 days');
    const done = await merchant.trade(trade.id);
    expect(done).toMatchObject({ status: 'completed', items: [{ status: 'completed' }] });
    expect(await merchant.balance()).toEqual({ balance: dollars(100_000 - cents(listing.price)), pendingBalance: 0 });
  });

  test('fifty items of every kind in one trade: each is bought once, and goes its own way', async () => {
    const merchant = await world().merchant({ funds: 2000 });
    const kinds = ['never-ships', 'ships-at-once', 'purchase-refused', 'cheaper', 'seller-fails'];
    const listings = kinds.flatMap((kind) => Array.from({ length: 10 }, (_, n) => world().testListing(kind, n + 1)));
    const trade = await merchant.buys(listings);
    expect(trade.items.map((item) => item.id)).toEqual(listings.map((listing) => listing.id));
    expect(cents(trade.totalPrice)).toBe(listings.reduce((sum, listing) => sum + cents(listing.price), 0));
    await world().passes('6m');
    const later = await merchant.trade(trade.id);
    const ends = { 'never-ships': 'pending', 'ships-at-once': 'hold', cheaper: 'hold' };
    expect(later.status).toBe('pending');
    expect(later.items.map((item) => item.status)).toEqual(
      listings.map((listing) => Reflect.get(ends, listing.behaviour) ?? 'failed'),
    );
    const calls = await Promise.all(listings.map((listing) => buyCalls(merchant, trade, listing)));
    expect(calls).toEqual(listings.map(() => 1));
    const open = later.items.filter((item) => item.status !== 'failed');
    const reserved = open.reduce((sum, item) => sum + cents(item.offer?.price ?? 0), 0);
    expect(await merchant.balance()).toEqual({
      balance: dollars(200_000 - reserved),
      pendingBalance: dollars(reserved),
    });
  });

  test('several at once: the trade’s status is that of the item least far on, then the best end', async () => {
    const merchant = await world().merchant();
    const listings = [
      world().testListing('ships-at-once'),
      world().testListing('seller-fails'),
      world().testListing('recipient-declines'),
    ];
    const trade = await merchant.buys(listings);
    await world().passes('2s');
    const statusOf = async () => {
      const { status, items } = await merchant.trade(trade.id);
      return [status, ...items.map((item) => item.status)];
    };
    await world().until(async () => (await statusOf())[3] === 'active', 'the offer is out');
    expect(await statusOf()).toEqual(['pending', 'hold', 'pending', 'active']);
    await world().passes('6m');
    expect(await statusOf()).toEqual(['hold', 'hold', 'failed', 'declined']);
    await world().passes('7 days');
    expect(await statusOf()).toEqual(['completed', 'completed', 'failed', 'declined']);
  });
});

describe('my externalId', () => {
  const exists = { status: 409, code: 1, key: 'EXTERNAL_ID_EXISTS' };

  test('names one trade: sent again, nothing is bought again', async () => {
    const merchant = await world().merchant();
    const first = await merchant.buys([world().testListing('never-ships')], { externalId: 'once' });
    expectError(await merchant.asksToBuy([world().testListing('never-ships')], { externalId: 'once' }), exists);
    expectError(await merchant.asksToBuy([world().testListing('never-ships', 2)], { externalId: 'once' }), exists);
    expect(await merchant.tradeCount()).toBe(1);
    expect(await merchant.balance()).toEqual({ balance: 984.52, pendingBalance: NEVER_SHIPS });
    expect((await merchant.trade('once')).id).toBe(first.id);
  });

  test('is used up by a trade that failed', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('purchase-refused')], { externalId: 'failed-once' });
    expect((await merchant.trade('failed-once')).status).toBe('failed');
    expectError(await merchant.asksToBuy([world().testListing('never-ships')], { externalId: 'failed-once' }), exists);
  });

  test('is free again after a buy that was refused', async () => {
    const merchant = await world().merchant({ funds: 10 });
    expectError(await merchant.asksToBuy([world().testListing('never-ships')], { externalId: 'mine' }), {
      status: 400,
      code: 12,
      key: 'MERCHANT_BALANCE_LOW',
    });
    expect((await merchant.asksToBuy([world().testListing('buy-503')], { externalId: 'mine' })).status).toBe(200);
    await world().settles();
  });

  test('sent ten times at once: one trade, one reservation, nine refusals', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const asks = Array.from({ length: 10 }, () => merchant.asksToBuy([listing], { externalId: 'ten' }));
    const answers = await Promise.all(asks);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    for (const answer of answers.filter((each) => each.status !== 200)) expectError(answer, exists);
    await world().settles();
    expect(await merchant.tradeCount()).toBe(1);
    expect(await merchant.balance()).toEqual({ balance: 984.52, pendingBalance: NEVER_SHIPS });
    expect(await buyCalls(merchant, await merchant.trade('ten'), listing)).toBe(1);
  });
});

describe('the price', () => {
  test('was higher when I looked: I pay the lower one of now', async () => {
    const merchant = await world().merchant();
    const listing = { ...world().testListing('never-ships'), price: 20 };
    const trade = await merchant.buys([listing]);
    expect(trade).toMatchObject({ totalPrice: NEVER_SHIPS, items: [{ offer: { price: NEVER_SHIPS } }] });
    expect(await merchant.balance()).toEqual({ balance: 984.52, pendingBalance: NEVER_SHIPS });
  });

  test('turns out lower at the marketplace: the difference comes back at once', async () => {
    const merchant = await world().merchant();
    const answer = await merchant.asksToBuy([world().testListing('cheaper')]);
    expect(answer.body.data.totalPrice).toBe(20.3); // 20.00 and 1.5 %
    await world().settles();
    const trade = await merchant.trade(answer.body.data.id);
    expect(trade).toMatchObject({ totalPrice: 19.29, items: [{ offer: { price: 19.29 } }] }); // 19.00 and 1.5 %
    expect(await merchant.balance()).toEqual({ balance: 980.71, pendingBalance: 19.29 });
    await world().passes('8 days');
    expect((await merchant.trade(trade.id)).status).toBe('completed');
    expect(await merchant.balance()).toEqual({ balance: 980.71, pendingBalance: 0 });
  });

  describe('has risen since I looked, from 4.27 to 4.69', () => {
    const changed = { status: 409, code: 11, key: 'PRICE_CHANGED' };
    const raised = () => world().testListing('price-raised-since-listed');
    const asks = (merchant: Merchant, item: Record<string, unknown>, extra: Record<string, unknown> = {}) =>
      merchant.asksToBuy([raised()], { items: [{ itemId: raised().id, ...item }], ...extra });

    test('and I set no limit: I am told both prices, and nothing is bought', async () => {
      const merchant = await world().merchant();
      expect(raised().price).toBe(4.27);
      const answer = await merchant.asksToBuy([raised(), world().testListing('never-ships')], { externalId: 'dearer' });
      expectError(answer, changed);
      expect(answer.body.error?.details).toEqual({
        items: [{ itemId: raised().id, price: 4.27, currentPrice: 4.69 }],
      });
      await expectNothingRecorded(merchant);
      expect((await merchant.call('GET', '/secure/trades/dearer')).status).toBe(404);
    });

    test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
      ['a maxPrice one cent below it', { price: 4.27, maxPrice: 4.68 }, {}],
      ['a tolerance a hundredth of a percent too small', { price: 4, slippageBps: 0 }, { slippageBps: 1724 }],
      ['a tolerance for nothing', { price: 4.68 }, { slippageBps: 0 }],
      ['a maxPrice below it beside a tolerance that would do', { price: 4.27, maxPrice: 4.68 }, { slippageBps: 2000 }],
      ['a maxPrice one cent below it beside a price that would do', { price: 5, maxPrice: 4.68 }, {}],
      [
        'a maxPrice of a cent beside a price and a tolerance that would do',
        { price: 5, maxPrice: 0.01 },
        { slippageBps: 2000 },
      ],
    ])('and I sent %s: it is refused', async (_what, item, extra) => {
      const merchant = await world().merchant();
      expectError(await asks(merchant, item, extra), changed);
      await expectNothingRecorded(merchant);
    });

    test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
      ['exactly the new price', { price: 4.69 }, {}],
      ['a maxPrice of exactly that', { price: 4.27, maxPrice: 4.69 }, {}],
      ['a tolerance that reaches exactly that', { price: 4 }, { slippageBps: 1725 }],
      ['a maxPrice that allows it although the tolerance does not', { price: 1, maxPrice: 5 }, { slippageBps: 1 }],
      ['a maxPrice of exactly that below a price that allows more', { price: 5, maxPrice: 4.69 }, {}],
      ['a maxPrice equal to a price that allows it', { price: 5, maxPrice: 5 }, { slippageBps: 2000 }],
    ])('and I sent %s: I am shown the new one, and pay it', async (_what, item, extra) => {
      const merchant = await world().merchant();
      const answer = await asks(merchant, item, extra);
      expect(answer.body.error).toBeUndefined();
      expect(answer.body.data.totalPrice).toBe(4.69);
      await world().settles();
      expect(await merchant.balance()).toEqual({ balance: 995.31, pendingBalance: 4.69 });
    });

    test('and I allowed more than it costs: the most is reserved while I am asked, and the rest comes back when it is bought', async () => {
      const merchant = await world().merchant();
      // Asked again so late that a slow machine cannot come to it before the money is looked at.
      const later = { status: 503, headers: { 'retry-after': '30' } };
      merchant.says((_question, nth) => (nth < 2 ? later : 200));
      const answer = await asks(merchant, { price: 4.27, maxPrice: 6 });
      await world().settles();
      expect(answer.body.data).toMatchObject({
        totalPrice: 4.69,
        reservedPrice: 6,
        items: [{ offer: { price: 4.69 } }],
      });
      expect(await merchant.balance()).toEqual({ balance: 994, pendingBalance: 6 });
      await world().passes('31s');
      const bought = await merchant.trade(answer.body.data.id);
      expect(bought).toMatchObject({ totalPrice: 4.69, items: [{ status: 'pending' }] });
      expect(bought).not.toHaveProperty('reservedPrice');
      expect(await merchant.balance()).toEqual({ balance: 995.31, pendingBalance: 4.69 });
    });
  });
});

describe('my maxPrice is below the price that I sent', () => {
  const changed = { status: 409, code: 11, key: 'PRICE_CHANGED' };

  test('and the listing costs more than it: nothing is bought, and I am told all three', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const answer = await merchant.asksToBuy([listing], {
      items: [{ itemId: listing.id, price: NEVER_SHIPS, maxPrice: 10 }],
    });
    expectError(answer, changed);
    expect(answer.body.error?.details).toEqual({
      items: [{ itemId: listing.id, price: NEVER_SHIPS, maxPrice: 10, currentPrice: NEVER_SHIPS }],
    });
    await expectNothingRecorded(merchant);
  });

  test('and my user sent it: nothing is bought for it either', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const items = [{ itemId: listing.id, price: NEVER_SHIPS, maxPrice: dollars(cents(NEVER_SHIPS) - 1) }];
    expectError(await merchant.client().asksToWithdraw([listing], { items }), changed);
    await expectNothingRecorded(merchant);
  });

  test('of one item in a trade only: the whole trade is refused', async () => {
    const merchant = await world().merchant();
    const [bound, free] = [world().testListing('never-ships', 1), world().testListing('never-ships', 2)];
    const items = [
      { itemId: bound.id, price: bound.price, maxPrice: 0.01 },
      { itemId: free.id, price: free.price },
    ];
    expectError(await merchant.asksToBuy([bound, free], { items }), changed);
    await expectNothingRecorded(merchant);
  });

  test('and the listing costs no more than it: no more than maxPrice is reserved', async () => {
    const merchant = await world().merchant();
    merchant.says({ status: 503, body: '' });
    const listing = world().testListing('never-ships');
    const items = [{ itemId: listing.id, price: 100, maxPrice: 20 }];
    const answer = await merchant.asksToBuy([listing], { items });
    expect(answer.body.data).toMatchObject({ totalPrice: NEVER_SHIPS, reservedPrice: 20 });
    expect(await merchant.balance()).toEqual({ balance: 980, pendingBalance: 20 });
  });
});

describe('my wallet', () => {
  const low = { status: 400, code: 12, key: 'MERCHANT_BALANCE_LOW' };

  test('is a cent short: nothing is bought', async () => {
    const merchant = await world().merchant({ funds: 15.47 });
    expectError(await merchant.asksToBuy([world().testListing('never-ships')]), low);
    await expectNothingRecorded(merchant, 15.47);
  });

  test('covers one of two items: none of them is bought', async () => {
    const merchant = await world().merchant({ funds: 20 });
    expectError(
      await merchant.asksToBuy([world().testListing('never-ships', 1), world().testListing('never-ships', 2)]),
      low,
    );
    await expectNothingRecorded(merchant, 20);
  });

  test('covers it to the cent: it is bought', async () => {
    const merchant = await world().merchant({ funds: NEVER_SHIPS });
    await merchant.buys([world().testListing('never-ships')]);
    expect(await merchant.balance()).toEqual({ balance: 0, pendingBalance: NEVER_SHIPS });
  });

  test('covers one of two buys that come at once: exactly one is bought', async () => {
    const merchant = await world().merchant({ funds: 20 });
    const listings = Array.from({ length: 6 }, (_, n) => world().testListing('never-ships', n + 1));
    const answers = await Promise.all(listings.map((listing) => merchant.asksToBuy([{ ...listing, price: 16 }])));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    for (const answer of answers.filter((each) => each.status !== 200)) expectError(answer, low);
    await world().settles();
    expect(await merchant.tradeCount()).toBe(1);
    const { balance, pendingBalance } = await merchant.balance();
    expect(cents(balance) + cents(pendingBalance)).toBe(2000);
  });

  test('is not touched by reserved money of another trade', async () => {
    const merchant = await world().merchant({ funds: 30 });
    await merchant.buys([world().testListing('never-ships', 1)]);
    expectError(await merchant.asksToBuy([world().testListing('never-ships', 2)]), low);
    expect(await merchant.balance()).toEqual({ balance: 14.52, pendingBalance: NEVER_SHIPS });
  });
});

describe('a listing', () => {
  const invalid = { status: 400, code: 17, key: 'INVALID_LISTING_ID' };
  const RUST_ID = /^rust:/;

  test('that is not on sale', async () => {
    const merchant = await world().merchant();
    const { suppliers } = world().gateway.deps;
    const cs2 = suppliers.get('cs2dt').listingIds.toPublic('730000000000009999');
    for (const [itemId, game] of [
      [cs2, '730'],
      ['rust:waxpeer:252490000000009999', '252490'],
    ]) {
      const answer = await merchant.asksToBuy([], { items: [{ itemId, price: 1 }], game });
      expectError(answer, { status: 404, code: 15, key: 'LISTING_NOT_FOUND' });
      expect(answer.body.error?.details).toEqual({ itemId });
    }
    await expectNothingRecorded(merchant);
  });

  test.each([
    ['that is a UUID nobody quoted', '01890000-0000-7000-8000-000000000000', '730'],
    ['of the right form with a wrong check', '00014fab-1c76-8b5b-8a21-7b21de09012e', '730'],
    ['in capital letters', '00014FAB-1C76-8B5B-8A21-7B21DE09012D', '730'],
    ['of a Rust marketplace nobody knows', 'rust:elsewhere:1', '252490'],
  ])('by an id %s is not found, and is no id at all for the other game', async (_what, itemId, game) => {
    const merchant = await world().merchant();
    const other = game === '730' ? '252490' : '730';
    const items = [{ itemId, price: 1 }];
    const unknown = await merchant.asksToBuy([], { items, game });
    expectError(unknown, { status: 404, code: 15, key: 'LISTING_NOT_FOUND' });
    expect(unknown.body.error?.details).toEqual({ itemId });
    expectError(await merchant.asksToBuy([], { items, game: other }), invalid);
    await expectNothingRecorded(merchant);
  });

  test.each([
    ['of words', 'not-a-listing'],
    ['of SQL', "' or 1=1 --"],
    ['that is only the beginning of one', 'rust:waxpeer:'],
  ])('by an id %s', async (_what, itemId) => {
    const merchant = await world().merchant();
    for (const game of ['730', '252490']) {
      expectError(await merchant.asksToBuy([], { items: [{ itemId, price: 1 }], game }), invalid);
    }
    await expectNothingRecorded(merchant);
  });

  test('of Rust under CS2, of CS2 under Rust, and of both in one trade', async () => {
    const merchant = await world().merchant();
    const [cs2, rust] = [world().testListing('never-ships'), world().rustListing('never-ships')];
    expect(rust.id).toMatch(RUST_ID);
    expectError(await merchant.asksToBuy([rust], { game: '730' }), invalid);
    expectError(await merchant.asksToBuy([cs2], { game: '252490' }), invalid);
    expectError(await merchant.asksToBuy([cs2, rust], { game: '730' }), invalid);
    await expectNothingRecorded(merchant);
  });
});
