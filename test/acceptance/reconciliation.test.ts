import { rmSync } from 'node:fs';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SANDBOX_LIS_SKINS_KEY } from '../../sandbox/marketplace/lis-skins.ts';
import { SANDBOX_WAXPEER_KEY } from '../../sandbox/marketplace/waxpeer.ts';
import { withSession } from '../../src/cli/open-session.ts';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { loadConfig } from '../../src/config/config.ts';
import { HOUR_MS, later, MINUTE_MS, MovableClock } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import type { Deps } from '../../src/deps.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import { hasHistory } from '../../src/reconciliation/read-whole.ts';
import { reconcile } from '../../src/reconciliation/reconcile.ts';
import { reconcileWhenDue, showLastResults } from '../../src/reconciliation/scheduled.ts';
import { addAccount, changeAccount } from '../../src/supplier-accounts/operations.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { cs2dtSettings } from '../suppliers/cs2dt-harness.ts';
import { newReference, openSimulator } from '../suppliers/harness.ts';
import { openProxy } from '../suppliers/proxy.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { SECRET_KEY } from '../support/keys.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { Receiver } from '../support/receiver.ts';

/** An operator compares the marketplaces' own lists of orders with what the gateway has bought. */

const accounts = ['waxpeer', 'lis-skins', 'cs2dt'] as const;
type Account = (typeof accounts)[number];
/** Before all tests, where `expect.poll` cannot be used. */
const PATIENT = { timeout: 100_000 };

let here: Awaited<ReturnType<typeof openHere>>;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  here = await openHere();
});
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A purchase of the day, with its order at the marketplace. */
interface Bought {
  readonly reference: string;
  readonly orderId: string;
  readonly tradeId: string;
  readonly itemId: string;
  /** Dollars. */
  readonly cost: string;
}

/** A day at three marketplaces: at each, one item was delivered and one was not, whose money came back. */
async function openHere() {
  const market = await openSimulator();
  ends.push(() => market.close());
  // Between the operator's commands and the marketplaces.
  const proxy = await openProxy(market.url);
  ends.push(() => proxy.close());
  const clock = new MovableClock();
  const gateway = await gatewayAt(market.url, clock);
  const passes = async (ms: number) => {
    await market.pass(ms);
    clock.adoptOffset(clock.offsetMs + ms);
    gateway.lookForWork();
  };
  const apiKey = await fundedMerchant(gateway);
  for (const account of accounts)
    for (const name of ['Ships At Once', 'Seller Fails']) await buys(gateway, apiKey, account, name);
  const states = () => gateway.deps.db.selectFrom('item').select('state').execute();
  const comesTo = (state: string) =>
    vi.waitUntil(
      async () => (await states()).filter((item) => item.state === state).length === accounts.length,
      PATIENT,
    );
  await comesTo('hold');
  await passes(6 * MINUTE_MS);
  await comesTo('failed');
  await passes(HOUR_MS);
  for (const account of accounts)
    await changeAccount(gateway.deps, account, { baseUrl: `${proxy.url}${pathOf[account]}` });
  const [delivered, failed] = [await boughtIn(gateway, 'hold'), await boughtIn(gateway, 'failed')];
  return { market, proxy, clock, gateway, apiKey, delivered, failed, passes };
}

const pathOf: Readonly<Record<Account, string>> = {
  waxpeer: '/waxpeer',
  'lis-skins': '/lis-skins/v1',
  cs2dt: '/cs2dt',
};

async function gatewayAt(url: string, clock: MovableClock): Promise<Gateway> {
  const dataDir = createDataFolder();
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    SANDBOX: 'off',
    SECRET_KEY,
    CALLBACK_ALLOW: '127.0.0.1',
    RECONCILE_EVERY_MIN: '0',
  });
  const given: Readonly<Record<Account, Record<string, string>>> = {
    waxpeer: { apiKey: SANDBOX_WAXPEER_KEY, games: '730' },
    'lis-skins': {
      apiKey: SANDBOX_LIS_SKINS_KEY,
      games: '730',
      exportUrl: `${url}/lis-skins/market_export_json`,
    },
    cs2dt: { ...cs2dtSettings, searches: 'Ships At Once;Seller Fails' },
  };
  await withSession(config, async ({ deps }) => {
    for (const id of accounts)
      await addAccount(deps, { kind: id, id, given: { ...given[id], baseUrl: `${url}${pathOf[id]}` } });
  });
  const gateway = await startGateway(config, pino({ level: 'silent' }), undefined, clock);
  ends.push(() => gateway.stop());
  await vi.waitUntil(() => gateway.deps.market.isKnown('730'), PATIENT);
  return gateway;
}

