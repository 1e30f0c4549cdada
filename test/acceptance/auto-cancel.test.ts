import { describe, expect, test } from 'vitest';
import { insertRequest } from '../../src/cancellations/store.ts';
import { recordRequest } from '../../src/cancelling/trade-lock.ts';
import { CollectedOutput } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { later, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { measureBacklog } from '../../src/gateway/backlog.ts';
import { accounts, Client } from '../support/client.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld, World } from '../support/world.ts';

/** After `autoCancel` minutes, what the seller has not sent is cancelled. */

const world = useWorld();

const minutesAfter = (trade: { createdAt: string }, minutes: number) =>
  new Date(Date.parse(trade.createdAt) + minutes * MINUTE_MS).toISOString();

async function cancellationsOf(tradeId: string) {
  return world()
    .gateway.deps.db.selectFrom('cancellation')
    .select(['id', 'state', 'actor', 'request_id', 'reason', 'requested_at'])
    .where('trade_id', '=', tradeId)
    .orderBy('requested_at')
    .execute();
}

async function itemOf(tradeId: string) {
  return world()
    .gateway.deps.db.selectFrom('item')
    .selectAll()
    .where('trade_id', '=', tradeId)
    .executeTakeFirstOrThrow();
}

/** Trade and items are older by so much, and their time has come so much nearer. */
async function makeOlder(tradeId: string, ms: number): Promise<void> {
  const { db } = world().gateway.deps;
  const { created_at, auto_cancel_at } = await db
    .selectFrom('trade')
    .select(['created_at', 'auto_cancel_at'])
    .where('id', '=', tradeId)
    .executeTakeFirstOrThrow();
  const trade = { created_at: later(created_at, -ms), auto_cancel_at: auto_cancel_at && later(auto_cancel_at, -ms) };
  await db.updateTable('trade').set(trade).where('id', '=', tradeId).execute();
  for (const { id, ...item } of await db.selectFrom('item').selectAll().where('trade_id', '=', tradeId).execute()) {
    const { created_at, auto_cancel_due_at: due } = item;
    const older = { created_at: later(created_at, -ms), auto_cancel_due_at: due && later(due, -ms) };
    await db.updateTable('item').set(older).where('id', '=', id).execute();
  }
}

/** The order was made so much earlier. */
async function makeOrderOlder(tradeId: string, ms: number): Promise<void> {
  const { db } = world().gateway.deps;
  const order = db.selectFrom('purchase').select('ordered_at').where('trade_id', '=', tradeId);
  const { ordered_at } = await order.executeTakeFirstOrThrow();
  const older = ordered_at && later(ordered_at, -ms);
  await db.updateTable('purchase').set({ ordered_at: older }).where('trade_id', '=', tradeId).execute();
}

/** The trade was made half an hour before this moment, at which its time comes. */
async function comesAt(tradeId: string, at: Date): Promise<void> {
  const created_at = new Date(at.getTime() - 30 * MINUTE_MS);
  const { db } = world().gateway.deps;
  await db.updateTable('trade').set({ created_at, auto_cancel_at: at }).where('id', '=', tradeId).execute();
  const item = db.updateTable('item').set({ created_at, auto_cancel_due_at: at });
  await item.where('trade_id', '=', tradeId).execute();
}

async function isReverted(merchant: Merchant, tradeId: string): Promise<void> {
  await world().until(async () => (await merchant.trade(tradeId)).status === 'reverted', 'reverted');
}

describe('when it is', () => {
  test.each([30, 31, 90, 719])('I say %i minutes, and the trade shows the moment', async (autoCancel) => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('purchase-refused')], { autoCancel });
    expect(trade.autoCancelAt).toBe(minutesAfter(trade, autoCancel));
    expect((await merchant.trade(trade.id)).autoCancelAt).toBe(trade.autoCancelAt);
  });

  test('720 is never, and so is not saying anything', async () => {
    const merchant = await world().merchant();
    for (const extra of [{ autoCancel: 720 }, {}]) {
      const trade = await merchant.buys([world().testListing('never-ships')], extra);
      expect(trade).not.toHaveProperty('autoCancelAt');
      expect((await itemOf(trade.id)).auto_cancel_due_at).toBeNull();
    }
  });

  test('on Rust it means nothing: nothing there can be cancelled', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().rustListing('never-ships')], { autoCancel: 30 });
    expect(trade).not.toHaveProperty('autoCancelAt');
    await world().passes('31m');
    expect((await merchant.trade(trade.id)).status).toBe('pending');
  });

  test('where a buy does not say, the operator’s setting counts', async () => {
    const other = await World.start({ AUTO_CANCEL_MIN: '45' });
    try {
      const merchant = await other.merchant();
      const silent = await merchant.buys([other.testListing('never-ships', 1)]);
      expect(silent.autoCancelAt).toBe(minutesAfter(silent, 45));
      const off = await merchant.buys([other.testListing('never-ships', 2)], { autoCancel: 720 });
      expect(off).not.toHaveProperty('autoCancelAt');
      await other.passes('45m');
      await other.until(async () => (await merchant.trade(silent.id)).status === 'reverted', 'reverted');
      expect((await merchant.trade(off.id)).status).toBe('pending');
    } finally {
      await other.stop();
    }
  });
});

