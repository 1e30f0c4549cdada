import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePurchase } from '../../src/buying/make-purchase.ts';
import { repeatPurchase } from '../../src/buying/repeat-purchase.ts';
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { toMills } from '../../src/core/money.ts';
import type { PurchaseRow } from '../../src/db/tables.ts';
import type { Deps } from '../../src/deps.ts';
import { freeze, unfreeze } from '../../src/freezes/operations.ts';
import { expireCalls } from '../../src/purchases/store.ts';
import { onAnswerWithoutOrder, onLookupMiss } from '../../src/settlement/lookup-misses.ts';
import { recordBought, recordNotBought } from '../../src/settlement/purchase-outcome.ts';
import { circuitOf } from '../../src/supplier-health/store.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { BuyAnswer, BuyOrder, Repeats, Supplier } from '../../src/suppliers/supplier.ts';
import type { JobData } from '../../src/work/jobs.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** A purchase that look-ups do not find is sent once more under its reference before it is given up. */

const world = useWorld();
const NOTHING_FOUND = { outcome: 'read', found: [], neverMade: [] } as const;
const bought = { outcome: 'bought', orderId: '930000000000999999', costMills: toMills(500n) } as const;
const sold = { outcome: 'refused', reason: 'LISTING_UNAVAILABLE' } as const;
const known = { outcome: 'unknown', cause: 'the number is used', isReferenceKnown: true } as const;
const silent = { outcome: 'unknown', cause: 'no answer' } as const;

/** The minutes that pass between the calls, and then until the purchase is given up. */
const PAUSES = ['1m', '4m', '16m', '64m', '256m', '1024m'];

/** Long enough for five look-ups that count. */
async function looksUp(pause: string): Promise<void> {
  await world().passes(pause);
  for (let look = 0; look < 6; look++) await world().passes('20s');
}

async function callsFor(merchant: Merchant, tradeId: string, listingId: string) {
  return (await world().supplierCalls(merchant.id, tradeId, listingId)).buyCalls;
}

describe('at a marketplace that refuses a reference twice, I buy', () => {
  async function buys(behaviour: string) {
    const merchant = await world().merchant();
    const listing = world().testListing(behaviour);
    const trade = await merchant.buys([listing]);
    return { merchant, listing, trade, calls: () => callsFor(merchant, trade.id, listing.id) };
  }

  test('what a second call reaches: it is mine, and was sent twice under one reference', async () => {
    const { merchant, trade, calls } = await buys('buy-arrives-when-repeated');
    expect(await calls()).toBe(1);
    await looksUp('1m');
    expect(await calls()).toBe(2);
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    await world().passes('13m');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
  });

  test('what was bought by a lost call and is hidden for a day: it is not given up, and becomes mine', async () => {
    const { merchant, trade, calls } = await buys('buy-answer-lost-found-too-late');
    for (const pause of PAUSES) await looksUp(pause);
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    await world().passes('3h');
    await world().passes('1h');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    // The first call, and the repeat that was refused because of it.
    expect(await calls()).toBe(2);
  });

  test.each(['buy-sold-when-repeated', 'buy-never-arrives'])(
    '%s: five repeats prove nothing, and CS2DT never says that there is no order: an operator has to end it',
    async (behaviour) => {
      const { merchant, listing, trade, calls } = await buys(behaviour);
      for (const pause of PAUSES.slice(0, 5)) await looksUp(pause);
      expect(await calls()).toBe(6);
      await world().passes('12h');
      expect((await merchant.trade(trade.id)).status).toBe('pending');
      expect((await merchant.balance()).pendingBalance).toBe(listing.price);
      await looksUp('6h');
      expect((await merchant.trade(trade.id)).status).toBe('pending');
      expect((await merchant.balance()).pendingBalance).toBe(listing.price);
      expect(await calls()).toBe(6);
    },
  );
});

/** Each waits for the time-out of its first call, so they wait at the same time; tests take one each. */
const PURCHASES = 42;
let left: Awaited<ReturnType<typeof unansweredOf>>[] = [];
beforeAll(async () => {
  const waiting: ReturnType<typeof unansweredOf>[] = [];
  for (let count = 0; count < PURCHASES; count++) waiting.push(unansweredOf(await asksToBuy()));
  left = await Promise.all(waiting);
});

/** The workers get them back. */
afterAll(async () => {
  const { db, clock } = world().gateway.deps;
  await db
    .updateTable('purchase')
    .set({ due_at: clock.now() })
    .where('state', 'in', ['asked', 'unknown', 'done'])
    .execute();
});

