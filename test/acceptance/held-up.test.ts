import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makePurchase } from '../../src/buying/make-purchase.ts';
import { cancelItem } from '../../src/cancelling/cancel-item.ts';
import { recordAnswer, retryCancel, retryDueRequests } from '../../src/cancelling/engine.ts';
import { HOUR_MS, later, MINUTE_MS } from '../../src/core/clock.ts';
import type { Deps } from '../../src/deps.ts';
import { heard, type SupplierCall } from '../support/suppliers.ts';
import { useWorld } from '../support/world.ts';

/** A node can be held up anywhere: its machine sleeps, its disk hangs. Others have taken its work up when it goes on. */

const world = useWorld();

/** A node whose clock says this much more than everybody’s from its n-th look on. */
function heldUpAfter(looks: number, suppliers: Deps['suppliers']): Deps {
  const { deps } = world().gateway;
  let left = looks;
  const now = () => (left-- > 0 ? deps.clock.now() : later(deps.clock.now(), MINUTE_MS));
  return { ...deps, suppliers, clock: { ...deps.clock, now } };
}

async function boughtLongAgo(behaviour: string) {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing(behaviour)]);
  await world().passes('31m');
  const itemId = trade.items[0]?.id ?? '';
  const canceller = {
    merchantId: merchant.id,
    source: 'self' as const,
    steamId: null,
    actor: 'test',
    requestId: randomUUID(),
    askedAt: new Date(),
  };
  return { merchant, trade, itemId, canceller };
}

function cancellationOf(tradeId: string) {
  return world()
    .gateway.deps.db.selectFrom('cancellation')
    .select(['id', 'state', 'attempts', 'due_at'])
    .where('trade_id', '=', tradeId)
    .executeTakeFirstOrThrow();
}

/** A request whose first ask was answered 503, and which nobody takes up by itself. */
async function unknownCancellation() {
  const item = await boughtLongAgo('cancel-503');
  expect((await item.merchant.cancels(item.trade.id, item.itemId)).status).toBe(503);
  const { deps } = world().gateway;
  const due_at = later(deps.clock.now(), HOUR_MS);
  await deps.db.updateTable('cancellation').set({ due_at }).where('trade_id', '=', item.trade.id).execute();
  return { ...item, cancellation: await cancellationOf(item.trade.id) };
}

test('a node that was held up between recording a request and asking leaves the asking to the next', async () => {
  const { trade, itemId, canceller } = await boughtLongAgo('never-ships');
  const calls: SupplierCall[] = [];
  const suppliers = heard(world().gateway.deps.suppliers, (call) => void calls.push(call));
  const answer = cancelItem(heldUpAfter(1, suppliers), canceller, { tradeRef: trade.id, itemRef: itemId });
  await expect(answer).rejects.toMatchObject({ context: { details: { outcome: 'unknown' } } });
  expect(calls).toEqual([]);
  expect(await cancellationOf(trade.id)).toMatchObject({ state: 'requested', attempts: 1 });

  await world().passes('1m');
  expect(await cancellationOf(trade.id)).toMatchObject({ state: 'settled', attempts: 2 });
});

test('a node that was held up between marking a purchase and buying buys nothing', async () => {
  const merchant = await world().merchant();
  const { deps } = world().gateway;
  const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
  await world().settles();
  const [tradeId, itemId] = [body.data.id, body.data.items[0].id];
  const purchase = await deps.db
    .selectFrom('purchase')
    .select(['id', 'state'])
    .where('trade_id', '=', tradeId)
    .executeTakeFirstOrThrow();
  expect(purchase.state).toBe('done');
  // As it was before anybody asked, for a node that is about to.
  await deps.db
    .updateTable('purchase')
    .set({ state: 'recorded', due_at: null })
    .where('id', '=', purchase.id)
    .execute();
  const calls: SupplierCall[] = [];
  const suppliers = heard(deps.suppliers, (call) => void calls.push(call));
  await makePurchase(heldUpAfter(1, suppliers), { merchantId: merchant.id, purchaseId: purchase.id });
  expect(calls).toEqual([]);

  // Whoever finds it looks it up.
  await world().passes('1m');
  expect((await world().supplierCalls(merchant.id, tradeId, itemId)).buyCalls).toBe(1);
  expect((await merchant.item(tradeId, itemId)).status).toBe('pending');
});

