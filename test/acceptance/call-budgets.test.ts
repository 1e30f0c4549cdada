import type { Updateable } from 'kysely';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { makePurchase } from '../../src/buying/make-purchase.ts';
import { repeatPurchase } from '../../src/buying/repeat-purchase.ts';
import { msBetween } from '../../src/core/clock.ts';
import type { Tables } from '../../src/db/tables.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { readDueOrders } from '../../src/settlement/read-orders.ts';
import { CallBudgets } from '../../src/suppliers/call-budgets.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { FindAnswer } from '../../src/suppliers/supplier.ts';
import { newReference } from '../suppliers/harness.ts';
import { useWorld } from '../support/world.ts';

/** A purchase waits for its account's calls before it is claimed, never while it is on its way. */

const world = useWorld();
const log = pino({ level: 'silent' });

/** A node whose accounts have used up their calls, and get one in 1,000 seconds. */
async function nodeWithoutCalls(perSecond = 0.001) {
  const { deps } = world().gateway;
  const held: string[] = [];
  const onHeld = (supplier: string, call: string) => held.push(`${supplier} ${call}`);
  const budgets = new CallBudgets({ redisUrl: '', log, onHeld });
  for (const { id } of deps.suppliers.all) {
    await budgets.of(id, { perSecond, burst: 1 }).takeForPurchase();
  }
  let sent = 0;
  const suppliers = deps.suppliers.all.map((supplier) => ({
    ...supplier,
    buy: async () => {
      sent++;
      return { outcome: 'unknown', cause: 'was sent' } as const;
    },
  }));
  return { deps: { ...deps, suppliers: new SupplierRegistry(suppliers, budgets) }, held, sent: () => sent };
}

/** A purchase that nobody works on, changed as the test needs it. */
async function purchaseWith(change: Updateable<Tables['purchase']>) {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing('never-ships')]);
  const { db } = world().gateway.deps;
  const read = () => db.selectFrom('purchase').selectAll().where('trade_id', '=', trade.id).executeTakeFirstOrThrow();
  const { id, due_at, state } = await read();
  const update = (values: Updateable<Tables['purchase']>) =>
    db.updateTable('purchase').set(values).where('id', '=', id).execute();
  await update({ due_at: null, ...change });
  return {
    read,
    job: { merchantId: merchant.id, purchaseId: id },
    change: update,
    restore: () => update({ due_at, state }),
  };
}

/** A purchase of which its marketplace has not heard. */
function neverSent() {
  const unknown = { order_id: null, asked_at: null, ordered_at: null };
  return { ...unknown, state: 'recorded', reference: newReference(), calls: 0 } as const;
}

test('a purchase for which no call is left is not sent, is not unknown, and is made when there is one', async () => {
  const { read, job } = await purchaseWith(neverSent());
  const before = await read();
  const { deps, held, sent } = await nodeWithoutCalls();
  await makePurchase(deps, job);
  expect(sent()).toBe(0);
  expect(held).toEqual([`${before.supplier} buy`]);
  const { due_at, ...now } = await read();
  expect({ ...now, due_at: null }).toEqual(before);
  const waitMs = msBetween(deps.clock.now(), due_at ?? deps.clock.now());
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(1_000_000);

  await world().passes('17m');
  expect(await read()).toMatchObject({ state: 'done', calls: 1 });
});

test('three purchases for which no call is left come again one after the other, the first one first', async () => {
  const jobs = [];
  for (let purchase = 0; purchase < 3; purchase++) jobs.push(await purchaseWith({}));
  // All at once, because nothing settles while a purchase waits.
  for (const { change } of jobs) await change(neverSent());
  const { deps } = await nodeWithoutCalls(0.01);
  const dueAts: (Date | null)[] = [];
  for (const { job, read } of jobs) {
    await makePurchase(deps, job);
    dueAts.push((await read()).due_at);
  }
  const apart = dueAts.slice(1).map((at, index) => msBetween(dueAts[index] ?? new Date(0), at ?? new Date(0)));
  // One call comes back in 100 seconds.
  for (const ms of apart) expect(ms).toBeGreaterThan(90_000);
  await world().passes('6m');
  for (const { read } of jobs) expect(await read()).toMatchObject({ state: 'done', calls: 1 });
});

test('a look-up that is held is counted apart from the calls that got no clear answer', async () => {
  const { restore } = await purchaseWith({ state: 'unknown', due_at: new Date(0) });
  const { deps } = world().gateway;
  const metrics = createMetrics();
  const counted = async () =>
    (await metrics.supplierCalls.get()).values.map(({ labels, value }) => [labels.call, labels.outcome, value]);
  const held: FindAnswer = { outcome: 'unknown', cause: 'not sent', isHeld: true };
  const [supplier] = deps.suppliers.all.filter(({ games }) => games.includes('730'));
  if (!supplier) throw new Error('the sandbox sells CS2');
  await readDueOrders({ ...deps, metrics }, { ...supplier, find: async () => held });
  expect(await counted()).toEqual([['find', 'held', 1]]);
  await restore();
});

test('a repeat for which no call is left is not sent, and stays to be requested again', async () => {
  const { read, job, restore } = await purchaseWith({ state: 'unknown' });
  const before = await read();
  const { deps, held, sent } = await nodeWithoutCalls();
  await repeatPurchase(deps, { ...job, calls: before.calls });
  expect(sent()).toBe(0);
  expect(held).toEqual([`${before.supplier} buy`]);
  expect(await read()).toEqual(before);
  await restore();
});
