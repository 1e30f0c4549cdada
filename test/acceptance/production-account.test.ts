import { rmSync } from 'node:fs';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { SANDBOX_LIS_SKINS_KEY } from '../../sandbox/marketplace/lis-skins.ts';
import { SANDBOX_WAXPEER_KEY } from '../../sandbox/marketplace/waxpeer.ts';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import { DAY_MS, HOUR_MS, MovableClock } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import type { SupplierAccount, SupplierKind } from '../../src/suppliers/kind.ts';
import { lisSkins } from '../../src/suppliers/lis-skins/index.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { waxpeer } from '../../src/suppliers/waxpeer/index.ts';
import { verify } from '../../src/verify/verify.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { openMarketplace } from '../suppliers/harness.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { SECRET_KEY } from '../support/keys.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { Receiver } from '../support/receiver.ts';
import { kindAt } from '../support/supplier-kind.ts';

/** Outside the sandbox a gateway buys with the accounts that its operator has added. */

const log = pino({ level: 'silent' });
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** An account that an operator adds. */
interface GivenAccount {
  readonly kind: SupplierKind;
  readonly id: string;
  readonly given: Record<string, string>;
}

/** A data folder whose database has an account at the marketplace. */
function folderWithAccount(kind: SupplierKind) {
  return folderWithAccounts([{ kind, id: 'my-account', given: { apiKey: SANDBOX_WAXPEER_KEY } }]);
}

async function folderWithAccounts(accounts: readonly GivenAccount[]) {
  const dataDir = createDataFolder();
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = loadConfig({ PORT: '0', DATA_DIR: dataDir, SANDBOX: 'off', SECRET_KEY, CALLBACK_ALLOW: '127.0.0.1' });
  await withSession(config, async ({ deps }) => {
    for (const { kind, id, given } of accounts)
      await addAccount({ ...deps, supplierKinds: [kind] }, { kind: kind.name, id, given });
  });
  return config;
}

async function fundedMerchant({ deps }: Gateway) {
  const receiver = await Receiver.start();
  ends.push(() => receiver.stop());
  const { merchant } = await createMerchant(deps, {
    name: 'shop',
    verified: true,
    callbackUrl: receiver.urlOf('shop'),
  });
  await moveFunding(deps, {
    merchantId: merchant.id,
    direction: 'credit',
    amountMills: toMills(1_000_000n),
    actor: 'test',
  });
  return createKey(deps, merchant.id);
}

interface Order {
  readonly game: '730' | '252490';
  readonly itemId: string;
  /** Dollars. */
  readonly price: number;
}

async function buys({ baseUrl }: Gateway, apiKey: string, { game, ...item }: Order) {
  const answer = await fetch(`${baseUrl}/secure/buy`, {
    method: 'POST',
    headers: { 'api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ items: [item], game, tradeUrl: TRADE_URL }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
  return { status: answer.status, body: (await answer.json()) as any };
}

async function asks({ baseUrl }: Gateway, apiKey: string, path: string) {
  const answer = await fetch(`${baseUrl}${path}`, { headers: { 'api-key': apiKey } });
  // biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
  return ((await answer.json()) as any).data;
}

/** Waits until the trade's status is this one; what hangs is ended by the test's own time limit. */
async function comesTo(gateway: Gateway, apiKey: string, tradeId: string, status: string) {
  const trade = () => asks(gateway, apiKey, `/secure/trades/${tradeId}`);
  await expect.poll(async () => (await trade()).status).toBe(status);
  return trade();
}

async function metricsOf({ adminUrl }: Gateway): Promise<string> {
  return (await fetch(`${adminUrl}/metrics`)).text();
}

/** A gateway whose only marketplace is the Rust side, but for what is given. */
async function gatewayWhose(changed: (gateway: () => Gateway) => Partial<Supplier>) {
  const { url, testListing } = await openMarketplace();
  const { create, ...kind } = kindAt(url);
  const changedKind = {
    ...kind,
    create: (account: SupplierAccount) => ({ ...create(account), ...changed(() => gateway) }),
  };
  const gateway: Gateway = await startGateway(await folderWithAccount(changedKind), log, [changedKind]);
  ends.push(() => gateway.stop());
  const { nativeId, priceMills } = await testListing('rust', 'never-ships');
  const order: Order = { game: '252490', itemId: `rust:waxpeer:${nativeId}`, price: Math.ceil(priceMills / 10) / 100 };
  return { gateway, order, apiKey: (await fundedMerchant(gateway)).apiKey };
}

test('a listing of its marketplace is bought with the account, and the balance is measured', async () => {
  const { url, testListing } = await openMarketplace();
  const kind = kindAt(url, async () => ({ outcome: 'read', availableMills: toMills(250_500n) }));
  const config = await folderWithAccount(kind);
  const gateway = await startGateway(config, log, [kind]);
  ends.push(() => gateway.stop());
  expect(gateway.deps.suppliers.all.map(({ id }) => id)).toEqual(['my-account']);

  const { apiKey } = await fundedMerchant(gateway);
  const { nativeId, priceMills } = await testListing('rust', 'never-ships');
  const order = { itemId: `rust:waxpeer:${nativeId}`, price: Math.ceil(priceMills / 10) / 100 };
  expect((await buys(gateway, apiKey, { game: '252490', ...order })).body).toMatchObject({ success: true });
  const purchases = gateway.deps.db.selectFrom('purchase').select(['supplier', 'state']);
  await expect.poll(() => purchases.execute()).toEqual([{ supplier: 'my-account', state: 'done' }]);
  expect(await metricsOf(gateway)).toMatch(/^skinrail_supplier_balance_dollars\{supplier="my-account"\} 250\.5$/m);
});

test('an account with open purchases that is gone at the next start is named in the log', async () => {
  const { gateway, order, apiKey } = await gatewayWhose(() => ({}));
  expect((await buys(gateway, apiKey, order)).body).toMatchObject({ success: true });
  const states = gateway.deps.db.selectFrom('purchase').select('state');
  await expect.poll(() => states.execute()).toEqual([{ state: 'done' }]);
  await gateway.deps.db.deleteFrom('supplier_account').execute();
  await gateway.stop();
  const lines: string[] = [];
  const heard = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
  const again = await startGateway(gateway.deps.config, heard, gateway.deps.supplierKinds);
  ends.push(() => again.stop());
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ supplier: 'my-account', purchases: 1 }]);
});