describe('its time comes', () => {
  test('at the very minute from which an item can be cancelled, and not before, it is, and I am refunded once', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing], { autoCancel: 60 });
    await world().passes('31m');
    const at = new Date(world().now.getTime() + 1000);
    await comesAt(trade.id, at);
    await world().until(async () => (await cancellationsOf(trade.id)).length > 0, 'its time has come');
    const [cancellation] = await cancellationsOf(trade.id);
    const lateMs = (cancellation?.requested_at.getTime() ?? 0) - at.getTime();
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(5000);
    await isReverted(merchant, trade.id);
    await world().settles();
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(await cancellationsOf(trade.id)).toMatchObject([{ state: 'settled', actor: 'timer', request_id: null }]);
    expect(merchant.callbacksOf(trade.id).map((callback) => callback.trade.status)).toEqual(['pending', 'reverted']);
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(1);
  });

  test('what was sent by then is left alone', async () => {
    const merchant = await world().merchant();
    const listings = [world().testListing('ships-at-once'), world().testListing('never-ships')];
    const trade = await merchant.buys(listings, { autoCancel: 30 });
    await world().passes('2s');
    const sent = world().gateway.deps.db.selectFrom('item').select(['state', 'auto_cancel_due_at']);
    expect(await sent.where('trade_id', '=', trade.id).orderBy('position').execute()).toEqual([
      { state: 'hold', auto_cancel_due_at: null },
      { state: 'pending', auto_cancel_due_at: new Date(trade.autoCancelAt ?? '') },
    ]);
    await world().passes('30m');
    await world().until(
      async () => (await merchant.item(trade.id, listings[1]?.id ?? '')).status === 'reverted',
      'reverted',
    );
    expect((await merchant.item(trade.id, listings[0]?.id ?? '')).status).toBe('hold');
    expect((await cancellationsOf(trade.id)).length).toBe(1);
    expect((await world().supplierCalls(merchant.id, trade.id, listings[0]?.id ?? '')).cancelCalls).toBe(0);
    // It still says when it was.
    expect((await merchant.trade(trade.id)).autoCancelAt).toBe(minutesAfter(trade, 30));
  });

  test('I have cancelled it myself by then: there is one request, mine, and one call', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([listing], { autoCancel: 31 });
    await world().passes('30m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
    await world().passes('2m');
    expect((await cancellationsOf(trade.id)).map((cancellation) => cancellation.actor)).toEqual([
      `merchant:${merchant.keyId}`,
    ]);
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(1);
    expect((await itemOf(trade.id)).auto_cancel_due_at).toBeNull();
  });

  test('a client’s withdrawal is cancelled by its time, too', async () => {
    const merchant = await world().merchant();
    const trade = await new Client(world(), merchant, accounts.ann).withdraws([world().testListing('never-ships')], {
      autoCancel: 30,
    });
    expect(trade.autoCancelAt).toBe(minutesAfter(trade, 30));
    await world().passes('30m');
    await isReverted(merchant, trade.id);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect((await cancellationsOf(trade.id)).map((cancellation) => cancellation.actor)).toEqual(['timer']);
  });

  test('and I cancel it at that moment too: one call, one refund', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([listing], { autoCancel: 60 });
    await world().passes('31m');
    await comesAt(trade.id, world().now);
    const asks = () => Array.from({ length: 5 }, () => merchant.cancels(trade.id, listing.id));
    const first = asks();
    await world().until(async () => (await cancellationsOf(trade.id)).length > 0, 'somebody was first');
    const answers = await Promise.all([...first, ...asks()]);
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
    await world().settles();
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(1);
    await world().passes('10m');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test.each(['cancel-503', 'cancel-timeout', 'cancel-html', 'cancel-connection-cut', 'cancel-arrives-twice'])(
    '%s: without a clear answer its request goes on until there is one, and I am refunded once',
    async (behaviour) => {
      const merchant = await world().merchant();
      const trade = await merchant.buys([world().testListing(behaviour)], { autoCancel: 30 });
      await world().passes('31m');
      await world().passes('1m');
      await isReverted(merchant, trade.id);
      expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
      expect((await cancellationsOf(trade.id)).map((cancellation) => cancellation.actor)).toEqual(['timer']);
    },
  );

  test('the marketplace refuses: the timer has had its say, and I may go on asking', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('refuses-to-cancel');
    const trade = await merchant.buys([listing], { autoCancel: 30 });
    await world().passes('30m');
    await world().passes('6h');
    expect(await cancellationsOf(trade.id)).toMatchObject([
      { state: 'refused', actor: 'timer', reason: 'not_allowed' },
    ]);
    expect((await itemOf(trade.id)).auto_cancel_due_at).toBeNull();
    const before = await world().refusedCancels();
    expect((await merchant.cancels(trade.id, listing.id)).body.error?.code).toBe(28);
    expect(await world().refusedCancels()).toBe(before + 1);
  });

  test('its marketplace cannot cancel at all: nobody asks for a cancel, and it is not looked at for ever', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')], { autoCancel: 30 });
    const supplier = world().gateway.deps.suppliers.get('cs2dt');
    const { cancel } = supplier;
    try {
      Object.assign(supplier, { cancel: null });
      await world().passes('31m');
    } finally {
      Object.assign(supplier, { cancel });
    }
    expect(await cancellationsOf(trade.id)).toEqual([]);
    expect(await itemOf(trade.id)).toMatchObject({ state: 'pending', auto_cancel_due_at: null });
  });

  test('delivery can still win, and then there is no refund', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('delivers-despite-cancel')], { autoCancel: 30 });
    const paid = await merchant.balance();
    await world().passes('30m');
    await world().passes('2m');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    expect(await merchant.balance()).toEqual(paid);
    expect(await cancellationsOf(trade.id)).toMatchObject([{ state: 'lost', actor: 'timer' }]);
  });

  test('an order that is younger there than the item here is asked for again a little later', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')], { autoCancel: 30 });
    // As if the gate had taken twenty seconds: the item is older than its order.
    await makeOlder(trade.id, 20 * SECOND_MS);
    await world().passes('1785s');
    expect(await cancellationsOf(trade.id)).toEqual([]);
    expect((await itemOf(trade.id)).auto_cancel_due_at).not.toBeNull();
    await world().passes('20s');
    await isReverted(merchant, trade.id);
    expect((await cancellationsOf(trade.id)).at(-1)).toMatchObject({ state: 'settled', actor: 'timer' });
  });

  test('a marketplace that finds the order too new all the same is asked again a little later', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')], { autoCancel: 30 });
    // As if the marketplace's clock were twenty seconds behind.
    await makeOlder(trade.id, 20 * SECOND_MS);
    await makeOrderOlder(trade.id, 20 * SECOND_MS);
    await world().passes('1785s');
    expect((await itemOf(trade.id)).state).toBe('pending');
    expect((await itemOf(trade.id)).auto_cancel_due_at).not.toBeNull();
    await world().passes('1m');
    await isReverted(merchant, trade.id);
  });
});

