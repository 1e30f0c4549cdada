import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/approvals/decide.ts';
import { makeDuePurchases } from '../../src/buying/make-purchase.ts';
import { insertRequest } from '../../src/cancellations/store.ts';
import { cancelItem } from '../../src/cancelling/cancel-item.ts';
import { later, MINUTE_MS } from '../../src/core/clock.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import type { Merchant } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

/** A request to cancel that is kept is kept, and a cancel that worked is never answered as a failure. */

// Many of these merchants do not answer, and each time the gateway waits for so long.
const world = useOwnWorld({ APPROVAL_TIMEOUT_MS: '2000' });

const db = () => world().gateway.deps.db;

async function itemOf(tradeId: string) {
  return db().selectFrom('item').selectAll().where('trade_id', '=', tradeId).executeTakeFirstOrThrow();
}

async function requestsOf(tradeId: string) {
  const requests = db().selectFrom('cancellation').select(['id', 'state', 'reason', 'attempts', 'due_at']);
  return requests.where('trade_id', '=', tradeId).orderBy('requested_at').execute();
}

/** Item and order are older by so much, for the gateway; the marketplace's own clock stays as it is. */
async function makeOlder(tradeId: string, by: string): Promise<void> {
  const earlier = (column: string) => sql<Date>`${sql.ref(column)} - ${by}::interval`;
  await db()
    .updateTable('item')
    .set({ created_at: earlier('created_at') })
    .where('trade_id', '=', tradeId)
    .execute();
  const ordered = { ordered_at: earlier('ordered_at') };
  await db().updateTable('purchase').set(ordered).where('trade_id', '=', tradeId).execute();
}

/** Buys one item whose merchant does not answer whether it may be bought; it is 31 minutes old by now. */
async function waitsForApproval(merchant: Merchant, behaviour = 'never-ships') {
  const listing = world().testListing(behaviour);
  merchant.says('nothing');
  const { body } = await merchant.asksToBuy([listing]);
  expect(body.error).toBeUndefined();
  await world().until(() => merchant.questionsAbout(body.data.id).length === 1, 'asked');
  await makeOlder(body.data.id, '31 minutes');
  return { trade: body.data as { id: string }, listing };
}

async function purchasesOf(tradeId: string) {
  const purchases = db().selectFrom('purchase').select(['state', 'asked_at']).where('trade_id', '=', tradeId);
  return purchases.execute();
}

/** Approved while no worker runs: the purchase is recorded, and nobody has sent it. */
async function approveWithoutBuying(merchant: Merchant, tradeId: string): Promise<void> {
  const { deps } = world().gateway;
  const idle = { ...deps, jobs: { enqueue: async () => {} } };
  const ref = { merchantId: merchant.id, tradeId };
  await inTransaction(deps, (trx) => decide(idle, trx, ref, { state: 'approved' }));
}

