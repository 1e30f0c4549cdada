import { describe, expect, test } from 'vitest';
import type { TradeWire } from '../../src/trades/wire.ts';
import { cents, dollars, type Merchant } from '../support/merchant.ts';
import { type TestListing, useWorld } from '../support/world.ts';

/** What becomes of a purchase, from the marketplace’s first answer to its last word. */

const world = useWorld();

/** The last digits of these amounts are worked out by hand: listings cost $15.25 and so on, the fee is 1.5 %. */
const NEVER_SHIPS = 15.48;

async function buyCalls(merchant: Merchant, trade: TradeWire, listing: TestListing): Promise<number> {
  return (await world().supplierCalls(merchant.id, trade.id, listing.id)).buyCalls;
}

describe('the marketplace refuses the purchase', () => {
  test.each([
    ['purchase-refused', '730', 'LISTING_UNAVAILABLE'],
    ['price-raised', '730', 'PRICE_CHANGED'],
    ['purchase-refused', '252490', 'LISTING_UNAVAILABLE'],
    ['price-changed', '252490', 'PRICE_CHANGED'],
  ] as const)('%s in game %s: the item fails, says why, and the money is mine again', async (kind, game, error) => {
    const merchant = await world().merchant();
    const listing = world().testListing(kind, 1, game);
    const { id } = await merchant.buys([listing]);
    const trade = await merchant.trade(id);
    expect(trade).toMatchObject({ status: 'failed', error, items: [{ status: 'failed', error }] });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(await buyCalls(merchant, trade, listing)).toBe(1);
  });

  test('all items for one cause: the trade says it; for several causes it says none', async () => {
    const merchant = await world().merchant();
    const refused = [world().testListing('purchase-refused', 1), world().testListing('purchase-refused', 2)];
    const one = await merchant.buys(refused);
    expect(await merchant.trade(one.id)).toMatchObject({ status: 'failed', error: 'LISTING_UNAVAILABLE' });
    const several = await merchant.buys([
      world().testListing('purchase-refused', 1),
      world().testListing('price-raised'),
    ]);
    const failed = await merchant.trade(several.id);
    expect(failed.status).toBe('failed');
    expect(failed).not.toHaveProperty('error');
    expect(failed.items.map((item) => item.error)).toEqual(['LISTING_UNAVAILABLE', 'PRICE_CHANGED']);
  });

  test('one item of two: only its money comes back', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('purchase-refused'), world().testListing('never-ships')]);
    const later = await merchant.trade(trade.id);
    expect(later.status).toBe('pending');
    expect(later.items.map((item) => item.status)).toEqual(['failed', 'pending']);
    expect(later).not.toHaveProperty('error');
    expect(await merchant.balance()).toEqual({ balance: 984.52, pendingBalance: NEVER_SHIPS });
  });
});

describe('the marketplace gives no clear answer to the purchase', () => {
  const lost: readonly [string, string, string][] = [
    ['buy-answer-lost', '730', '13m'],
    ['buy-answer-lost-found-late', '730', '13m'],
    ['buy-html', '730', '13m'],
  ];

  test.each(lost)('%s: it was made, is found by its reference, and is delivered', async (kind, game, after) => {
    const merchant = await world().merchant();
    const listing = world().testListing(kind, 1, game === '730' ? '730' : '252490');
    const trade = await merchant.buys([listing]);
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    await world().passes('10s');
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    expect((await merchant.balance()).pendingBalance).toBe(listing.price);
    await world().passes('2m');
    await world().passes(after);
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    await world().passes('8 days');
    expect((await merchant.trade(trade.id)).status).toBe('completed');
    expect(await buyCalls(merchant, trade, listing)).toBe(1);
    expect(await merchant.balance()).toEqual({ balance: dollars(100_000 - cents(listing.price)), pendingBalance: 0 });
  });

  test('buy-503: it was not made, a look-up says so, and the money is mine again', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('buy-503');
    const trade = await merchant.buys([listing]);
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    await world().passes('5s');
    const error = 'MARKET_UNAVAILABLE';
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'failed', error, items: [{ error }] });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(await buyCalls(merchant, trade, listing)).toBe(1);
  });

  test('buy-never-arrives, at a marketplace where nothing is repeated: after enough look-ups that miss it, it failed, and the money is mine again', async () => {
    const merchant = await world().merchant();
    const listing = world().rustListing('buy-never-arrives');
    const trade = await merchant.buys([listing]);
    await world().passes('50s');
    expect((await merchant.trade(trade.id)).status).toBe('pending'); // misses so early prove nothing
    expect((await merchant.balance()).pendingBalance).toBe(listing.price);
    for (let look = 0; look < 5; look++) await world().passes('3m');
    const error = 'PURCHASE_FAILED';
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'failed', error, items: [{ error }] });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(await buyCalls(merchant, trade, listing)).toBe(1);
  });
});

