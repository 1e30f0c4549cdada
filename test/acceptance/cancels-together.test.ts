// Cancels that wait for the database at the same time share its statements. Nobody is to notice.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCancelGroups } from '../../src/cancellations/groups.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const db = () => world().gateway.deps.db;

/** How each of a merchant's cancels was answered. */
async function answersOf(merchant: Merchant, items: readonly (readonly [string, string])[]) {
  const answers = await Promise.all(items.map(([trade, item]) => merchant.cancels(trade, item)));
  return answers.map(({ status, body }) => (status === 200 ? status : [status, body.error?.key]));
}

test('merchants who cancel at the same moment each get the answer of their own item', async () => {
  const [ann, ben] = [await world().merchant(), await world().merchant()];
  const listing = (number: number) => world().testListing('never-ships', number);
  const [mine, his] = [await ann.buys([listing(1), listing(2)]), await ben.buys([listing(3)])];
  await world().passes('30m');
  const young = await ann.buys([listing(4)]);
  const [one, two] = [listing(1).id, listing(2).id];
  const [annsAnswers, bensAnswers] = await Promise.all([
    answersOf(ann, [
      [mine.id, one],
      [mine.id, 'none'],
      ['none', one],
      [young.id, listing(4).id],
      [his.id, listing(3).id],
      [mine.id, two],
    ]),
    answersOf(ben, [
      [mine.id, one],
      [his.id, listing(3).id],
    ]),
  ]);
  expect(annsAnswers).toEqual([
    200,
    [404, 'ITEM_NOT_FOUND'],
    [404, 'ITEM_NOT_FOUND'],
    [400, 'TRADE_CANCEL_TOO_SOON'],
    [403, 'FORBIDDEN'],
    200,
  ]);
  expect(bensAnswers).toEqual([[403, 'FORBIDDEN'], 200]);
  const open = await db().selectFrom('cancellation').select(['merchant_id', 'state']).execute();
  expect(open.filter(({ merchant_id }) => merchant_id === ann.id)).toHaveLength(2);
  expect(open.filter(({ merchant_id }) => merchant_id === ben.id)).toHaveLength(1);
});

test('one item under both of its names at once is asked about once', async () => {
  const merchant = await world().merchant();
  const listing = world().testListing('never-ships', 5);
  const items = [{ itemId: listing.id, price: listing.price, externalId: 'line-1' }];
  const trade = await merchant.buys([listing], { items });
  await world().passes('30m');
  expect(
    await answersOf(merchant, [
      [trade.id, listing.id],
      [trade.id, 'line-1'],
      [trade.id, listing.id],
    ]),
  ).toEqual([200, 200, 200]);
  expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(1);
});

test.each([
  ['of any merchants', false],
  ['of one merchant each, as on a cluster', true],
])('in statements %s, what cannot be read is its own caller’s error', async (_, isDistributed) => {
  const merchant = await world().merchant();
  const listing = world().testListing('never-ships', isDistributed ? 6 : 7);
  // It is too young to be cancelled, so that nothing is recorded.
  const trade = await merchant.buys([listing]);
  const { deps } = world().gateway;
  const groups = createCancelGroups({ ...deps, isDistributed });
  const now = deps.clock.now();
  const by = { source: 'self', steamId: null, actor: 'test', askedAt: now, now, trigger: 'request' } as const;
  const wanted = (itemRef: string, merchantId = merchant.id) => ({
    wanted: { ...by, merchantId, requestId: randomUUID() },
    tradeRef: trade.id,
    tradeId: trade.id,
    itemRef,
  });
  const found = await Promise.allSettled(
    [wanted('none'), wanted('none', randomUUID()), wanted('a\0b'), wanted(listing.id)].map((each) =>
      groups.find.call(each),
    ),
  );
  expect(found).toMatchObject([
    { value: { kind: 'no_item' } },
    { value: null },
    { status: 'rejected' },
    { value: { kind: 'bought' } },
  ]);
});

test('an acceptance that was overtaken is told so beside others that were not', async () => {
  const merchant = await world().merchant();
  const listings = [1, 2, 3].map((number) => world().testListing('cancel-confirmed-later', number));
  const trade = await merchant.buys(listings);
  await world().passes('30m');
  await Promise.all(listings.map(({ id }) => merchant.cancels(trade.id, id)));
  const asked = { state: 'requested', answered_at: null } as const;
  await db().updateTable('cancellation').set(asked).where('merchant_id', '=', merchant.id).execute();
  const rows = await db()
    .selectFrom('cancellation')
    .select(['id', 'attempts'])
    .where('merchant_id', '=', merchant.id)
    .orderBy('id')
    .execute();
  const readAt = world().now;
  const attempts = rows.map(({ id, attempts }, place) => ({
    merchantId: merchant.id,
    id,
    attempt: place === 1 ? attempts + 1 : attempts,
    readAt,
  }));
  // The first goes alone, the two others together.
  const { accept } = createCancelGroups(world().gateway.deps);
  expect(await Promise.all(attempts.map((each) => accept.call(each)))).toEqual([true, false, true]);
  const states = await db()
    .selectFrom('cancellation')
    .select('state')
    .where('merchant_id', '=', merchant.id)
    .orderBy('id')
    .execute();
  expect(states.map(({ state }) => state)).toEqual(['accepted', 'requested', 'accepted']);
  await db().updateTable('cancellation').set({ state: 'accepted' }).where('merchant_id', '=', merchant.id).execute();
});
