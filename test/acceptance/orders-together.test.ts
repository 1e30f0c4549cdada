import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { toMills } from '../../src/core/money.ts';
import type { PurchaseRow } from '../../src/db/tables.ts';
import { applyTogether, TOGETHER_MAX } from '../../src/settlement/apply-together.ts';
import type { OrderStatus } from '../../src/suppliers/supplier.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** What a marketplace says of many orders in one answer is recorded in few transactions, as if each had been read alone. */

const world = useWorld();
const CANCELED = { kind: 'reverted', by: 'supplier', onOurCancel: true } as const satisfies OrderStatus;

/** Trades of as many items each, whose orders are made, and which no seller sends. */
async function boughtBy(merchant: Merchant, trades: number, items = 1): Promise<TradeWire[]> {
  const listings = Array.from({ length: items }, (_, index) => world().testListing('never-ships', index + 1));
  const bought: TradeWire[] = [];
  for (let trade = 0; trade < trades; trade++) bought.push((await merchant.asksToBuy(listings)).body.data);
  await world().settles();
  return bought;
}

async function purchasesOf(...merchants: Merchant[]): Promise<PurchaseRow[]> {
  const ids = merchants.map(({ id }) => id);
  return world().gateway.deps.db.selectFrom('purchase').selectAll().where('merchant_id', 'in', ids).execute();
}

/** One answer of a marketplace in which all of these orders have this status. */
function areRead(purchases: readonly PurchaseRow[], status: OrderStatus, isAlone = false): Promise<PurchaseRow[]> {
  const orders = purchases.map((purchase) => {
    const { reference, order_id: orderId } = purchase;
    return { purchase, isAlone, order: { reference, orderId: orderId ?? '', costMills: toMills(15_250n), status } };
  });
  return applyTogether(world().gateway.deps, orders);
}

/** How many transactions recorded these events. */
async function transactionsOf(merchant: Merchant, event: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct xmin::text)::int as count from trade_event
    where merchant_id = ${merchant.id} and event = ${event}`.execute(world().gateway.deps.db);
  return rows[0]?.count ?? 0;
}

const statusesTold = (merchant: Merchant, { id }: TradeWire) =>
  merchant.callbacksOf(id).map((callback) => callback.trade.status);

test('forty cancelled orders are refunded in two transactions, and each is told once', async () => {
  const merchant = await world().merchant();
  const trades = await boughtBy(merchant, TOGETHER_MAX + 8);
  expect(await areRead(await purchasesOf(merchant), CANCELED)).toEqual([]);
  await world().settles();
  expect(await transactionsOf(merchant, 'revert')).toBe(2);
  expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  for (const trade of trades) expect(statusesTold(merchant, trade)).toEqual(['pending', 'reverted']);
  expect(await areRead(await purchasesOf(merchant), CANCELED)).toEqual([]);
  expect(await transactionsOf(merchant, 'revert'), 'nothing happens twice').toBe(2);
});

test('orders that have passed several steps take each of them together, in order', async () => {
  const merchant = await world().merchant();
  const trades = await boughtBy(merchant, 3);
  expect(await areRead(await purchasesOf(merchant), { kind: 'settled' })).toEqual([]);
  await world().settles();
  for (const trade of trades) {
    expect(statusesTold(merchant, trade)).toEqual(['pending', 'active', 'hold', 'completed']);
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'completed' });
  }
  expect(await transactionsOf(merchant, 'complete')).toBe(1);
});

test('each order has its own status, also one that moves nothing, one that contradicts, and one that came too late', async () => {
  const merchant = await world().merchant();
  const trades = await boughtBy(merchant, 5);
  const purchases = await purchasesOf(merchant);
  const of = (trade: TradeWire | undefined) => purchases.filter((each) => each.trade_id === trade?.id);
  await areRead(of(trades[3]), { kind: 'failed', error: 'PURCHASE_FAILED' });
  const { db } = world().gateway.deps;
  const late = of(trades[4]).map(({ id }) => id);
  const setLate = (state: 'refused' | 'done') =>
    db.updateTable('purchase').set({ state }).where('id', 'in', late).execute();
  await setLate('refused');
  const statuses: OrderStatus[] = [{ kind: 'offered' }, CANCELED, { kind: 'waiting' }, CANCELED, CANCELED];
  const orders = trades.flatMap((trade, place) =>
    of(trade).map((purchase) => ({ purchase, status: statuses[place] ?? CANCELED })),
  );
  const failed = await applyTogether(
    world().gateway.deps,
    orders.map(({ purchase, status }) => ({
      purchase,
      isAlone: false,
      order: { reference: purchase.reference, orderId: '1', costMills: toMills(15_250n), status },
    })),
  );
  await setLate('done');
  expect(failed).toEqual([]);
  const found = await Promise.all(trades.map(async ({ id }) => (await merchant.trade(id)).status));
  expect(found).toEqual(['active', 'reverted', 'pending', 'failed', 'pending']);
});

test('items of one trade move one after the other', async () => {
  const merchant = await world().merchant();
  const [trade] = await boughtBy(merchant, 1, 3);
  expect(await areRead(await purchasesOf(merchant), CANCELED)).toEqual([]);
  await world().settles();
  expect(await transactionsOf(merchant, 'revert')).toBe(3);
  if (!trade) throw new Error('nothing was bought');
  expect(statusesTold(merchant, trade)).toEqual(['pending', 'pending', 'pending', 'reverted']);
  expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
});

test('orders of several merchants share no transaction, and an order of a client shares none at all', async () => {
  const [one, other] = [await world().merchant(), await world().merchant()];
  await boughtBy(one, 2);
  await boughtBy(other, 2);
  expect(await areRead(await purchasesOf(one, other), CANCELED)).toEqual([]);
  expect([await transactionsOf(one, 'revert'), await transactionsOf(other, 'revert')]).toEqual([1, 1]);
  const third = await world().merchant();
  await boughtBy(third, 2);
  expect(await areRead(await purchasesOf(third), CANCELED, true)).toEqual([]);
  expect(await transactionsOf(third, 'revert')).toBe(2);
});

describe('an order that cannot be recorded', () => {
  test('is set aside: all others that were read with it are refunded, and nothing of it is done', async () => {
    const merchant = await world().merchant();
    const trades = await boughtBy(merchant, 5);
    const { db } = world().gateway.deps;
    const purchases = await purchasesOf(merchant);
    const [, , poisoned] = purchases;
    if (!poisoned) throw new Error('too few were bought');
    const refuses = sql`check (item_id <> ${sql.lit(poisoned.item_id)} or event <> 'revert')`;
    await sql`alter table trade_event add constraint poisoned ${refuses}`.execute(db);
    const failed = await areRead(purchases, CANCELED);
    await sql`alter table trade_event drop constraint poisoned`.execute(db);
    await world().settles();

    expect(failed.map(({ id }) => id)).toEqual([poisoned.id]);
    for (const trade of trades) {
      const isPoisoned = trade.id === poisoned.trade_id;
      expect(statusesTold(merchant, trade)).toEqual(isPoisoned ? ['pending'] : ['pending', 'reverted']);
    }
    const { balance, pendingBalance } = await merchant.balance();
    expect(balance + pendingBalance).toBe(1000);
    expect(pendingBalance).toBe(trades[0]?.totalPrice);

    expect(await areRead([poisoned], CANCELED), 'when it can be, it is refunded too').toEqual([]);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });
});