describe('an item that no marketplace was asked to sell', () => {
  test('is cancelled at once while it waits for my approval, and nothing is bought when I approve later', async () => {
    const merchant = await world().merchant();
    const { trade, listing } = await waitsForApproval(merchant);
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.body.data).toMatchObject({ tradeId: trade.id, itemId: listing.id, status: 'cancelled' });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    merchant.says(200);
    await world().passes('1h');
    expect(await merchant.item(trade.id, listing.id)).toMatchObject({
      status: 'canceled',
      cancellation: { status: 'settled' },
    });
    expect((await merchant.trade(trade.id)).status).toBe('canceled');
    expect(await purchasesOf(trade.id)).toEqual([]);
    const told = merchant.callbacksOf(trade.id);
    expect(told.map((callback) => callback.trade.status)).toEqual(['canceled']);
  });

  test('is cancelled alone: the other items of the trade still wait for my approval', async () => {
    const merchant = await world().merchant();
    const listings = [world().testListing('never-ships', 1), world().testListing('never-ships', 2)];
    merchant.says('nothing');
    const { body } = await merchant.asksToBuy(listings);
    await world().until(() => merchant.questionsAbout(body.data.id).length === 1, 'asked');
    await makeOlder(body.data.id, '31 minutes');
    expect((await merchant.cancels(body.data.id, listings[0]?.id ?? '')).status).toBe(200);
    expect((await merchant.trade(body.data.id)).status).toBe('initiated');
    merchant.says(200);
    await world().passes('1m');
    const trade = await merchant.trade(body.data.id);
    expect(trade.items.map(({ status }) => status)).toEqual(['canceled', 'pending']);
    expect((await merchant.balance()).pendingBalance).toBe(listings[1]?.price);
  });

  test('is cancelled after my approval as well, as long as the purchase was not sent', async () => {
    const merchant = await world().merchant();
    const { trade, listing } = await waitsForApproval(merchant);
    await approveWithoutBuying(merchant, trade.id);
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
    await world().passes('1h');
    expect((await merchant.item(trade.id, listing.id)).status).toBe('canceled');
    expect(await purchasesOf(trade.id)).toEqual([{ state: 'refused', asked_at: null }]);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test.each(['before', 'after'])('is not bought when a request is open already %s my approval', async (moment) => {
    const merchant = await world().merchant();
    const { trade, listing } = await waitsForApproval(merchant);
    const { deps } = world().gateway;
    const { id: itemId, supplier } = await itemOf(trade.id);
    const ids = { merchantId: merchant.id, tradeId: trade.id, itemId, supplier: supplier ?? '' };
    const open = { ...ids, actor: 'test', requestId: null, order: null, leasedUntil: world().now };
    // Held by a node that died: the purchase is due long before the request is.
    const opens = async () => {
      await insertRequest(deps, db(), open);
      const due_at = later(world().now, 10 * MINUTE_MS);
      await db().updateTable('cancellation').set({ due_at }).where('trade_id', '=', trade.id).execute();
    };
    if (moment === 'before') await opens();
    await approveWithoutBuying(merchant, trade.id);
    if (moment === 'after') await opens();
    await world().call('POST', '/sandbox/clock', { body: { advance: '1m' } });
    await makeDuePurchases(deps);
    await world().passes('1h');
    expect(await merchant.item(trade.id, listing.id)).toMatchObject({
      status: 'canceled',
      cancellation: { status: 'settled' },
    });
    expect((await purchasesOf(trade.id)).every(({ asked_at }) => asked_at === null)).toBe(true);
  });

  test('is too young to cancel in its first thirty minutes, like any other', async () => {
    const merchant = await world().merchant();
    merchant.says('nothing');
    const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
    const answer = await merchant.cancels(body.data.id, body.data.items[0].id);
    expect(answer.body.error?.key).toBe('TRADE_CANCEL_TOO_SOON');
    expect((await itemOf(body.data.id)).state).toBe('initiated');
  });
});

describe('when I wait until `cancellableAt`', () => {
  test('the item can be cancelled: the marketplace counts from its own order, and so does the time I am told', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    const early = await merchant.cancels(trade.id, listing.id);
    expect(early.body.error?.key).toBe('TRADE_CANCEL_TOO_SOON');
    const at = Date.parse(String(early.body.error?.details?.['cancellableAt']));
    await world().passes(`${at - world().now.getTime()}ms`);
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
  });

  test('a marketplace that finds the order too new all the same is 27 with a short Retry-After, and no refusal', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    await makeOlder(trade.id, '31 minutes');
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.body.error).toMatchObject({ code: 27, key: 'TRADE_CANCEL_TOO_SOON' });
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(5);
    const at = Date.parse(String(answer.body.error?.details?.['cancellableAt']));
    expect(at - world().now.getTime()).toBeLessThanOrEqual(5000);
  });
});

