import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { insertRequest } from '../../src/cancellations/store.ts';
import { HOUR_MS, later, MINUTE_MS } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import type { Db } from '../../src/db/connect.ts';
import { inTransaction, type Trx } from '../../src/db/transaction.ts';
import { MarketCache } from '../../src/market/market-cache.ts';
import { fillDueQuickBuys } from '../../src/quick-buys/fill.ts';
import { reassignUnit } from '../../src/quick-buys/refill.ts';
import { applyOrderStatus } from '../../src/settlement/apply-order-status.ts';
import { recordNotBought } from '../../src/settlement/purchase-outcome.ts';
import { itemsOf, lockTrade } from '../../src/trades/queries.ts';
import { cents, dollars, type Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** A unit of a quick buy goes from one listing to another. What comes in that very moment may be about the first. */

const world = useWorld();

/** One unit whose purchase got no answer. */
async function unansweredUnit() {
  const merchant = await world().merchant();
  const answer = await merchant.asksToBuyQuick(world().testListing('buy-never-arrives', 10));
  const tradeId: string = answer.body.data.id;
  await world().settles();
  const [purchase] = await purchasesOf(tradeId);
  if (purchase?.state !== 'unknown') throw new Error(`the purchase is ${purchase?.state}`);
  return { merchant, tradeId, purchase };
}

function purchasesOf(tradeId: string) {
  const { db } = world().gateway.deps;
  return db.selectFrom('purchase').selectAll().where('trade_id', '=', tradeId).orderBy('id').execute();
}

async function unitOf(merchant: Merchant, tradeId: string) {
  const [unit] = await itemsOf(world().gateway.deps.db, merchant.id, [tradeId]);
  if (!unit) throw new Error('a quick buy of one has one unit');
  return unit;
}

/** The marketplace's clear no: the unit gives its listing up, and another is looked for once the transaction ends. */
async function refuse(trx: Trx, merchant: Merchant, tradeId: string, purchaseId: string): Promise<void> {
  const trade = await lockTrade(trx, merchant.id, tradeId);
  await trx
    .updateTable('purchase')
    .set({ state: 'refused', reason: 'LISTING_UNAVAILABLE', due_at: null, unknown_since: null })
    .where('id', '=', purchaseId)
    .execute();
  const [unit] = await itemsOf(trx, merchant.id, [tradeId]);
  expect(unit && (await reassignUnit(world().gateway.deps, trx, trade, unit, 'LISTING_UNAVAILABLE'))).toBe(true);
}

test('what was read of a purchase before it was refused says nothing of the one that came after it', async () => {
  const { deps } = world().gateway;
  const { merchant, tradeId, purchase } = await unansweredUnit();
  await recordNotBought(deps, purchase, 'LISTING_UNAVAILABLE');
  await world().settles();
  expect((await purchasesOf(tradeId)).map(({ state }) => state)).toEqual(['refused', 'unknown']);

  const order = { reference: purchase.reference, orderId: 'late', costMills: toMills(1000n) };
  await applyOrderStatus(deps, purchase, { ...order, status: { kind: 'failed', error: 'LISTING_UNAVAILABLE' } });

  expect((await unitOf(merchant, tradeId)).state).toBe('pending');
  const reserved = cents(world().testListing('buy-never-arrives', 10).price);
  expect(await merchant.balance()).toEqual({ balance: dollars(100_000 - reserved), pendingBalance: dollars(reserved) });
});

test('a cancellation request that is recorded as a unit gives its listing up ends the unit: no other listing is bought', async () => {
  const { deps } = world().gateway;
  const { merchant, tradeId, purchase } = await unansweredUnit();
  const unit = await unitOf(merchant, tradeId);
  await inTransaction(deps, async (trx) => {
    await refuse(trx, merchant, tradeId, purchase.id);
    const now = deps.clock.now();
    await insertRequest(deps, trx, {
      merchantId: merchant.id,
      tradeId,
      itemId: unit.id,
      supplier: purchase.supplier,
      actor: 'test',
      requestId: null,
      order: null,
      leasedUntil: later(now, MINUTE_MS),
    });
  });
  await world().settles();

  expect((await purchasesOf(tradeId)).map(({ state }) => state)).toEqual(['refused']);
  expect(await unitOf(merchant, tradeId)).toMatchObject({ state: 'failed', listing_id: null });
  expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  const cancellations = deps.db.selectFrom('cancellation').select(['state', 'reason']).where('trade_id', '=', tradeId);
  expect(await cancellations.execute()).toEqual([{ state: 'refused', reason: 'already_closed' }]);
});

test('a quick buy that cannot be filled holds up no other', async () => {
  const { deps } = world().gateway;
  const units = [await unansweredUnit(), await unansweredUnit(), await unansweredUnit()] as const;
  const [broken] = units;
  const lookFor = (db: Db, game: string) =>
    sql`update quick_buy set game = ${game} where trade_id = ${broken.tradeId}`.execute(db);
  await inTransaction(deps, async (trx) => {
    await lookFor(trx, 'unheard-of');
    for (const { merchant, tradeId, purchase } of units) await refuse(trx, merchant, tradeId, purchase.id);
  });
  const purchases = async () => Promise.all(units.map(async ({ tradeId }) => (await purchasesOf(tradeId)).length));
  await world().until(async () => (await purchases()).join() === '1,2,2', 'the others are bought');
  await lookFor(deps.db, '730');
  await world().passes('6s');
  expect(await purchases()).toEqual([2, 2, 2]);
});

test('a node that has just started, and has heard of no market yet, fails no unit however old it is', async () => {
  const { deps } = world().gateway;
  const { merchant, tradeId, purchase } = await unansweredUnit();
  const inAnHour = later(deps.clock.now(), HOUR_MS);
  await inTransaction(deps, async (trx) => {
    await refuse(trx, merchant, tradeId, purchase.id);
    await trx.updateTable('quick_buy').set({ due_at: inAnHour }).where('trade_id', '=', tradeId).execute();
  });
  const market = new MarketCache(deps.suppliers.all, deps.log);
  expect(await fillDueQuickBuys({ ...deps, market, clock: { ...deps.clock, now: () => inAnHour } })).toBe(1);
  expect((await unitOf(merchant, tradeId)).state).toBe('pending');

  await world().passes('61m');
  expect((await purchasesOf(tradeId)).map(({ state }) => state)).toEqual(['refused', 'unknown']);
});

test('a unit whose purchase is never heard of again is given up, and no other is taken in its place', async () => {
  const merchant = await world().merchant();
  const answer = await merchant.asksToBuyQuick(world().rustListing('buy-never-arrives', 5));
  await world().settles();
  const { id } = answer.body.data;
  // Waxpeer may sell twice under one reference, so that nothing is repeated there.
  for (const pause of ['30s']) {
    expect(await merchant.trade(id)).toMatchObject({ status: 'pending' });
    await world().passes(pause);
    for (let look = 0; look < 6; look++) await world().passes('20s');
  }
  expect(await merchant.trade(id)).toMatchObject({ status: 'failed', error: 'PURCHASE_FAILED', items: [] });
  const { db } = world().gateway.deps;
  expect(await db.selectFrom('purchase').select('state').where('trade_id', '=', id).execute()).toHaveLength(1);
  expect(await merchant.balance()).toEqual({ balance: dollars(100_000), pendingBalance: dollars(0) });
});