describe('after the purchase', () => {
  test('the seller gives up: the item fails, and I get all back', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('seller-fails')]);
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    await world().passes('6m');
    expect(await merchant.trade(trade.id)).toMatchObject({
      status: 'failed',
      error: 'PURCHASE_FAILED',
      items: [{ status: 'failed', error: 'PURCHASE_FAILED' }],
    });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('the recipient declines: I get it back less 2 %', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('recipient-declines');
    expect(listing.price).toBe(11.63);
    const trade = await merchant.buys([listing]);
    await world().passes('6m');
    const error = 'OFFER_NOT_ACCEPTED';
    expect(await merchant.trade(trade.id)).toMatchObject({
      status: 'declined',
      items: [{ status: 'declined', error }],
    });
    expect(await merchant.balance()).toEqual({ balance: 999.77, pendingBalance: 0 }); // 2 % of 11.63 is 0.2326
    await world().passes('1 day');
    expect(await merchant.balance()).toEqual({ balance: 999.77, pendingBalance: 0 });
  });

  test('the seller takes it back during the hold: I get all back, once', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('reversed-in-hold');
    const trade = await merchant.buys([listing]);
    await world().passes('10s');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    expect((await merchant.balance()).pendingBalance).toBe(listing.price);
    await world().passes('25h');
    const reverted = { status: 'reverted', revertedBy: 'supplier', items: [{ status: 'reverted' }] };
    expect(await merchant.trade(trade.id)).toMatchObject(reverted);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    await world().passes('10 days');
    expect(await merchant.trade(trade.id)).toMatchObject(reverted);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('it is reversed after it was completed: what was spent comes back, once', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('reversed-after-completion');
    const trade = await merchant.buys([listing]);
    await world().passes('7 days');
    await world().passes('1h');
    expect((await merchant.trade(trade.id)).status).toBe('completed');
    expect(await merchant.balance()).toEqual({ balance: dollars(100_000 - cents(listing.price)), pendingBalance: 0 });
    await world().passes('1 day');
    const reverted = { status: 'reverted', revertedBy: 'user', items: [{ status: 'reverted' }] };
    expect(await merchant.trade(trade.id)).toMatchObject(reverted);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    await world().passes('10 days');
    expect(await merchant.trade(trade.id)).toMatchObject(reverted);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    const refunds = await world()
      .gateway.deps.db.selectFrom('transfer')
      .select(({ fn }) => fn.sum<bigint | string>('amount_mills').as('mills'))
      .where('merchant_id', '=', merchant.id)
      .where('kind', '=', 'refund')
      .executeTakeFirstOrThrow();
    expect(Number(refunds.mills)).toBe(cents(listing.price) * 10);
  });

  test.each([
    ['730', 'cs2dt'],
    ['252490', 'waxpeer'],
  ] as const)(
    'of game %s it says a word that nobody knows: the item stays, and an alert is raised',
    async (game, id) => {
      const merchant = await world().merchant();
      const alert = () => world().metric('skinrail_supplier_words_unrecognised_total', `{supplier="${id}"}`);
      const before = await alert();
      const listing = world().testListing('unknown-word', 1, game);
      const trade = await merchant.buys([listing]);
      await world().passes('1h');
      expect(await merchant.trade(trade.id)).toMatchObject({ status: 'pending', items: [{ status: 'pending' }] });
      expect((await merchant.balance()).pendingBalance).toBe(listing.price);
      expect(merchant.callbacksOf(trade.id).map((callback) => callback.trade.status)).toEqual(['pending']);
      await world().until(async () => (await alert()) > before, 'the alert is raised');
    },
  );

  test('it contradicts itself: a delivered item never goes back to waiting, and I hear of each step once', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('contradicts')]);
    await world().passes('10s');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    await world().passes('6m');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    await world().passes('5m');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    await world().passes('8 days');
    expect((await merchant.trade(trade.id)).status).toBe('completed');
    const told = merchant.callbacksOf(trade.id).map((callback) => callback.trade.status);
    expect(told).toEqual(['pending', 'active', 'hold', 'completed']);
  });
});

describe('Rust', () => {
  test('is completed on delivery: there is no hold', async () => {
    const merchant = await world().merchant();
    const listing = world().rustListing('ships-at-once');
    const trade = await merchant.buys([listing]);
    await world().passes('10s');
    expect(await merchant.trade(trade.id)).toMatchObject({
      status: 'completed',
      game: '252490',
      items: [{ id: listing.id, appid: 252490, status: 'completed' }],
    });
    const told = merchant.callbacksOf(trade.id).map((callback) => callback.trade.status);
    expect(told).toEqual(['pending', 'active', 'completed']);
    expect(await merchant.balance()).toEqual({ balance: dollars(100_000 - cents(listing.price)), pendingBalance: 0 });
  });

  test('never ships: the marketplace gives up after six hours, and I get all back', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().rustListing('never-ships')]);
    await world().passes('5h');
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    await world().passes('2h');
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'failed', error: 'PURCHASE_FAILED' });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('loses the answer to a purchase: it is found by its reference, and completed', async () => {
    const merchant = await world().merchant();
    const listing = world().rustListing('buy-answer-lost');
    const trade = await merchant.buys([listing]);
    await world().passes('10s');
    expect((await merchant.trade(trade.id)).status).toBe('completed');
    expect(await buyCalls(merchant, trade, listing)).toBe(1);
  });

  test('ships later: active while the offer is out, then completed', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().rustListing('ships-later')]);
    await world().passes('11m');
    expect((await merchant.trade(trade.id)).status).toBe('active');
    await world().passes('10m');
    expect((await merchant.trade(trade.id)).status).toBe('completed');
  });
});