function unanswered() {
  const next = left.pop();
  if (!next) throw new Error('more tests than purchases');
  return next;
}

async function asksToBuy() {
  const merchant = await world().merchant();
  const listing = world().testListing('buy-never-arrives', 2);
  const { body } = await merchant.asksToBuy([listing]);
  expect(body).toMatchObject({ success: true });
  const tradeId: string = body.data.id;
  return { merchant, listing, tradeId };
}

/** Its purchase without an answer, which no worker touches. */
async function unansweredOf({ merchant, listing, tradeId }: Awaited<ReturnType<typeof asksToBuy>>) {
  const { deps } = world().gateway;
  const read = () =>
    deps.db.selectFrom('purchase').selectAll().where('trade_id', '=', tradeId).executeTakeFirstOrThrow();
  const change = (values: Partial<PurchaseRow>) =>
    deps.db.updateTable('purchase').set(values).where('trade_id', '=', tradeId).execute();
  const rest = () => change({ due_at: null });
  const isUnknown = async () => {
    const purchases = deps.db.selectFrom('purchase').select('state').where('trade_id', '=', tradeId);
    return (await purchases.executeTakeFirst())?.state === 'unknown';
  };
  await world().until(isUnknown, 'the purchase is unknown');
  await rest();
  const purchase = await read();
  expect(purchase).toMatchObject({ state: 'unknown', calls: 1 });
  const job = { merchantId: merchant.id, purchaseId: purchase.id };
  const status = async () => (await merchant.trade(tradeId)).status;
  return { merchant, listing, tradeId, purchase, read, change, rest, job, status };
}

type Call = (order: BuyOrder) => BuyAnswer | Promise<BuyAnswer>;

/** A node whose marketplaces answer every purchase with this. */
function nodeWhere(repeats: Repeats, call: Call, more: Partial<Deps> = {}): Deps {
  const { deps } = world().gateway;
  const buy: Supplier['buy'] = async (order) => call(order);
  const suppliers = new SupplierRegistry(deps.suppliers.all.map((supplier) => ({ ...supplier, repeats, buy })));
  return { ...deps, suppliers, ...more };
}

describe('the answer to a repeat', () => {
  test.each<[string, Repeats, BuyAnswer, object, string]>([
    ['bought', 'refused', bought, { state: 'done', order_id: bought.orderId }, 'pending'],
    ['bought', 'replayed', bought, { state: 'done', order_id: bought.orderId }, 'pending'],
    ['that the reference is known', 'refused', known, { state: 'unknown', reason: known.cause }, 'pending'],
    ['that the reference is known', 'replayed', known, { state: 'unknown', reason: known.cause }, 'pending'],
    ['nothing clear', 'refused', silent, { state: 'unknown', known_at: null }, 'pending'],
    ['nothing clear', 'replayed', silent, { state: 'unknown', known_at: null }, 'pending'],
    ['that it is sold', 'refused', sold, { state: 'unknown', known_at: null }, 'pending'],
    ['that it is sold', 'replayed', sold, { state: 'refused', reason: sold.reason }, 'failed'],
    [
      'that the account is empty',
      'replayed',
      { outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'balance' },
      { state: 'unknown', known_at: null },
      'pending',
    ],
    [
      'that it sells nothing now',
      'replayed',
      { outcome: 'refused', reason: 'MARKET_UNAVAILABLE' },
      { state: 'unknown', known_at: null },
      'pending',
    ],
  ])('%s, where repeats are %s', async (_says, repeats, answer, purchase, status) => {
    const { job, read, rest, ...mine } = unanswered();
    const { reference, unknown_since } = mine.purchase;
    const orders: BuyOrder[] = [];
    const node = nodeWhere(repeats, (order) => {
      orders.push(order);
      return answer;
    });
    await repeatPurchase(node, { ...job, calls: 1 });
    await rest();
    const now = await read();
    expect(now).toMatchObject({ reference, calls: 2, misses: 0, ...purchase });
    expect(now.known_at !== null).toBe('isReferenceKnown' in answer);
    // For operators it has been unknown since the first call.
    if (now.state === 'unknown') expect(now.unknown_since).toEqual(unknown_since);
    expect(await mine.status()).toBe(status);
    const { native_listing_id, ceiling_mills } = await world()
      .gateway.deps.db.selectFrom('item')
      .select(['native_listing_id', 'ceiling_mills'])
      .where('trade_id', '=', mine.tradeId)
      .executeTakeFirstOrThrow();
    expect(orders).toEqual([
      { reference, nativeListingId: native_listing_id, ceilingMills: ceiling_mills, tradeUrl: expect.any(String) },
    ]);
  });

  test('leaves nothing to be repeated where repeats are unsafe, once for all', async () => {
    const { job, read } = unanswered();
    await repeatPurchase(
      nodeWhere('unsafe', () => Promise.reject(new Error('was sent'))),
      { ...job, calls: 1 },
    );
    expect(await read()).toMatchObject({ state: 'unknown', calls: 1 });
  });
});

