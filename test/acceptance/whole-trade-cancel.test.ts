import { describe, expect, test } from 'vitest';
import { itemsAtOnce } from '../../src/cancelling/cancel-trade.ts';
import { accounts, Client } from '../support/client.ts';
import type { Merchant } from '../support/merchant.ts';
import { type TestListing, useWorld } from '../support/world.ts';

/** All of a trade that can still be cancelled, in one request. */

const world = useWorld();

async function buysAll(behaviours: readonly string[]) {
  const merchant = await world().merchant();
  const numbers = new Map<string, number>();
  const listings = behaviours.map((behaviour) => {
    const number = (numbers.get(behaviour) ?? 0) + 1;
    numbers.set(behaviour, number);
    return world().testListing(behaviour, number);
  });
  return { merchant, listings, trade: await merchant.buys(listings) };
}

const ids = (listings: readonly TestListing[]) => listings.map((listing) => listing.id);

async function cancelCalls(merchant: Merchant, tradeId: string, listings: readonly TestListing[]): Promise<number[]> {
  const calls = listings.map((listing) => world().supplierCalls(merchant.id, tradeId, listing.id));
  return (await Promise.all(calls)).map((call) => call.cancelCalls);
}

async function isReverted(merchant: Merchant, tradeId: string): Promise<void> {
  await world().until(async () => (await merchant.trade(tradeId)).status === 'reverted', 'reverted');
}

describe('all of a trade', () => {
  test('I cancel three items in one request, and am refunded for each once, later', async () => {
    const { merchant, listings, trade } = await buysAll([
      'cancel-confirmed-later',
      'cancel-confirmed-later',
      'never-ships',
    ]);
    await world().passes('30m');
    const answer = await merchant.cancelsTrade(trade.id);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({
      tradeId: trade.id,
      requested: 3,
      cancelled: 3,
      failed: 0,
      items: ids(listings).map((itemId) => ({ itemId, status: 'cancelled' })),
    });
    await world().passes('10m');
    await isReverted(merchant, trade.id);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(await cancelCalls(merchant, trade.id, listings)).toEqual([1, 1, 1]);
  });

  test('by my own ids I get the internal ones, and mine beside them', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const items = [{ itemId: listing.id, price: listing.price, externalId: 'line-1' }];
    const trade = await merchant.buys([listing], { externalId: 'whole-1', items });
    await world().passes('30m');
    const { body } = await merchant.cancelsTrade('whole-1');
    expect(body.data.tradeId).toBe(trade.id);
    expect(body.data.items).toEqual([{ itemId: listing.id, externalId: 'line-1', status: 'cancelled' }]);
  });

  test('a body is not read, whatever it is', async () => {
    const { merchant, trade } = await buysAll(['cancel-confirmed-later']);
    await world().passes('30m');
    const json = { 'content-type': 'application/json' };
    expect((await merchant.cancelsTrade(trade.id, { headers: json })).status).toBe(200);
    expect((await merchant.cancelsTrade(trade.id, { body: '{broken', headers: json })).status).toBe(200);
  });
});