test('its request has no answer yet, the item is sent, and I cancel it myself: the marketplace is asked, not the timer’s rule', async () => {
  const merchant = await world().merchant();
  const listing = world().testListing('ships-later');
  const trade = await merchant.buys([listing], { autoCancel: 60 });
  await world().passes('11m');
  expect((await merchant.item(trade.id, listing.id)).status).toBe('active');
  await makeOlder(trade.id, 50 * MINUTE_MS);
  await makeOrderOlder(trade.id, 50 * MINUTE_MS);
  const { id: itemId, supplier } = await itemOf(trade.id);
  const cancellation = { merchantId: merchant.id, tradeId: trade.id, itemId, supplier: supplier ?? '', actor: 'timer' };
  const { deps } = world().gateway;
  await insertRequest(deps, deps.db, { ...cancellation, requestId: null, order: null, leasedUntil: world().now });

  const before = await world().refusedCancels();
  const answer = await merchant.cancels(trade.id, listing.id);
  expect(await world().refusedCancels()).toBe(before + 1);
  expect(answer.status).toBe(400);
  expect(await cancellationsOf(trade.id)).toMatchObject([{ state: 'refused', actor: `merchant:${merchant.keyId}` }]);
});

describe('it is not known whether the item was bought', () => {
  /** Buys once more when the first look-up was under way already: it comes late enough for the timer to be first. */
  async function boughtUnknown(behaviour: string) {
    for (;;) {
      const bought = await buysAndPostpones(behaviour);
      await world().until(() => !world().gateway.isWorking(), 'no look-up is under way');
      if ((await stateOfPurchase(bought.trade.id)) === 'unknown') return bought;
    }
  }

  async function buysAndPostpones(behaviour: string) {
    const merchant = await world().merchant();
    const listing = world().testListing(behaviour);
    const answer = await merchant.asksToBuy([listing], { autoCancel: 30 });
    const trade: { id: string; createdAt: string } = answer.body.data;
    const { db } = world().gateway.deps;
    await world().until(async () => {
      const { numUpdatedRows } = await db
        .updateTable('purchase')
        .set({ due_at: new Date(world().now.getTime() + 300 * MINUTE_MS) })
        .where('trade_id', '=', trade.id)
        .where('state', '=', 'unknown')
        .executeTakeFirst();
      return numUpdatedRows > 0n || (await stateOfPurchase(trade.id)) === 'done';
    }, 'unknown');
    return { merchant, listing, trade };
  }

  async function stateOfPurchase(tradeId: string): Promise<string | undefined> {
    const purchases = world().gateway.deps.db.selectFrom('purchase').select('state');
    return (await purchases.where('trade_id', '=', tradeId).executeTakeFirst())?.state;
  }

  test('the request waits for that, and then goes on', async () => {
    const { merchant, trade } = await boughtUnknown('buy-answer-lost-never-ships');
    await world().passes('31m');
    expect(await cancellationsOf(trade.id)).toMatchObject([{ state: 'unknown', actor: 'timer' }]);
    await world().passes('5h');
    // On a busy machine a look-up may not be answered in time; the next one is ten minutes later.
    await world().passes('15m');
    await isReverted(merchant, trade.id);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(await cancellationsOf(trade.id)).toMatchObject([{ state: 'settled', actor: 'timer' }]);
  });

  test('it turns out to have been sent: the timer leaves it alone', async () => {
    const { merchant, listing, trade } = await boughtUnknown('buy-answer-lost');
    await world().passes('6m');
    await makeOlder(trade.id, 24 * MINUTE_MS);
    await world().until(async () => (await cancellationsOf(trade.id)).length === 1, 'the request waits');
    // The offer goes out ten minutes after the purchase.
    await world().passes('4m');
    await world().until(async () => (await merchant.item(trade.id, listing.id)).status === 'active', 'active');
    await world().settles();
    expect(await cancellationsOf(trade.id)).toMatchObject([
      { state: 'refused', actor: 'timer', reason: 'already_sent' },
    ]);
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(0);
    expect((await itemOf(trade.id)).auto_cancel_due_at).toBeNull();
  });

  test('what was sent meanwhile gets no request of the timer at all', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('recipient-declines');
    const trade = await merchant.buys([listing]);
    await world().passes('1s');
    const { id: itemId, supplier, state } = await itemOf(trade.id);
    expect(state).toBe('active');
    const { now } = world();
    const cancellation = {
      merchantId: merchant.id,
      tradeId: trade.id,
      itemId,
      supplier: supplier ?? '',
      actor: 'timer',
    };
    const { deps } = world().gateway;
    const request = { ...cancellation, requestId: null, askedAt: now, leasedUntil: now, trigger: 'timer' as const };
    expect(await recordRequest(deps, request)).toEqual({ kind: 'changed' });
    expect(await cancellationsOf(trade.id)).toEqual([]);
  });
});