describe('a repeat', () => {
  test('is made once, although two nodes have its job, and once more', async () => {
    const { job, read, rest } = unanswered();
    let sent = 0;
    const node = nodeWhere('refused', () => {
      sent++;
      return silent;
    });
    const due = { ...job, calls: 1 };
    await Promise.all([repeatPurchase(node, due), repeatPurchase(node, due)]);
    await repeatPurchase(node, due);
    await rest();
    expect(sent).toBe(1);
    expect(await read()).toMatchObject({ state: 'unknown', calls: 2 });
  });

  test('is never made of a purchase that was not sent yet, nor a first call of one that was', async () => {
    const { job, change, rest, read } = unanswered();
    const node = nodeWhere('refused', () => Promise.reject(new Error('was sent')));
    await makePurchase(node, job);
    for (const state of ['recorded', 'asked', 'done', 'refused'] as const) {
      await change({ state });
      await rest();
      await repeatPurchase(node, { ...job, calls: 1 });
    }
    await change({ state: 'unknown' });
    expect(await read()).toMatchObject({ calls: 1 });
  });

  test('of a node that dies before the call, or before it writes the answer down, ends with its lease', async () => {
    const { job, read, rest, purchase } = unanswered();
    const { promise: never } = Promise.withResolvers<BuyAnswer>();
    const { promise: isSent, resolve: sent } = Promise.withResolvers<void>();
    const dying = nodeWhere('refused', () => {
      sent();
      return never;
    });
    void repeatPurchase(dying, { ...job, calls: 1 });
    await isSent;
    const asked = await read();
    expect(asked).toMatchObject({ state: 'asked', calls: 2 });
    // Later than any lease.
    const clock = { ...dying.clock, now: () => later(asked.due_at ?? new Date(Number.NaN), 1) };
    await expireCalls({ ...dying, clock });
    await rest();
    expect(await read()).toMatchObject({ state: 'unknown', calls: 2, unknown_since: purchase.unknown_since });

    // The next repeat learns that the dead one has arrived.
    await repeatPurchase(
      nodeWhere('refused', () => known),
      { ...job, calls: 2 },
    );
    await rest();
    expect(await read()).toMatchObject({ state: 'unknown', calls: 3, known_at: expect.any(Date) });
  });

  test('is not sent by a node that was held up after its claim', async () => {
    const { job, read, rest } = unanswered();
    let looks = 0;
    const { deps } = world().gateway;
    const now = () => (looks++ === 0 ? deps.clock.now() : later(deps.clock.now(), MINUTE_MS));
    const node = nodeWhere('refused', () => Promise.reject(new Error('was sent')), { clock: { ...deps.clock, now } });
    await repeatPurchase(node, { ...job, calls: 1 });
    expect(await read()).toMatchObject({ state: 'asked', calls: 2 });
    await rest();
  });

  test.each<[string, (deps: Deps, purchase: PurchaseRow) => Promise<void>]>([
    ['the refusal of the first call', (deps, purchase) => recordNotBought(deps, purchase, 'LISTING_UNAVAILABLE')],
    [
      'a look-up from before it, which says that nothing was ever made',
      (deps, purchase) =>
        onLookupMiss(deps, sandboxCs2(deps), purchase, { ...NOTHING_FOUND, neverMade: [purchase.reference] }),
    ],
    [
      'the last of the look-ups from before it',
      (deps, purchase) =>
        onLookupMiss({ ...deps, clock: inAYear(deps) }, sandboxCs2(deps), { ...purchase, misses: 4 }, NOTHING_FOUND),
    ],
  ])('is not overruled by what comes late: %s', async (_late, comes) => {
    const { job, read, purchase, status } = unanswered();
    const node = nodeWhere('refused', async () => {
      await comes(
        nodeWhere('unsafe', () => silent),
        purchase,
      );
      return bought;
    });
    await repeatPurchase(node, { ...job, calls: 1 });
    expect(await read()).toMatchObject({ state: 'done', order_id: bought.orderId });
    expect(await status()).toBe('pending');
  });

  test('whose answer comes when the first order was found already changes nothing', async () => {
    const { job, read, rest, purchase } = unanswered();
    const node = nodeWhere('refused', async () => {
      await recordBought(world().gateway.deps, purchase, { ...bought, orderId: '930000000000000001' });
      return known;
    });
    await repeatPurchase(node, { ...job, calls: 1 });
    expect(await read()).toMatchObject({ state: 'done', order_id: '930000000000000001', known_at: null });
    await rest();
  });
});