async function fundedMerchant({ deps }: Gateway): Promise<string> {
  const receiver = await Receiver.start();
  ends.push(() => receiver.stop());
  const callbackUrl = receiver.urlOf('shop');
  const { merchant } = await createMerchant(deps, { name: 'shop', verified: true, callbackUrl });
  const credit = { merchantId: merchant.id, direction: 'credit', actor: 'test' } as const;
  await moveFunding(deps, { ...credit, amountMills: toMills(1_000_000n) });
  return (await createKey(deps, merchant.id)).apiKey;
}

async function buys({ deps, baseUrl }: Gateway, apiKey: string, account: Account, name: string): Promise<void> {
  const offer = deps.market
    .offers({ game: '730' })
    .find(({ supplier, listing }) => supplier.id === account && listing.marketHashName.includes(name));
  if (!offer) throw new Error(`${account} shows no ${name}`);
  const item = { itemId: offer.id, price: Math.ceil(Number(offer.listing.priceMills) / 10) / 100 };
  const answer = await fetch(`${baseUrl}/secure/buy`, {
    method: 'POST',
    headers: { 'api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ items: [item], game: '730', tradeUrl: TRADE_URL }),
  });
  expect(await answer.json()).toMatchObject({ success: true });
}

async function boughtIn({ deps }: Gateway, state: 'hold' | 'failed'): Promise<Record<Account, Bought>> {
  const rows = await deps.db
    .selectFrom('purchase')
    .innerJoin('item', (join) =>
      join.onRef('item.merchant_id', '=', 'purchase.merchant_id').onRef('item.id', '=', 'purchase.item_id'),
    )
    .select(['purchase.supplier', 'reference', 'order_id', 'purchase.trade_id', 'item_id', 'cost_mills'])
    .where('item.state', '=', state)
    .execute();
  const of = (account: Account): Bought => {
    const row = rows.find(({ supplier }) => supplier === account);
    if (!row?.order_id || row.cost_mills === null) throw new Error(`${account} has no order in ${state}`);
    const cost = dollars(row.cost_mills);
    return { reference: row.reference, orderId: row.order_id, tradeId: row.trade_id, itemId: row.item_id, cost };
  };
  return { waxpeer: of('waxpeer'), 'lis-skins': of('lis-skins'), cs2dt: of('cs2dt') };
}

/** With two decimals, or three where there is a fraction of a cent. */
function dollars(mills: bigint): string {
  const text = `${mills / 1000n}.${String(mills % 1000n).padStart(3, '0')}`;
  return text.endsWith('0') ? text.slice(0, -1) : text;
}

function millsOf(text: string): number {
  return Math.round(Number(text) * 1000);
}

async function run(...args: string[]): Promise<CommandResult> {
  const output = new CollectedOutput();
  // What is planted stays, so that waiting for items to follow their orders would be in vain.
  const clock = { now: () => here.clock.now(), wait: async () => {} };
  const session = async () => ({ deps: { ...here.gateway.deps, clock }, applied: [] });
  return output.with(await runInGateway(args, session, output, 'operator:alice', []));
}

async function reconciled(account: Account, ...more: string[]) {
  const { exitCode, stdout, stderr } = await run('supplier', 'reconcile', account, '--json', ...more);
  expect(stderr).toBe('');
  return { exitCode, ...JSON.parse(stdout) };
}

/** Lets the marketplace's list contradict the truth about an order until the test is over. */
async function plant({ reference }: Pick<Bought, 'reference'>, told: object): Promise<void> {
  expect((await here.market.control('PUT', `/orders/${reference}/told`, told)).status).toBe(200);
  planted.push(reference);
}
const planted: string[] = [];
afterEach(async () => {
  for (const reference of planted.splice(0)) await here.market.control('PUT', `/orders/${reference}/told`, {});
  here.proxy.mends();
});

/** An order with the account that the gateway has never heard of. It is left out of the list when the test is over. */
async function orderedByHand(front: Account, createdAt: Date) {
  const { nativeId, priceMills } = await here.market.testListing('cs2', 'never-ships');
  const order = {
    reference: newReference(),
    side: 'cs2',
    listingId: nativeId,
    createdAt: createdAt.toISOString(),
    front,
  };
  expect((await here.market.control('POST', '/orders', [order])).status).toBe(200);
  forgotten.push(order.reference);
  return { reference: order.reference, priceMills };
}
const forgotten: string[] = [];
afterEach(async () => {
  for (const reference of forgotten.splice(0))
    await here.market.control('PUT', `/orders/${reference}/told`, { isLeftOut: true });
});

const anHourAgo = () => later(here.clock.now(), -HOUR_MS);

describe.each(accounts)('at %s', (account) => {
  /** What each difference to an order of mine names. */
  const idsOf = ({ reference, orderId, tradeId, itemId }: Bought) => ({ reference, orderId, tradeId, itemId });

  test('a day without differences is clean', async () => {
    expect(await reconciled(account)).toMatchObject({
      exitCode: 0,
      reconciled: true,
      cause: null,
      orders: 2,
      purchases: 2,
      differences: [],
    });
  });

  test('money spent on an order that nobody knows is named, to the cent', async () => {
    const { reference, priceMills } = await orderedByHand(account, anHourAgo());
    const { exitCode, reconciled: isWhole, differences } = await reconciled(account);
    expect({ exitCode, isWhole }).toEqual({ exitCode: 1, isWhole: true });
    // Waxpeer counts in thousandths of a dollar; the others in cents, for which the simulator rounds up.
    const cost = account === 'waxpeer' ? priceMills : Math.ceil(priceMills / 10) * 10;
    const amount = dollars(BigInt(cost));
    expect(differences).toMatchObject([
      { kind: 'unknown_order', reference, tradeId: null, amount, here: null, there: amount },
    ]);
  });

  test('an order that the marketplace does not have is named', async () => {
    const order = here.delivered[account];
    await plant(order, { isLeftOut: true });
    expect((await reconciled(account)).differences).toMatchObject([
      { kind: 'missing_order', ...idsOf(order), amount: order.cost, here: order.cost, there: null },
    ]);
  });

  test('a price that is a cent higher there is named with both prices', async () => {
    const order = here.delivered[account];
    await plant(order, { priceMills: millsOf(order.cost) + 10 });
    const there = dollars(BigInt(millsOf(order.cost) + 10));
    expect((await reconciled(account)).differences).toMatchObject([
      { kind: 'price', ...idsOf(order), amount: '0.01', here: order.cost, there },
    ]);
  });

  test('a refund that did not come back is named with its amount', async () => {
    const order = here.failed[account];
    await plant(order, { phase: 'offered' });
    expect((await reconciled(account)).differences).toMatchObject([
      { kind: 'refund_missing', ...idsOf(order), amount: order.cost, here: order.cost, there: '0.00' },
    ]);
  });

  test('a refund that the merchant never got is named with its amount', async () => {
    const order = here.delivered[account];
    await plant(order, { phase: 'sellerFailed' });
    expect((await reconciled(account)).differences).toMatchObject([
      { kind: 'refund_not_recorded', ...idsOf(order), amount: order.cost, here: '0.00', there: order.cost },
    ]);
  });

  test('an order that cannot be read is named, and makes the result unclean', async () => {
    const order = here.delivered[account];
    await plant(order, { isUnreadable: true });
    const found = await reconciled(account);
    expect(found.exitCode).toBe(1);
    // Waxpeer's list has no other id than the one that cannot be read.
    if (account === 'waxpeer')
      expect(found).toMatchObject({ reconciled: false, differences: [{ kind: 'unreadable' }] });
    else expect(found).toMatchObject({ reconciled: true, differences: [{ kind: 'unreadable', ...idsOf(order) }] });
  });

  test('an order that was found after repeats of its purchase is no difference, whichever call has made it', async () => {
    const { reference, tradeId } = here.delivered[account];
    const purchase = here.gateway.deps.db.updateTable('purchase').where('reference', '=', reference);
    const { asked_at, ordered_at } = await here.gateway.deps.db
      .selectFrom('purchase')
      .select(['asked_at', 'ordered_at'])
      .where('reference', '=', reference)
      .executeTakeFirstOrThrow();
    const now = here.clock.now();
    const lastCall = later(now, -20 * MINUTE_MS);
    await purchase.set({ calls: 3, asked_at: lastCall, ordered_at: lastCall }).execute();
    const from = later(now, -30 * MINUTE_MS).toISOString();
    try {
      expect(await reconciled(account, '--from', from)).toMatchObject({ exitCode: 0, purchases: 1, differences: [] });
      expect(await reconciled(account, '--to', from)).toMatchObject({ exitCode: 0, purchases: 1, differences: [] });
      await plant({ reference }, { isLeftOut: true });
      const { differences } = await reconciled(account, '--from', from);
      expect(differences).toMatchObject([{ kind: 'missing_order', reference, tradeId }]);
    } finally {
      await purchase.set({ calls: 1, asked_at, ordered_at }).execute();
    }
  });

  test.each([
    ['that is away', { kind: 'broken before' }, 1],
    ['that answers a page', { kind: 'page', status: 503, body: '<p>One moment</p>' }, 1],
    ['that answers half of the list', { kind: 'broken inside' }, account === 'waxpeer' ? 2 : 1],
  ] as const)('a marketplace %s is not reconciled, and never clean', async (_, fault, nth) => {
    here.proxy.breaks(fault, nth);
    const { exitCode, stdout } = await run('supplier', 'reconcile', account);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('NOT reconciled: not all orders could be compared');
    here.proxy.breaks(fault, nth);
    expect(await reconciled(account)).toMatchObject({ reconciled: false, differences: [] });
  });
});

test('a commission that LIS-SKINS keeps of a refund is named as a fee', async () => {
  const order = here.failed['lis-skins'];
  await plant(order, { feeMills: 370 });
  expect((await reconciled('lis-skins')).differences).toMatchObject([
    { kind: 'fee', reference: order.reference, amount: '0.37' },
  ]);
});

test('a fee that CS2DT shows beside the price is named', async () => {
  const order = here.delivered.cs2dt;
  await plant(order, { feeMills: 250 });
  expect((await reconciled('cs2dt')).differences).toMatchObject([
    { kind: 'fee', reference: order.reference, amount: '0.25' },
  ]);
});

test('an order outside the time that I ask for is not compared, and one inside it is', async () => {
  const { reference } = await orderedByHand('lis-skins', new Date('2026-01-31T23:59:50Z'));
  expect(await reconciled('lis-skins')).toMatchObject({ exitCode: 0 });
  const day = ['--from', '2026-01-31T00:00:00Z', '--to', '2026-02-01T00:00:00Z'];
  expect((await reconciled('lis-skins', ...day)).differences).toMatchObject([{ kind: 'unknown_order', reference }]);
  const next = ['--from', '2026-02-01T00:00:00Z', '--to', '2026-02-02T00:00:00Z'];
  expect(await reconciled('lis-skins', ...next)).toMatchObject({ exitCode: 0 });
});

test('the text says what is different, in dollars, which ids to quote and what to do', async () => {
  const order = here.delivered.waxpeer;
  await plant(order, { priceMills: millsOf(order.cost) + 10 });
  const { stdout } = await run('supplier', 'reconcile', 'waxpeer');
  expect(stdout).toContain('2 orders at the marketplace, 2 purchases here');
  expect(stdout).toContain(`DIFFERENT  price  $0.01  order ${order.orderId}  reference ${order.reference}`);
  expect(stdout).toContain(`here $${order.cost}`);
  expect(stdout).toContain('what to do: ask the marketplace which price it charged');
  expect(stdout).toMatch(/^1 difference, \$0\.01 in all$/m);
});

test('an item that is only late is made to follow its order, and is no difference', async () => {
  const { gateway, market, clock } = here;
  await buys(gateway, here.apiKey, 'lis-skins', 'Seller Fails');
  const items = () => gateway.deps.db.selectFrom('item').select(['id', 'state']).execute();
  await expect.poll(async () => (await purchasesDone()).length).toBe(7);
  await market.pass(6 * MINUTE_MS);
  const range = { from: later(clock.now(), -10 * MINUTE_MS), to: later(clock.now(), MINUTE_MS) };
  const supplier = gateway.deps.suppliers.get('lis-skins');
  if (!hasHistory(supplier)) throw new Error('it has no list of orders');
  const result = await reconcile(gateway.deps, supplier, range, { lateMs: 100_000 });
  expect(result).toMatchObject({ cause: null, differences: [], orders: 1, purchases: 1 });
  expect((await items()).filter(({ state }) => state === 'failed')).toHaveLength(4);

  function purchasesDone() {
    return gateway.deps.db.selectFrom('purchase').select('id').where('state', '=', 'done').execute();
  }
});

describe('by itself', () => {
  function node() {
    const log: Record<string, unknown>[] = [];
    const stream = { write: (line: string) => log.push(JSON.parse(line)) };
    const { deps } = here.gateway;
    const config = { ...deps.config, reconcileEveryMin: 60 };
    const own: Deps = { ...deps, config, metrics: createMetrics(), log: pino({ level: 'info' }, stream) };
    const errors = () => log.filter(({ level }) => level === 50);
    return { deps: own, log, errors };
  }

  async function gaugesOf(deps: Deps): Promise<Map<string, number>> {
    await showLastResults(deps);
    const lines = (await deps.metrics.registry.metrics()).split('\n');
    const own = lines.filter((line) => line.startsWith('skinrail_reconcile'));
    return new Map(
      own.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  }

  const signal = new AbortController().signal;
  const differencesAt = (supplier: Account, kind: string) =>
    `skinrail_reconcile_differences{supplier="${supplier}",kind="${kind}"}`;
  const successAt = (supplier: Account) => `skinrail_reconcile_last_success_timestamp_seconds{supplier="${supplier}"}`;

  test('one node compares every account, logs each new difference once, and every node shows the numbers', async () => {
    const [one, other] = [node(), node()];
    expect((await gaugesOf(one.deps)).size).toBe(0);
    const { reference } = await orderedByHand('lis-skins', anHourAgo());
    await Promise.all([reconcileWhenDue(one.deps, signal), reconcileWhenDue(other.deps, signal)]);
    const logged = [...one.errors(), ...other.errors()];
    expect(logged).toMatchObject([{ supplier: 'lis-skins', kind: 'unknown_order', reference }]);
    for (const { deps } of [one, other]) {
      const gauges = await gaugesOf(deps);
      expect(gauges.get(differencesAt('lis-skins', 'unknown_order'))).toBe(1);
      expect(gauges.get(differencesAt('lis-skins', 'price'))).toBe(0);
      expect(gauges.get(differencesAt('waxpeer', 'unknown_order'))).toBe(0);
      expect(gauges.get(successAt('cs2dt'))).toBeGreaterThan(0);
    }

    await here.passes(59 * MINUTE_MS);
    const early = node();
    await reconcileWhenDue(early.deps, signal);
    expect(early.log).toEqual([]);
    await here.passes(MINUTE_MS);
    const again = node();
    await reconcileWhenDue(again.deps, signal);
    expect(again.errors()).toEqual([]);
    expect(again.log).toContainEqual(expect.objectContaining({ supplier: 'lis-skins', differences: 1, new: 0 }));
  });

  test('a marketplace that is away keeps its numbers, and its time of success grows old', async () => {
    const { deps } = node();
    await here.passes(HOUR_MS);
    await reconcileWhenDue(deps, signal);
    const before = await gaugesOf(deps);
    await here.passes(HOUR_MS);
    const away = node();
    const suppliers = deps.suppliers.all.map((supplier) => ({
      ...supplier,
      history: async () => ({ outcome: 'unknown' as const, cause: 'no answer within 10000 ms' }),
    }));
    await reconcileWhenDue({ ...away.deps, suppliers: new SupplierRegistry(suppliers) }, signal);
    expect(await gaugesOf(away.deps)).toEqual(before);
    expect(away.log).toContainEqual(
      expect.objectContaining({ level: 40, supplier: 'waxpeer', cause: 'no answer within 10000 ms' }),
    );
  });
});
