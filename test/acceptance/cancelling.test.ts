import { describe, expect, test } from 'vitest';
import { useWorld } from '../support/world.ts';

/** The twelve rows of the cancel table, in their order, over HTTP. */

const world = useWorld();

describe('who may cancel', () => {
  test('without an api-key I am told that it is missing', async () => {
    const answer = await world().call('POST', '/secure/buy/any/items/any/cancel');
    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatchObject({ code: 1900, key: 'MISSING_API_KEY' });
  });

  test('with a key that nobody issued I am told that it is not known', async () => {
    const headers = { 'api-key': `ap_${'0'.repeat(64)}` };
    const answer = await world().call('POST', '/secure/buy/any/items/any/cancel', { headers });
    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatchObject({ code: 1901, key: 'INVALID_API_KEY' });
  });

  test('the key is looked at before the path: a malformed path without a key is a missing key', async () => {
    const answer = await world().call('POST', '/secure/buy/%zz/items/any/cancel');
    expect(answer.body.error?.key).toBe('MISSING_API_KEY');
  });
});

describe('how often', () => {
  test('an unverified merchant’s eleventh cancel in a minute waits, and other merchants do not notice', async () => {
    const slow = await world().merchant({ verified: false });
    const other = await world().merchant({ verified: false });
    const answers = await Promise.all(Array.from({ length: 11 }, () => slow.cancels('none', 'none')));
    expect(answers.filter((answer) => answer.status === 404)).toHaveLength(10);
    const limited = answers.filter((answer) => answer.status === 429);
    expect(limited).toHaveLength(1);
    expect(limited[0]?.body.error).toMatchObject({ code: 1005, key: 'RATE_LIMITED' });
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await other.cancels('none', 'none')).status).toBe(404);
  });

  test('a verified merchant’s sixty-first cancel in a minute waits', async () => {
    const merchant = await world().merchant();
    const answers = await Promise.all(Array.from({ length: 61 }, () => merchant.cancels('none', 'none')));
    expect(answers.filter((answer) => answer.status === 404)).toHaveLength(60);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(1);
  });

  test('the limit is looked at before the path is', async () => {
    const merchant = await world().merchant({ verified: false });
    for (let i = 0; i < 10; i++) await merchant.cancels('none', 'x'.repeat(200));
    expect((await merchant.cancels('none', 'x'.repeat(200))).status).toBe(429);
  });
});

describe('which item', () => {
  test.each([
    ['an id of 129 characters', 'x'.repeat(129)],
    ['an id with a NUL byte', 'a%00b'],
    ['broken percent-encoding', '%zz'],
    ['bytes that are no UTF-8', '%ff%fe'],
    ['an empty id', ''],
  ])('%s is refused as invalid, with the field named', async (_what, raw) => {
    const merchant = await world().merchant();
    const inTrade = await merchant.call(
      'POST',
      `/secure/buy/${raw.replace('x'.repeat(129), 'x'.repeat(129))}/items/any/cancel`,
    );
    const inItem = await merchant.call('POST', `/secure/buy/any/items/${raw}/cancel`);
    for (const answer of [inTrade, inItem]) {
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code: 1001, key: 'VALIDATION_FAILED' });
      expect(Object.keys(answer.body.error?.fields ?? {})).toHaveLength(1);
    }
  });

  test('a trade that nobody made is not found', async () => {
    const merchant = await world().merchant();
    for (const ref of ['no-such-trade', '01890000-0000-7000-8000-000000000000']) {
      const answer = await merchant.cancels(ref, 'any');
      expect(answer.status).toBe(404);
      expect(answer.body.error).toMatchObject({ code: 2201, key: 'ITEM_NOT_FOUND' });
    }
  });

  test('another merchant’s trade is forbidden, by its id; by its externalId it does not exist for me', async () => {
    const owner = await world().merchant();
    const stranger = await world().merchant();
    const trade = await owner.buys([world().testListing('never-ships')], { externalId: 'theirs' });
    const answer = await stranger.cancels(trade.id, trade.items[0]?.id ?? '');
    expect(answer.status).toBe(403);
    expect(answer.body.error).toMatchObject({ code: 1300, key: 'FORBIDDEN' });
    expect((await stranger.cancels('theirs', trade.items[0]?.id ?? '')).status).toBe(404);
  });

  test('a client’s trade of my own shop is forbidden on the merchant’s route', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.client().withdraws([world().testListing('never-ships')]);
    const answer = await merchant.cancels(trade.id, trade.items[0]?.id ?? '');
    expect(answer.status).toBe(403);
    expect(answer.body.error).toMatchObject({ code: 1300, key: 'FORBIDDEN' });
  });

  test('an item that is not in the trade is not found', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships', 1)]);
    const answer = await merchant.cancels(trade.id, world().testListing('never-ships', 2).id);
    expect(answer.status).toBe(404);
    expect(answer.body.error).toMatchObject({ code: 2201, key: 'ITEM_NOT_FOUND' });
  });
});