test('an order that is bought although the purchase has another one already raises an alert, and changes nothing', async () => {
  const { job, read, rest, purchase } = unanswered();
  const first = { ...bought, orderId: '930000000000000002' };
  const node = nodeWhere('refused', async () => {
    await recordBought(world().gateway.deps, purchase, first);
    return bought;
  });
  const alerts = async () => {
    const { values } = await node.metrics.unrecognisedWords.get();
    return values.find(({ labels }) => labels.supplier === purchase.supplier)?.value ?? 0;
  };
  const before = await alerts();
  await repeatPurchase(node, { ...job, calls: 1 });
  expect(await alerts()).toBe(before + 1);
  expect(await read()).toMatchObject({ state: 'done', order_id: first.orderId });
  // The answer that names the purchase's own order says nothing new.
  await recordBought(node, purchase, first);
  expect(await alerts()).toBe(before + 1);
  await rest();
});

describe('for the health of its marketplace', () => {
  const healthOf = async ({ supplier }: PurchaseRow) => (await circuitOf(world().gateway.deps, supplier)).failures;
  const counting = (call: Call) =>
    nodeWhere('refused', call, { config: { ...world().gateway.deps.config, supplierFailuresMax: 99 } });

  test('each repeat that was sent counts once', async () => {
    const { job, read, rest, purchase } = unanswered();
    const before = await healthOf(purchase);
    await repeatPurchase(
      counting(() => silent),
      { ...job, calls: 1 },
    );
    await rest();
    expect(await healthOf(purchase)).toBe(before + 1);
    // It was sent already, so that nothing is sent for this job.
    await repeatPurchase(
      counting(() => silent),
      { ...job, calls: 1 },
    );
    expect(await healthOf(purchase)).toBe(before + 1);
    // That the reference is known says nothing of what a purchase would have met.
    await repeatPurchase(
      counting(() => known),
      { ...job, calls: 2 },
    );
    await rest();
    expect(await read()).toMatchObject({ calls: 3, known_at: expect.any(Date) });
    expect(await healthOf(purchase)).toBe(before + 1);
  });

  test('a repeat that buys says that the marketplace works', async () => {
    const { job, rest, purchase } = unanswered();
    await repeatPurchase(
      counting(() => silent),
      { ...job, calls: 1 },
    );
    await rest();
    await repeatPurchase(
      counting(() => bought),
      { ...job, calls: 2 },
    );
    await rest();
    expect(await healthOf(purchase)).toBe(0);
  });
});

describe('while buying is frozen', () => {
  test.each(['supplier', 'merchant', 'all'] as const)(
    '(%s) nothing is repeated and nothing given up',
    async (scope) => {
      const { merchant, job, read, purchase, rest } = unanswered();
      const { deps } = world().gateway;
      const target = { supplier: 'cs2dt', merchant: merchant.id, all: '' }[scope];
      await freeze(deps, { scope, target }, { reason: 'a test', actor: 'test' });
      try {
        const node = nodeWhere('refused', () => Promise.reject(new Error('was sent')));
        await repeatPurchase(node, { ...job, calls: 1 });
        expect(await read()).toMatchObject({ state: 'unknown', calls: 1, updated_at: purchase.updated_at });
      } finally {
        await unfreeze(deps, { scope, target });
      }
      await repeatPurchase(
        nodeWhere('refused', () => bought),
        { ...job, calls: 1 },
      );
      await rest();
      expect(await read()).toMatchObject({ state: 'done' });
    },
  );
});

