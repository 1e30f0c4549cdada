import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import { DAY_MS, later, MINUTE_MS, msBetween, SECOND_MS, systemClock } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import { verify } from '../../src/verify/verify.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { CALLBACK_SECRET, cs2dtSettings } from '../suppliers/cs2dt-harness.ts';
import { openMarketplace } from '../suppliers/harness.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { SECRET_KEY } from '../support/keys.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { Receiver } from '../support/receiver.ts';

/** A gateway outside the sandbox that buys at CS2DT, the one marketplace where single orders can be cancelled. */

const log = pino({ level: 'silent' });
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const searches = [
  'Ships At Once',
  'Ships Later',
  'Never Ships',
  'Refuses To Cancel',
  'Delivers Despite Cancel',
  'Cancel Answer Lost',
];
const NO_ANSWER_MS = 1000;
const FUNDS = 1000;

type Market = Awaited<ReturnType<typeof openMarketplace>>;

async function startedAt({ url }: Market): Promise<Gateway> {
  const dataDir = createDataFolder();
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    SANDBOX: 'off',
    SECRET_KEY,
    CALLBACK_ALLOW: '127.0.0.1',
    SUPPLIER_TIMEOUT_MS: String(NO_ANSWER_MS),
  });
  const given = { ...cs2dtSettings, searches: searches.join(';'), baseUrl: `${url}/cs2dt` };
  await withSession(config, ({ deps }) => addAccount(deps, { kind: 'cs2dt', id: 'my-account', given }));
  const gateway = await startGateway(config, log);
  ends.push(() => gateway.stop());
  return gateway;
}

/** A merchant with money at a gateway whose only marketplace is CS2DT, which knows where to send its callbacks. */
async function shop() {
  const market = await openMarketplace();
  const gateway = await startedAt(market);
  const hintUrl = `${gateway.baseUrl}/suppliers/my-account/hint`;
  await market.control('PUT', '/cs2dt/callbacks', { hintUrl, hintSecret: CALLBACK_SECRET });
  const { deps } = gateway;
  const receiver = await Receiver.start();
  ends.push(() => receiver.stop());
  const callbackUrl = receiver.urlOf('shop');
  const { merchant } = await createMerchant(deps, { name: 'shop', verified: true, callbackUrl });
  const credit = { merchantId: merchant.id, direction: 'credit', actor: 'test' } as const;
  await moveFunding(deps, { ...credit, amountMills: toMills(1000n * BigInt(FUNDS)) });
  const { apiKey } = await createKey(deps, merchant.id);
  await expect.poll(() => deps.market.isKnown('730')).toBe(true);
  return { market, gateway, receiver, ...callerOf(gateway, apiKey), pass: passing(market, gateway) };
}
type Shop = Awaited<ReturnType<typeof shop>>;

/** Moves the clocks of the gateway and of the marketplace on. */
function passing(market: Market, gateway: Gateway): (ms: number) => Promise<void> {
  let offsetMs = 0;
  const spy = vi.spyOn(systemClock, 'now').mockImplementation(() => later(new Date(), offsetMs));
  ends.push(() => spy.mockRestore());
  return async (ms) => {
    offsetMs += ms;
    await market.pass(ms);
    gateway.lookForWork();
  };
}

function callerOf({ baseUrl }: Gateway, apiKey: string) {
  const call = async (method: string, path: string, body?: unknown, requestId: string = randomUUID()) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { 'api-key': apiKey, 'x-request-id': requestId, ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
    return { status: answer.status, body: (await answer.json()) as any };
  };
  return {
    call,
    trade: async (id: string) => (await call('GET', `/secure/trades/${id}`)).body.data,
    wallet: async () => (await call('GET', '/v1/wallets/me/balance')).body.data,
  };
}

/** Buys what my market shows under this name, and waits until CS2DT has the order. */
async function buys({ gateway, call, trade }: Shop, market_hash_name: string) {
  const { deps } = gateway;
  const [offer] = deps.market.offers({ game: '730', marketHashName: market_hash_name });
  if (!offer) throw new Error(`${market_hash_name} is not shown`);
  const item = { itemId: offer.id, price: Math.ceil(Number(offer.listing.priceMills) / 10) / 100 };
  const { body } = await call('POST', '/secure/buy', { items: [item], game: '730', tradeUrl: TRADE_URL });
  expect(body).toMatchObject({ success: true });
  const { id, totalPrice } = body.data;
  const ordered = () =>
    deps.db
      .selectFrom('purchase')
      .select(['reference', 'due_at'])
      .where('trade_id', '=', id)
      .where('state', '=', 'done');
  const order = await vi.waitFor(() => ordered().executeTakeFirstOrThrow(), { timeout: 100_000 });
  return {
    id: String(id),
    price: Number(totalPrice),
    reference: order.reference,
    cancel: (requestId?: string) => call('POST', `/secure/buy/${id}/items/${offer.id}/cancel`, undefined, requestId),
    comesTo: (status: string) => expect.poll(async () => (await trade(id)).status).toBe(status),
    item: async () => (await trade(id)).items[0],
    dueAt: async () => (await ordered().executeTakeFirstOrThrow()).due_at,
  };
}

/** What the operator's account at CS2DT has spent, in thousandths of a dollar. */
async function spentAtMarketplace({ gateway }: Shop): Promise<bigint> {
  const answer = await gateway.deps.suppliers.get('my-account').balance?.();
  if (answer?.outcome !== 'read') throw new Error('the balance cannot be read');
  return 1_000_000_000n - answer.availableMills;
}

async function provesTheBooks({ gateway }: Shop): Promise<void> {
  expect((await verify(gateway.deps.db, new Date())).filter((rule) => rule.broken !== null)).toEqual([]);
}