test('an item that still waits for its approval is cancelled before anything is bought', async () => {
  const merchant = await world().merchant();
  merchant.says({ status: 503 });
  const listing = world().testListing('never-ships');
  const answer = await merchant.asksToBuy([listing], { autoCancel: 30 });
  const { id } = answer.body.data;
  await world().until(() => merchant.questionsAbout(id).length > 0, 'asked');
  await makeOlder(id, 31 * MINUTE_MS);
  await world().until(async () => (await itemOf(id)).state === 'canceled', 'cancelled');
  merchant.says({ status: 200 });
  await world().passes('1m');
  const { db } = world().gateway.deps;
  expect(await db.selectFrom('purchase').select('id').where('trade_id', '=', id).execute()).toEqual([]);
  expect(await cancellationsOf(id)).toMatchObject([{ state: 'settled', actor: 'timer' }]);
  expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
});

describe('a process dies', () => {
  /** Somebody has the item until so many minutes after it was created. */
  async function takenUpUntil(trade: { id: string; createdAt: string }, minutes: number): Promise<void> {
    const lease = { auto_cancel_due_at: new Date(minutesAfter(trade, minutes)) };
    await world().gateway.deps.db.updateTable('item').set(lease).where('trade_id', '=', trade.id).execute();
  }

  test('after it took the item up: the lease ends, and it is cancelled', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')], { autoCancel: 30 });
    await takenUpUntil(trade, 40);
    await world().passes('39m');
    expect(await cancellationsOf(trade.id)).toEqual([]);
    await world().passes('1m');
    await isReverted(merchant, trade.id);
  });

  test('with the call under way: nobody calls a second time until its lease is over, then the request goes on', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing], { autoCancel: 30 });
    await takenUpUntil(trade, 32);
    await world().passes('31m');
    const item = await itemOf(trade.id);
    const { deps } = world().gateway;
    const order = { purchaseId: item.id, orderId: 'any' };
    const leasedUntil = new Date(world().now.getTime() + 20 * MINUTE_MS);
    const cancellation = { merchantId: merchant.id, tradeId: trade.id, itemId: item.id, supplier: item.supplier ?? '' };
    await insertRequest(deps, deps.db, { ...cancellation, actor: 'timer', requestId: null, order, leasedUntil });
    const settled = world().until(async () => (await itemOf(trade.id)).state === 'reverted', 'reverted', 20_000);
    await world().call('POST', '/sandbox/clock', { body: { advance: '2m' } });
    await world().until(async () => +((await itemOf(trade.id)).auto_cancel_due_at ?? 0) > +world().now, 'looked at');
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(0);
    await world().call('POST', '/sandbox/clock', { body: { advance: '20m' } });
    await settled;
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(1);
    expect((await cancellationsOf(trade.id)).length).toBe(1);
  });
});