describe('a request that is kept', () => {
  async function keptRequest(behaviour: string) {
    const merchant = await world().merchant();
    const listing = world().testListing(behaviour);
    const trade = await merchant.buys([listing]);
    const { id: itemId, supplier } = await itemOf(trade.id);
    const ids = { merchantId: merchant.id, tradeId: trade.id, itemId, supplier: supplier ?? '' };
    const kept = { ...ids, actor: 'test', requestId: null, order: null, leasedUntil: world().now };
    const id = await insertRequest(world().gateway.deps, db(), kept);
    return { merchant, listing, trade, id: id ?? '' };
  }

  test('is not sent while the order is too new to cancel, says so, and is sent when it is not', async () => {
    const { merchant, listing, trade } = await keptRequest('never-ships');
    await world().passes('10s');
    const { cancellation } = await merchant.item(trade.id, listing.id);
    expect(cancellation).toMatchObject({ status: 'unknown', reason: 'too_early' });
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(0);
    await world().passes('31m');
    expect((await merchant.item(trade.id, listing.id)).status).toBe('reverted');
  });

  test('outlives a marketplace that says "too early", and is carried out later', async () => {
    const { merchant, listing, trade } = await keptRequest('never-ships');
    await makeOlder(trade.id, '31 minutes');
    await world().passes('20s');
    const [request] = await requestsOf(trade.id);
    expect(request).toMatchObject({ state: 'unknown', reason: 'too_early' });
    // By the time of the order, so that the cancel is not sent: it would cost a fee.
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(0);
    await world().passes('31m');
    expect((await merchant.item(trade.id, listing.id)).status).toBe('reverted');
    expect(await requestsOf(trade.id)).toMatchObject([{ state: 'settled' }]);
  });

  test('is told by callback when it is refused in the end, and is shown with the reason', async () => {
    const { merchant, listing, trade } = await keptRequest('refuses-to-cancel');
    const before = merchant.callbacksOf(trade.id).length;
    await world().passes('31m');
    const { status, cancellation } = await merchant.item(trade.id, listing.id);
    expect(status).toBe('pending');
    expect(cancellation).toMatchObject({ status: 'refused', reason: 'not_allowed' });
    const told = merchant.callbacksOf(trade.id).slice(before);
    expect(told.map((callback) => callback.trade.items[0]?.cancellation)).toEqual([cancellation]);
  });

  test('is shown in GET and in callbacks from the 503 on to its end', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-timeout');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.body.error).toMatchObject({
      key: 'SERVICE_UNAVAILABLE',
      details: { outcome: 'unknown', reason: 'no_clear_answer' },
    });
    const { cancellation } = await merchant.item(trade.id, listing.id);
    expect(['requested', 'unknown', 'accepted']).toContain(cancellation?.status);
    await world().passes('1m');
    const last = merchant.callbacksOf(trade.id).at(-1)?.trade.items[0];
    expect(last).toMatchObject({ status: 'reverted', cancellation: { status: 'settled' } });
  });

  test('names no marketplace that was not asked: nobody knows yet whether the item was bought', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('buy-never-arrives');
    merchant.says(200);
    const { body } = await merchant.asksToBuy([listing]);
    const isUnknown = async () => (await purchasesOf(body.data.id)).some(({ state }) => state === 'unknown');
    await world().until(isUnknown, 'nobody knows', 20_000);
    await makeOlder(body.data.id, '31 minutes');
    const answer = await merchant.cancels(body.data.id, listing.id);
    expect(answer.body.error).toMatchObject({
      key: 'SERVICE_UNAVAILABLE',
      details: { outcome: 'unknown', reason: 'not_bought_yet' },
    });
    expect(answer.body.error?.message).toContain('was not asked');
  });
});