describe('what can be cancelled', () => {
  test('an item that was bought in the moment in which the sandbox’s clock was moved', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const { body } = await merchant.asksToBuy([listing]);
    await world().call('POST', '/sandbox/clock', { body: { advance: '31m' } });
    expect((await merchant.cancels(body.data.id, listing.id)).status).toBe(200);
  });

  test('a Rust item cannot: its marketplace has no cancel', async () => {
    const merchant = await world().merchant();
    const listing = world().rustListing('never-ships');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 28, key: 'TRADE_NOT_CANCELLABLE' });
    expect(answer.body.error?.details).toEqual({ reason: 'not_supported' });
  });

  test('a deposit cannot: it is no withdrawal', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    const { db } = world().gateway.deps;
    await db.updateTable('trade').set({ type: 'deposit' }).where('id', '=', trade.id).execute();
    const answer = await merchant.cancels(trade.id, listing.id);
    await db.updateTable('trade').set({ type: 'withdraw' }).where('id', '=', trade.id).execute();
    expect(answer.body.error).toMatchObject({ code: 28, details: { reason: 'not_a_withdrawal' } });
  });

  test('an item that is over cannot, and being over counts before being young', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('purchase-refused');
    const trade = await merchant.buys([listing]);
    expect((await merchant.item(trade.id, listing.id)).status).toBe('failed');
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 28, details: { reason: 'already_closed' } });
  });

  test('an item of less than 30 minutes is too young, and I am told when it will not be', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 27, key: 'TRADE_CANCEL_TOO_SOON' });
    const cancellableAt = new Date(String(answer.body.error?.details?.['cancellableAt']));
    expect(cancellableAt.getTime()).toBe(new Date(trade.createdAt).getTime() + 30 * 60_000);
    const retryAfter = Number(answer.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(29 * 60);
    expect(retryAfter).toBeLessThanOrEqual(30 * 60);
  });

  test('the boundary is exact: at 29 m 59 s too soon, at 30 m 0 s accepted', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([listing]);
    const { db } = world().gateway.deps;
    const aged = (ms: number) =>
      db
        .updateTable('item')
        .set({ created_at: new Date(world().now.getTime() - ms) })
        .where('trade_id', '=', trade.id)
        .execute();
    await world().passes('31m'); // the marketplace has the same rule for its order
    await aged(30 * 60_000 - 1000);
    const early = await merchant.cancels(trade.id, listing.id);
    expect(early.body.error?.code).toBe(27);
    expect(early.headers.get('retry-after')).toBe('1');
    await aged(30 * 60_000);
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
  });
});