test('while its item is to be cancelled a purchase is not repeated: look-ups alone decide, as late as after repeats', async () => {
  const { merchant, tradeId, listing, job, read, purchase, status } = unanswered();
  const { deps } = world().gateway;
  const at = deps.clock.now();
  const request = { trade_id: tradeId, item_id: purchase.item_id, supplier: purchase.supplier, actor: 'test' };
  await deps.db
    .insertInto('cancellation')
    .values({ merchant_id: merchant.id, id: newId(at), ...request, state: 'unknown', requested_at: at, due_at: null })
    .execute();
  const node = nodeWhere('refused', () => Promise.reject(new Error('was sent')));
  for (let calls = 1; calls <= 5; calls++) {
    await repeatPurchase(node, { ...job, calls });
    expect(await read()).toMatchObject({ state: 'unknown', calls: calls + 1, misses: 0 });
  }
  await onLookupMiss(
    { ...node, clock: inAYear(node) },
    sandboxCs2(node),
    { ...(await read()), misses: 4 },
    NOTHING_FOUND,
  );
  expect(await status()).toBe('failed');
  expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  expect(await callsFor(merchant, tradeId, listing.id)).toBe(1);
});

describe('look-ups', () => {
  /** What a miss leads to, when so much time has passed. */
  async function leadsTo(changes: Partial<PurchaseRow>, afterMs: number, repeats: Repeats = 'refused', isMiss = true) {
    const { read, change, rest } = unanswered();
    await change(changes);
    await rest();
    const enqueued: unknown[] = [];
    const base = nodeWhere(repeats, () => silent);
    const purchase = await read();
    const clock = { ...base.clock, now: () => later(purchase.updated_at, afterMs) };
    const jobs: Deps['jobs'] = {
      enqueue: async (_trx, name, all: readonly JobData[typeof name][]) =>
        void enqueued.push(...(name === 'repeat-purchase' ? all : [])),
    };
    const deps = { ...base, clock, jobs };
    const supplier = sandboxCs2(deps);
    if (isMiss) await onLookupMiss(deps, supplier, purchase, NOTHING_FOUND);
    else await onAnswerWithoutOrder(deps, supplier, purchase);
    await rest();
    const { state, misses } = await read();
    if (enqueued.length > 0) return 'a repeat';
    if (state === 'refused') return 'given up';
    return misses > purchase.misses ? 'counted' : 'nothing';
  }

  test.each([
    ['is too early', 1, 4, MINUTE_MS - 1, 'nothing'],
    ['is the fourth', 1, 3, MINUTE_MS, 'counted'],
    ['is the fifth', 1, 4, MINUTE_MS, 'a repeat'],
    ['is too early after a repeat', 2, 4, 4 * MINUTE_MS - 1, 'nothing'],
    ['is the fifth after a repeat', 2, 4, 4 * MINUTE_MS, 'a repeat'],
    ['is the fifth after the last repeat', 6, 4, 1024 * MINUTE_MS, 'given up'],
    ['is too early after the last repeat', 6, 4, 1023 * MINUTE_MS, 'nothing'],
  ])('one that misses and %s', async (_when, calls, misses, afterMs, effect) => {
    expect(await leadsTo({ calls, misses }, afterMs)).toBe(effect);
  });

  test('that miss give up after five where repeats are unsafe', async () => {
    expect(await leadsTo({ misses: 4 }, MINUTE_MS, 'unsafe')).toBe('given up');
  });

  test('that miss a reference which the marketplace knows neither repeat it nor give it up, for two weeks', async () => {
    const { deps } = world().gateway;
    const known_at = deps.clock.now();
    const changes = { calls: 2, misses: 4, known_at, updated_at: known_at };
    expect(await leadsTo(changes, HOUR_MS)).toBe('nothing');
    expect(await leadsTo(changes, 14 * DAY_MS - 1)).toBe('nothing');
    expect(await leadsTo(changes, 14 * DAY_MS)).toBe('given up');
  });

  test.each([
    ['is the fourth', 1, 3, 'counted'],
    ['is the fifth', 1, 4, 'a repeat'],
    ['comes after the last repeat', 6, 4, 'nothing'],
  ])(
    'that are answered without an order, which may be no miss, never give up: one that %s',
    async (_when, calls, misses, effect) => {
      expect(await leadsTo({ calls, misses }, 1024 * MINUTE_MS, 'refused', false)).toBe(effect);
    },
  );

  test('that are answered without an order lead to nothing where repeats are unsafe', async () => {
    expect(await leadsTo({ misses: 4 }, DAY_MS, 'unsafe', false)).toBe('nothing');
  });
});

function sandboxCs2({ suppliers }: Deps): Supplier {
  return suppliers.get('cs2dt');
}

function inAYear({ clock }: Deps): Deps['clock'] {
  return { ...clock, now: () => later(clock.now(), 365 * DAY_MS) };
}