async function refundsOf({ gateway }: Shop): Promise<number> {
  const transfers = await gateway.deps.db
    .selectFrom('transfer')
    .select('key')
    .where('key', 'like', 'refund:%')
    .execute();
  return transfers.length;
}

test('at CS2DT I buy an item, which is delivered, held, and paid for when it is final', async () => {
  const here = await shop();
  const bought = await buys(here, 'AK-47 | Ships At Once (Field-Tested)');
  await here.pass(SECOND_MS);
  await bought.comesTo('hold');
  expect(await here.wallet()).toMatchObject({ balance: FUNDS - bought.price, pendingBalance: bought.price });
  await here.pass(7 * DAY_MS);
  await bought.comesTo('completed');
  expect(await here.wallet()).toMatchObject({ balance: FUNDS - bought.price, pendingBalance: 0 });
  expect(await spentAtMarketplace(here)).toBe(12_340n);
  await provesTheBooks(here);
});

test('a cancel is too soon for half an hour and a minute, then accepted, and refunded exactly once', async () => {
  const here = await shop();
  const bought = await buys(here, 'AK-47 | Never Ships (Field-Tested)');
  const early = await bought.cancel();
  expect(early).toMatchObject({ status: 400, body: { error: { code: 27, key: 'TRADE_CANCEL_TOO_SOON' } } });
  const restMs = msBetween(systemClock.now(), new Date(early.body.error.details.cancellableAt));
  expect(restMs).toBeGreaterThan(30 * MINUTE_MS);
  expect(await here.market.facts(bought.reference)).toMatchObject({ cancelCalls: 0 });

  await here.pass(31 * MINUTE_MS);
  const requestId = randomUUID();
  const accepted = { status: 200, body: { success: true, data: { tradeId: bought.id, status: 'cancelled' } } };
  const answers = await Promise.all(Array.from({ length: 5 }, () => bought.cancel(requestId)));
  for (const answer of answers) expect(answer).toMatchObject(accepted);
  await bought.comesTo('reverted');
  expect(await bought.cancel(requestId)).toMatchObject(accepted);
  expect(await here.trade(bought.id)).toMatchObject({ revertedBy: 'supplier' });
  expect(await bought.item()).toMatchObject({ cancellation: { status: 'settled' } });
  expect(await here.wallet()).toMatchObject({ balance: FUNDS, pendingBalance: 0 });
  expect(await refundsOf(here)).toBe(1);
  expect(await here.market.facts(bought.reference)).toMatchObject({ cancelCalls: 1 });
  expect(await spentAtMarketplace(here)).toBe(0n);
  await provesTheBooks(here);
});

test('a cancel of an item whose seller is delivering is refused without asking CS2DT, which could charge for it', async () => {
  const here = await shop();
  const bought = await buys(here, 'AWP | Refuses To Cancel (Minimal Wear)');
  await here.pass(31 * MINUTE_MS);
  const details = { reason: 'not_allowed' };
  expect(await bought.cancel()).toMatchObject({ status: 400, body: { error: { code: 28, details } } });
  expect(await here.market.facts(bought.reference)).toMatchObject({ cancelCalls: 0 });
  expect(await bought.item()).toMatchObject({ status: 'pending' });
  expect(await here.wallet()).toMatchObject({ pendingBalance: bought.price });
  await provesTheBooks(here);
});

test('a cancel that loses to the delivery is told as lost, refunds nothing, and costs the operator a fee', async () => {
  const here = await shop();
  const bought = await buys(here, 'AWP | Delivers Despite Cancel (Field-Tested)');
  await here.pass(31 * MINUTE_MS);
  expect(await bought.cancel()).toMatchObject({ status: 200 });
  await here.pass(MINUTE_MS);
  await bought.comesTo('hold');
  expect(await bought.item()).toMatchObject({ cancellation: { status: 'lost' } });
  expect(await here.wallet()).toMatchObject({ balance: FUNDS - bought.price, pendingBalance: bought.price });
  expect(await refundsOf(here)).toBe(0);
  // The item, and 2 % of it.
  expect(await spentAtMarketplace(here)).toBe(48_130n + 970n);
  await provesTheBooks(here);
});

test('a cancel whose answer is lost is kept, and settled and refunded once by the word of the order', async () => {
  const here = await shop();
  const bought = await buys(here, 'FAMAS | Cancel Answer Lost (Field-Tested)');
  await here.pass(31 * MINUTE_MS);
  const details = { outcome: 'unknown' };
  expect(await bought.cancel()).toMatchObject({
    status: 503,
    body: { error: { key: 'SERVICE_UNAVAILABLE', details } },
  });
  await here.pass(30 * SECOND_MS);
  await bought.comesTo('reverted');
  expect(await here.wallet()).toMatchObject({ balance: FUNDS, pendingBalance: 0 });
  expect(await refundsOf(here)).toBe(1);
  await provesTheBooks(here);
});

test('a callback of CS2DT moves the item long before its order would be read again', async () => {
  const here = await shop();
  const bought = await buys(here, 'AK-47 | Never Ships (Field-Tested)');
  await here.pass(DAY_MS);
  // The older an order is, the less often it is read.
  const waitsMs = async () => msBetween(systemClock.now(), (await bought.dueAt()) ?? new Date(0));
  await expect.poll(waitsMs).toBeGreaterThan(30 * MINUTE_MS);
  expect(await bought.item()).toMatchObject({ status: 'pending' });
  await here.market.control('POST', `/orders/${bought.reference}/deliver`);
  await bought.comesTo('hold');
  await expect.poll(() => here.receiver.attemptsBy('shop').map(({ trade }) => trade.status)).toContain('hold');
  await provesTheBooks(here);
});