/** A gateway with an account at each marketplace for which there is an adapter, and its clock in the test's hands. */
async function gatewayAtAll() {
  const { url, testListings, pass } = await openMarketplace();
  const config = await folderWithAccounts([
    { kind: waxpeer, id: 'at-waxpeer', given: { apiKey: SANDBOX_WAXPEER_KEY, baseUrl: `${url}/waxpeer` } },
    {
      kind: lisSkins,
      id: 'at-lis-skins',
      given: {
        apiKey: SANDBOX_LIS_SKINS_KEY,
        baseUrl: `${url}/lis-skins/v1`,
        exportUrl: `${url}/lis-skins/market_export_json`,
      },
    },
  ]);
  const clock = new MovableClock();
  const gateway = await startGateway(config, log, undefined, clock);
  ends.push(() => gateway.stop());
  const { market } = gateway.deps;
  await expect.poll(() => market.isKnown('730') && market.isKnown('252490')).toBe(true);
  const { apiKey } = await fundedMerchant(gateway);
  const names = (await testListings()).flatMap((each) =>
    each.behaviour === 'ships-at-once' ? each.marketHashName : [],
  );
  const buysOne = async (account: string, game: Order['game']) => {
    const shown = names.flatMap((marketHashName) => market.offers({ game, marketHashName }));
    const offer = shown.find(({ supplier }) => supplier.id === account);
    if (!offer) throw new Error(`nothing of game ${game} of ${account} is shown`);
    const { id: itemId, listing } = offer;
    const price = Math.ceil(Number(listing.priceMills) / 10) / 100;
    const { body } = await buys(gateway, apiKey, { game, itemId, price });
    expect(body).toMatchObject({ success: true, data: { items: [{ id: itemId }] } });
    return body.data;
  };
  const passes = async (ms: number) => {
    await pass(ms);
    clock.adoptOffset(clock.offsetMs + ms);
    gateway.lookForWork();
  };
  return { gateway, apiKey, buysOne, passes };
}

test('at Waxpeer and LIS-SKINS I buy items of both games at the prices that my market shows, and they come and are final', async () => {
  const { gateway, apiKey, buysOne, passes } = await gatewayAtAll();
  const rust = [await buysOne('at-waxpeer', '252490'), await buysOne('at-lis-skins', '252490')];
  const [atWaxpeer, atLisSkins] = [await buysOne('at-waxpeer', '730'), await buysOne('at-lis-skins', '730')];
  for (const { id, totalPrice } of rust)
    expect(await comesTo(gateway, apiKey, id, 'completed')).toMatchObject({ totalPrice });
  for (const { id } of [atWaxpeer, atLisSkins])
    expect(await comesTo(gateway, apiKey, id, 'hold')).toMatchObject({ holdEndDate: expect.stringMatching(/Z$/) });
  const { balance, pendingBalance } = await asks(gateway, apiKey, '/v1/wallets/me/balance');
  expect(pendingBalance).toBeCloseTo(atWaxpeer.totalPrice + atLisSkins.totalPrice, 6);
  const spent = rust.reduce((sum, { totalPrice }) => sum + totalPrice, 0);
  expect(balance + pendingBalance + spent).toBeCloseTo(1000, 6);

  // One marketplace says that Steam's protection is over. The other never does: its item is final a day later.
  await passes(7 * DAY_MS + HOUR_MS);
  await comesTo(gateway, apiKey, atWaxpeer.id, 'completed');
  expect(await asks(gateway, apiKey, `/secure/trades/${atLisSkins.id}`)).toMatchObject({ status: 'hold' });
  await passes(DAY_MS);
  await comesTo(gateway, apiKey, atLisSkins.id, 'completed');
  expect(await asks(gateway, apiKey, '/v1/wallets/me/balance')).toMatchObject({ balance, pendingBalance: 0 });
  const broken = (await verify(gateway.deps.db, gateway.deps.clock.now())).filter((rule) => rule.broken !== null);
  expect(broken).toEqual([]);
});