describe('some of a trade', () => {
  test('a mixture is a success that tells each item apart; what is over is not listed', async () => {
    const { merchant, listings, trade } = await buysAll([
      'cancel-confirmed-later',
      'refuses-to-cancel',
      'cancel-503',
      'ships-at-once',
      'purchase-refused',
    ]);
    await world().passes('31m');
    const answer = await merchant.cancelsTrade(trade.id);
    expect(answer.status).toBe(200);
    const [accepted, refused, unknown, sent] = ids(listings);
    expect(answer.body.data).toEqual({
      tradeId: trade.id,
      requested: 4,
      cancelled: 1,
      failed: 3,
      items: [
        { itemId: accepted, status: 'cancelled' },
        { itemId: refused, status: 'failed', reason: 'TRADE_NOT_CANCELLABLE' },
        { itemId: unknown, status: 'failed', reason: 'SERVICE_UNAVAILABLE' },
        { itemId: sent, status: 'failed', reason: 'TRADE_NOT_CANCELLABLE' },
      ],
    });
    // The request without a clear answer goes on by itself.
    await world().passes('1m');
    await world().until(
      async () => (await merchant.item(trade.id, unknown ?? '')).status === 'reverted',
      'the unknown one is reverted',
    );
    await world().passes('10m');
    const { items } = await merchant.trade(trade.id);
    expect(items.map((item) => item.status)).toEqual(['reverted', 'pending', 'reverted', 'hold', 'failed']);
  });

  test('everything too young is still a 200, with the reason at each', async () => {
    const { merchant, listings, trade } = await buysAll(['never-ships', 'never-ships']);
    const answer = await merchant.cancelsTrade(trade.id);
    expect(answer.status).toBe(200);
    const failed = { status: 'failed', reason: 'TRADE_CANCEL_TOO_SOON' };
    const items = ids(listings).map((itemId) => ({ itemId, ...failed }));
    expect(answer.body.data).toEqual({ tradeId: trade.id, requested: 2, cancelled: 0, failed: 2, items });
    expect(await cancelCalls(merchant, trade.id, listings)).toEqual([0, 0]);
  });

  test('an item that I have cancelled by itself is cancelled again, without a second call', async () => {
    const { merchant, listings, trade } = await buysAll(['cancel-confirmed-later', 'cancel-confirmed-later']);
    await world().passes('30m');
    expect((await merchant.cancels(trade.id, listings[0]?.id ?? '')).status).toBe(200);
    const answers = [await merchant.cancelsTrade(trade.id), await merchant.cancelsTrade(trade.id)];
    for (const { body } of answers) expect(body.data).toMatchObject({ requested: 2, cancelled: 2, failed: 0 });
    expect(await cancelCalls(merchant, trade.id, listings)).toEqual([1, 1]);
  });
});

test('ten whole trades and twenty items at once: one call for each item, one refund', async () => {
  const { merchant, listings, trade } = await buysAll(['cancel-confirmed-later', 'cancel-confirmed-later']);
  await world().passes('30m');
  const whole = Array.from({ length: 10 }, () => merchant.cancelsTrade(trade.id));
  const single = Array.from({ length: 20 }, (_, n) => merchant.cancels(trade.id, listings[n % 2]?.id ?? ''));
  for (const { body } of await Promise.all(whole)) expect(body.data).toMatchObject({ cancelled: 2, failed: 0 });
  expect((await Promise.all(single)).map((answer) => answer.status)).toEqual(Array(20).fill(200));
  expect(await cancelCalls(merchant, trade.id, listings)).toEqual([1, 1]);
  await world().passes('10m');
  expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  const refunds = world().gateway.deps.db.selectFrom('transfer').selectAll().where('merchant_id', '=', merchant.id);
  expect(await refunds.where('kind', '=', 'refund').execute()).toHaveLength(2);
});

test.each([1, 25, 50, 51, 199, 200])(
  'a marketplace that is silent about %i items is waited for twice at most',
  (items) => {
    expect(Math.ceil(items / itemsAtOnce(items))).toBeLessThanOrEqual(2);
  },
);