describe('an operator', () => {
  test('sees in a trade’s timeline when the timer comes, and that it was the timer', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')], { autoCancel: 30 });
    const show = async (...args: string[]) => {
      const output = new CollectedOutput();
      const { deps } = world().gateway;
      const run = runInGateway(['trade', 'show', trade.id, ...args], async () => ({ deps, applied: [] }), output);
      return output.with(await run);
    };
    expect((await show()).stdout).toMatch(new RegExp(`auto-cancel +${trade.autoCancelAt}`));
    await world().passes('30m');
    await isReverted(merchant, trade.id);
    expect((await show()).stdout).toMatch(/cancellation requests\n.* settled +timer /);
    const json = JSON.parse((await show('--json')).stdout);
    expect(json).toMatchObject({ autoCancelAt: trade.autoCancelAt, items: [{ autoCancelDueAt: null }] });
    expect(json.items[0].cancellations).toMatchObject([{ actor: 'timer', requestId: null, state: 'settled' }]);
  });

  test('sees in the metrics how many items the timer has not taken up', async () => {
    const { deps } = world().gateway;
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().rustListing('never-ships')]);
    await deps.db.transaction().execute(async (trx) => {
      const due = { auto_cancel_due_at: new Date(world().now.getTime() - 1000) };
      await trx.updateTable('item').set(due).where('trade_id', '=', trade.id).execute();
      await measureBacklog({ ...deps, db: trx });
      await trx.updateTable('item').set({ auto_cancel_due_at: null }).where('trade_id', '=', trade.id).execute();
    });
    expect(await world().metric('skinrail_due_rows', '{kind="auto-cancel"}')).toBe(1);
  });
});