describe('a cancel that worked', () => {
  async function cancelled(requestId: string) {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    const headers = { 'x-request-id': requestId };
    const answer = await merchant.cancels(trade.id, listing.id, { headers });
    expect(answer.status).toBe(200);
    await world().settles();
    expect((await merchant.item(trade.id, listing.id)).status).toBe('reverted');
    return { merchant, listing, trade, answer };
  }

  test('is answered the same when I repeat the request because its answer was lost', async () => {
    const requestId = randomUUID();
    const { merchant, listing, trade, answer } = await cancelled(requestId);
    const again = await merchant.cancels(trade.id, listing.id, { headers: { 'x-request-id': requestId } });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(answer.body);
    await world().passes('8h');
    const later = await merchant.cancels(trade.id, listing.id, { headers: { 'x-request-id': requestId } });
    expect(later.body).toEqual(answer.body);
  });

  test('is answered the same to every one of fifty equal requests, also when it is settled in between', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    const ids = Array.from({ length: 50 }, () => randomUUID());
    const cancel = (id: string) => merchant.cancels(trade.id, listing.id, { headers: { 'x-request-id': id } });
    const answers = await Promise.all(ids.map(cancel));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    await world().settles();
    const [, joined = ''] = ids;
    expect((await cancel(joined)).status).toBe(200);
  });

  test('answers a request that came while it was open, although it is settled when the request is judged', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    const askedAt = world().now;
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
    await world().settles();
    const request = { merchantId: merchant.id, source: 'self' as const, steamId: null, actor: 'test' };
    const late = { ...request, requestId: randomUUID(), askedAt };
    const refs = { tradeRef: trade.id, itemRef: listing.id };
    expect(await cancelItem(world().gateway.deps, late, refs)).toMatchObject({ status: 'cancelled' });
  });

  test('tells a later, different request what became of the item', async () => {
    const { merchant, listing, trade } = await cancelled(randomUUID());
    const answer = await merchant.cancels(trade.id, listing.id);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code: 28,
      details: { reason: 'already_cancelled', status: 'reverted', revertedBy: 'supplier', refunded: listing.price },
    });
  });

  test('is told apart from an item that failed, and from one that was delivered', async () => {
    const merchant = await world().merchant();
    const listings = [world().testListing('purchase-refused'), world().testListing('ships-at-once')];
    const trade = await merchant.buys(listings);
    await world().passes('8d');
    const [failed, delivered] = await Promise.all(listings.map((listing) => merchant.cancels(trade.id, listing.id)));
    expect(failed?.body.error?.details).toEqual({
      reason: 'already_closed',
      status: 'failed',
      refunded: listings[0]?.price,
    });
    expect(delivered?.body.error?.details).toEqual({ reason: 'already_closed', status: 'completed', refunded: 0 });
  });

  test('of a whole trade is answered the same when I repeat it', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships', 1), world().testListing('never-ships', 2)]);
    await world().passes('31m');
    const headers = { 'x-request-id': randomUUID() };
    const first = await merchant.cancelsTrade(trade.id, { headers });
    expect(first.body.data).toMatchObject({ requested: 2, cancelled: 2 });
    await world().settles();
    expect((await merchant.cancelsTrade(trade.id, { headers })).body).toEqual(first.body);
    expect((await merchant.cancelsTrade(trade.id)).body.error?.key).toBe('TRADE_NOT_CANCELLABLE');
  });

  test('and was overtaken by delivery afterwards is still answered as it was to the request that was accepted', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('delivers-despite-cancel');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    const headers = { 'x-request-id': randomUUID() };
    expect((await merchant.cancels(trade.id, listing.id, { headers })).status).toBe(200);
    await world().passes('2m');
    expect(await merchant.item(trade.id, listing.id)).toMatchObject({
      status: 'hold',
      cancellation: { status: 'lost' },
    });
    expect((await merchant.cancels(trade.id, listing.id, { headers })).status).toBe(200);
    await world().passes('1h');
    expect((await merchant.cancels(trade.id, listing.id, { headers })).status).toBe(200);
    expect((await requestsOf(trade.id)).length).toBe(1);
  });
});