test.each(['asked', 'unknown', 'done'] as const)(
  'a purchase that is %s is never asked for again, whoever has its job',
  async (state) => {
    const merchant = await world().merchant();
    const { deps } = world().gateway;
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const purchase = deps.db.selectFrom('purchase').select('id').where('trade_id', '=', trade.id);
    const { id } = await purchase.executeTakeFirstOrThrow();
    const never = later(deps.clock.now(), HOUR_MS);
    await deps.db.updateTable('purchase').set({ state, due_at: never }).where('id', '=', id).execute();
    const calls: SupplierCall[] = [];
    const suppliers = heard(deps.suppliers, (call) => void calls.push(call));
    await makePurchase({ ...deps, suppliers }, { merchantId: merchant.id, purchaseId: id });
    expect(calls).toEqual([]);
    await deps.db.updateTable('purchase').set({ state: 'done', due_at: never }).where('id', '=', id).execute();
  },
);

test('a node that was held up over a look at the order leaves the request to whoever asks by now', async () => {
  const { merchant, trade, cancellation } = await unknownCancellation();
  const { deps } = world().gateway;
  let answerCancel = () => {};
  const mayAnswer = new Promise<void>((resolve) => {
    answerCancel = resolve;
  });
  let nextHasAsked = () => {};
  const nextAsks = new Promise<void>((resolve) => {
    nextHasAsked = resolve;
  });
  const slow = heard(deps.suppliers, async (call) => {
    if (call !== 'cancel') return;
    nextHasAsked();
    await mayAnswer;
  });
  const next: Deps = {
    ...deps,
    suppliers: slow,
    clock: { ...deps.clock, now: () => later(deps.clock.now(), MINUTE_MS) },
  };
  let taken: Promise<number> | null = null;
  const calls: SupplierCall[] = [];
  const suppliers = heard(deps.suppliers, async (call) => {
    calls.push(call);
    taken ??= retryDueRequests(next);
    await nextAsks;
  });

  const ref = { merchantId: merchant.id, id: cancellation.id };
  expect(await retryCancel({ ...deps, suppliers }, ref, { actor: 'test', requestId: null })).toBeNull();
  expect(calls).toEqual(['find']);
  expect(await cancellationOf(trade.id)).toMatchObject({ state: 'requested', attempts: cancellation.attempts + 2 });
  answerCancel();
  await taken;
  expect(await cancellationOf(trade.id)).toMatchObject({ state: 'accepted' });
});

describe('an answer that comes when the next attempt is under way', () => {
  test.each([
    ['none in time', { outcome: 'unknown', cause: 'no answer in time' }],
    ['a refusal', { outcome: 'refused', reason: 'not_allowed' }],
    ['an acceptance', { outcome: 'accepted' }],
  ] as const)('says nothing of that attempt, whose outcome its caller gets: %s', async (_name, answer) => {
    const { merchant, trade, cancellation } = await unknownCancellation();
    const { deps } = world().gateway;
    await deps.db
      .updateTable('cancellation')
      .set({ state: 'requested', attempts: cancellation.attempts + 1 })
      .where('id', '=', cancellation.id)
      .execute();
    const { promise: isWaiting, resolve: waits } = Promise.withResolvers<void>();
    const wait = (ms: number) => {
      waits();
      return deps.clock.wait(ms);
    };
    const clock = { now: () => deps.clock.now(), wait };
    const attempt = { merchantId: merchant.id, id: cancellation.id, attempt: cancellation.attempts };
    const options = { firstReadMs: 0, isKept: true };
    const late = recordAnswer({ ...deps, clock }, attempt, answer, options);
    await isWaiting;
    expect(await cancellationOf(trade.id)).toMatchObject({ state: 'requested', attempts: cancellation.attempts + 1 });
    const accepted = { outcome: 'accepted' } as const;
    await recordAnswer(deps, { ...attempt, attempt: cancellation.attempts + 1 }, accepted, options);
    expect(await late).toEqual(accepted);
  });
});