describe('nothing of a trade', () => {
  test('a trade that does not exist is not found', async () => {
    const merchant = await world().merchant();
    for (const ref of ['nothing', '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10']) {
      const answer = await merchant.cancelsTrade(ref);
      expect(answer.status).toBe(404);
      expect(answer.body.error).toMatchObject({ code: 21, key: 'TRADE_NOT_FOUND' });
    }
  });

  test('another merchant’s is forbidden by its id, and by its externalId it does not exist for me', async () => {
    const stranger = await world().merchant();
    const owner = await world().merchant();
    const trade = await owner.buys([world().testListing('never-ships')], { externalId: 'theirs-whole' });
    const answer = await stranger.cancelsTrade(trade.id.toUpperCase());
    expect(answer.status).toBe(403);
    expect(answer.body.error).toMatchObject({ code: 1300, key: 'FORBIDDEN' });
    expect((await stranger.cancelsTrade('theirs-whole')).status).toBe(404);
  });

  test('a client’s of my own shop is forbidden on the merchant’s route', async () => {
    const merchant = await world().merchant();
    const trade = await new Client(world(), merchant, accounts.ann).withdraws([world().testListing('never-ships')]);
    expect((await merchant.cancelsTrade(trade.id)).body.error).toMatchObject({ code: 1300, key: 'FORBIDDEN' });
  });

  test('a Rust trade can never be cancelled, and says so with a key of its own, also when it is over', async () => {
    const merchant = await world().merchant();
    for (const behaviour of ['never-ships', 'purchase-refused']) {
      const trade = await merchant.buys([world().rustListing(behaviour)]);
      const answer = await merchant.cancelsTrade(trade.id);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code: 44, key: 'TRADE_CANCEL_UNSUPPORTED' });
    }
  });

  test('of a trade that is over there is nothing to cancel', async () => {
    const { merchant, trade } = await buysAll(['purchase-refused', 'purchase-refused']);
    const answer = await merchant.cancelsTrade(trade.id);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code: 28,
      key: 'TRADE_NOT_CANCELLABLE',
      details: { reason: 'already_closed' },
    });
  });

  test('a deposit is no withdrawal', async () => {
    const { merchant, trade } = await buysAll(['never-ships']);
    const { db } = world().gateway.deps;
    await db.updateTable('trade').set({ type: 'deposit' }).where('id', '=', trade.id).execute();
    const answer = await merchant.cancelsTrade(trade.id);
    await db.updateTable('trade').set({ type: 'withdraw' }).where('id', '=', trade.id).execute();
    expect(answer.body.error).toMatchObject({ code: 28, details: { reason: 'not_a_withdrawal' } });
  });
});

describe('a client', () => {
  test('cancels all of its own withdrawal, and its merchant is refunded once for each', async () => {
    const merchant = await world().merchant();
    const ann = new Client(world(), merchant, accounts.ann);
    const listings = [world().testListing('never-ships'), world().testListing('cancel-503')];
    const trade = await ann.withdraws(listings);
    await world().passes('30m');
    const { status, body } = await ann.cancelsTrade(trade.id);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ requested: 2, cancelled: 1, failed: 1 });
    expect(body.data.items[1]).toEqual({ itemId: listings[1]?.id, status: 'failed', reason: 'SERVICE_UNAVAILABLE' });
    await world().passes('1m');
    await isReverted(merchant, trade.id);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('cannot cancel another client’s, nor its merchant’s own', async () => {
    const merchant = await world().merchant();
    const [ann, ben] = [new Client(world(), merchant, accounts.ann), new Client(world(), merchant, accounts.ben)];
    const hers = await ann.withdraws([world().testListing('never-ships', 1)]);
    const own = await merchant.buys([world().testListing('never-ships', 2)]);
    await world().passes('31m');
    for (const answer of [await ben.cancelsTrade(hers.id), await ann.cancelsTrade(own.id)]) {
      expect(answer.status).toBe(403);
      expect(answer.body.error).toMatchObject({ code: 1300, key: 'FORBIDDEN' });
    }
    const calls = [...(await cancelCalls(merchant, hers.id, [world().testListing('never-ships', 1)]))];
    expect(calls).toEqual([0]);
    expect((await ben.cancelsTrade('nothing')).body.error).toMatchObject({ code: 21, key: 'TRADE_NOT_FOUND' });
  });
});

test('unverified, I cancel ten whole trades a minute, whatever I do with items', async () => {
  const merchant = await world().merchant({ verified: false });
  for (let i = 0; i < 10; i++) expect((await merchant.cancelsTrade('none')).status).toBe(404);
  expect((await merchant.cancelsTrade('none')).status).toBe(429);
  expect((await merchant.cancels('none', 'none')).status).toBe(404);
});