test('an account with too little money fails the item, gives the money back, and is counted for the operator', async () => {
  const refused = { outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'balance' } as const;
  const { gateway, order, apiKey } = await gatewayWhose(() => ({ buy: async () => refused }));
  const { body } = await buys(gateway, apiKey, order);
  expect(await comesTo(gateway, apiKey, body.data.id, 'failed')).toMatchObject({ error: 'MARKET_UNAVAILABLE' });
  expect(await asks(gateway, apiKey, '/v1/wallets/me/balance')).toMatchObject({ balance: 1000, pendingBalance: 0 });
  expect(await metricsOf(gateway)).toMatch(/^skinrail_supplier_faults_total\{.*fault="balance"\} 1$/m);
});

test('a fault that leaves a purchase unknown is counted as well, and the purchase is looked up', async () => {
  const unclear = { outcome: 'unknown', cause: 'a test', fault: 'misconfigured' } as const;
  const { gateway, order, apiKey } = await gatewayWhose(() => ({ buy: async () => unclear }));
  await buys(gateway, apiKey, order);
  const purchases = gateway.deps.db.selectFrom('purchase').select(['state', 'reason']);
  await expect.poll(() => purchases.execute()).toEqual([{ state: 'unknown', reason: 'a test' }]);
  expect(await metricsOf(gateway)).toMatch(/^skinrail_supplier_faults_total\{.*fault="misconfigured"\} 1$/m);
});

test('a marketplace that takes long to sell is called under a lease that is as long', async () => {
  const lease = Promise.withResolvers<number>();
  const { gateway, order, apiKey } = await gatewayWhose((running) => ({
    buyTimeoutMs: 35_000,
    buy: async () => {
      const { db } = running().deps;
      const row = await db.selectFrom('purchase').select(['asked_at', 'due_at']).executeTakeFirstOrThrow();
      lease.resolve((row.due_at?.getTime() ?? 0) - (row.asked_at?.getTime() ?? 0));
      return { outcome: 'refused', reason: 'LISTING_UNAVAILABLE' };
    },
  }));
  await buys(gateway, apiKey, order);
  // Five seconds of margin.
  expect(await lease.promise).toBe(40_000);
});

test('of a listing of which only the price can be learnt, nothing is bought', async () => {
  const priced = { outcome: 'priced', priceMills: toMills(1000n) } as const;
  const { gateway, order, apiKey } = await gatewayWhose(() => ({ listing: async () => priced }));
  const answer = await buys(gateway, apiKey, { ...order, itemId: 'rust:waxpeer:999' });
  expect(answer).toMatchObject({ status: 503, body: { error: { key: 'SERVICE_UNAVAILABLE' } } });
  expect(await gateway.deps.db.selectFrom('purchase').select('id').execute()).toEqual([]);
  expect(await gateway.deps.db.selectFrom('trade').select('id').execute()).toEqual([]);
});

test('a push is answered with the text that its marketplace takes as received, and a forged one is refused', async () => {
  const { gateway } = await gatewayWhose(() => ({
    push: { receipt: 'success', readHint: (_headers, body) => (body === 'signed' ? ['A-REFERENCE'] : null) },
  }));
  const push = (body: string) => fetch(`${gateway.baseUrl}/suppliers/my-account/hint`, { method: 'POST', body });
  const answer = await push('signed');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain']);
  expect(await answer.text()).toBe('success');
  expect((await push('forged')).status).toBe(403);
});

test('a version without the adapter does not start, and says what to do', async () => {
  const config = await folderWithAccount(kindAt('http://127.0.0.1:1'));
  await expect(startGateway(config, log, [])).rejects.toThrow(
    'account my-account is at test-market, for which this version has no adapter; start a version that has it',
  );
});