describe('the marketplace accepts', () => {
  test('I get 200 with the internal ids, and nothing has changed yet: not the item, not the trade, not the balance', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([listing], {
      externalId: 'order-1',
      items: [{ itemId: listing.id, price: listing.price, externalId: 'line-1' }],
    });
    await world().passes('30m');
    const before = { trade: await merchant.trade(trade.id), balance: await merchant.balance() };
    const answer = await merchant.cancels('order-1', 'line-1');
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({
      tradeId: trade.id,
      itemId: listing.id,
      externalId: 'line-1',
      status: 'cancelled',
    });
    await world().settles();
    const after = await merchant.trade(trade.id);
    expect(after.items[0]?.cancellation).toMatchObject({ status: 'accepted' });
    const items = after.items.map(({ cancellation: _own, ...item }) => item);
    expect({ trade: { ...after, items }, balance: await merchant.balance() }).toEqual(before);
    expect(merchant.callbacksOf(trade.id).at(-1)?.trade.status).toBe('pending');
  });

  test('later, by the marketplace’s word, the item is reverted, I am refunded once, and I am told', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([listing]);
    await world().passes('30m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
    await world().passes('10m');
    expect(await merchant.item(trade.id, listing.id)).toMatchObject({ status: 'reverted' });
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'reverted', revertedBy: 'supplier' });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    const told = merchant.callbacksOf(trade.id);
    expect(told.map((callback) => callback.trade.status)).toEqual(['pending', 'reverted']);
    expect(told.map((callback) => callback.verdict)).toEqual(['verified', 'verified']);
    await world().passes('2 days');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('asking again before it is settled gives the same answer, and the marketplace is not asked again', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([listing]);
    await world().passes('30m');
    const first = await merchant.cancels(trade.id, listing.id);
    const second = await merchant.cancels(trade.id.toUpperCase(), listing.id);
    expect(second.status).toBe(200);
    expect(second.body.data).toEqual(first.body.data);
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(1);
  });

  test('fifty equal cancels at once: one call to the marketplace, fifty times 200, one refund', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([listing]);
    await world().passes('30m');
    const answers = await Promise.all(Array.from({ length: 50 }, () => merchant.cancels(trade.id, listing.id)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(200));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body.data))).size).toBe(1);
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(1);
    await world().passes('10m');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    const refunds = await world()
      .gateway.deps.db.selectFrom('transfer')
      .selectAll()
      .where('merchant_id', '=', merchant.id)
      .where('kind', '=', 'refund')
      .execute();
    expect(refunds).toHaveLength(1);
  });

  test('cancelling one item of several leaves the others alone', async () => {
    const merchant = await world().merchant();
    const listings = [
      world().testListing('never-ships', 1),
      world().testListing('never-ships', 2),
      world().testListing('ships-at-once', 1),
    ];
    const trade = await merchant.buys(listings);
    await world().passes('31m');
    const [first, second, third] = listings.map((listing) => listing.id);
    expect((await merchant.cancels(trade.id, first ?? '')).status).toBe(200);
    await world().until(async () => (await merchant.item(trade.id, first ?? '')).status === 'reverted', 'reverted');
    expect((await merchant.item(trade.id, second ?? '')).status).toBe('pending');
    expect((await merchant.item(trade.id, third ?? '')).status).toBe('hold');
    expect((await merchant.trade(trade.id)).status).toBe('pending');
  });

  test('a body is not read, whatever it is', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([listing]);
    await world().passes('30m');
    const json = { 'content-type': 'application/json' };
    expect((await merchant.cancels(trade.id, listing.id, { headers: json })).status).toBe(200);
    expect((await merchant.cancels(trade.id, listing.id, { body: '{broken', headers: json })).status).toBe(200);
    const text = { 'content-type': 'text/plain' };
    expect((await merchant.cancels(trade.id, listing.id, { body: 'x'.repeat(1_000_000), headers: text })).status).toBe(
      200,
    );
  });

  test('delivery can still win: the item goes on to me, there is no refund, and I am told', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('delivers-despite-cancel');
    const trade = await merchant.buys([listing]);
    const paid = await merchant.balance();
    await world().passes('30m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
    await world().passes('2m');
    expect((await merchant.item(trade.id, listing.id)).status).toBe('hold');
    expect(await merchant.balance()).toEqual(paid);
    expect(merchant.callbacksOf(trade.id).at(-1)?.trade.status).toBe('hold');
    await world().passes('8 days');
    expect((await merchant.item(trade.id, listing.id)).status).toBe('completed');
    expect((await merchant.balance()).pendingBalance).toBe(0);
    const cancellation = await world()
      .gateway.deps.db.selectFrom('cancellation')
      .select('state')
      .where('trade_id', '=', trade.id)
      .executeTakeFirstOrThrow();
    expect(cancellation.state).toBe('lost');
  });
});

describe('the marketplace refuses', () => {
  test('I get 28 with the reason, and may ask again', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('refuses-to-cancel');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    for (const answer of [await merchant.cancels(trade.id, listing.id), await merchant.cancels(trade.id, listing.id)]) {
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code: 28, key: 'TRADE_NOT_CANCELLABLE' });
      expect(answer.body.error?.details?.['reason']).toBeTypeOf('string');
    }
    // The order says that its seller is delivering: the marketplace would charge for being asked.
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(0);
    expect((await merchant.item(trade.id, listing.id)).status).toBe('pending');
  });

  test('an item that was sent is refused as such', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('ships-at-once');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.body.error).toMatchObject({ code: 28, details: { reason: 'already_sent' } });
  });
});

describe('my cancel comes to the marketplace twice', () => {
  test('the answer "closed already" was my own doing: I get 200, and am refunded once', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-arrives-twice');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({ itemId: listing.id, status: 'cancelled' });
    await world().until(async () => (await merchant.item(trade.id, listing.id)).status === 'reverted', 'reverted');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });
});

describe('the marketplace gives no clear answer', () => {
  test.each(['cancel-503', 'cancel-timeout', 'cancel-html', 'cancel-connection-cut'])(
    '%s: I get 503, the request is kept, and in the end I am refunded once',
    async (behaviour) => {
      const merchant = await world().merchant();
      const listing = world().testListing(behaviour);
      const trade = await merchant.buys([listing]);
      await world().passes('31m');
      const before = await merchant.balance();
      const answer = await merchant.cancels(trade.id, listing.id);
      expect(answer.status).toBe(503);
      expect(answer.body.error).toMatchObject({
        code: 1009,
        key: 'SERVICE_UNAVAILABLE',
        details: { outcome: 'unknown' },
      });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await merchant.balance()).toEqual(before);
      await world().passes('1m');
      await world().until(async () => (await merchant.item(trade.id, listing.id)).status === 'reverted', 'reverted');
      expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    },
  );

  test('asking again while it is unknown asks the marketplace, and gives me what it says then', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-503');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(503);
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
  });
});
