import { beforeAll, describe, expect, test } from 'vitest';
import type { ErrorKey } from '../../src/core/errors.ts';
import { createKey, revokeKey, setDisabled } from '../../src/merchants/operations.ts';
import type { Answer, Merchant } from '../support/merchant.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** On every route of a merchant: who may call at all. */

const world = useWorld();

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** As the OpenAPI document spells it. */
  readonly path: string;
  readonly call: string;
  readonly body?: () => unknown;
}

const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/auth/authenticate-client',
    call: '/auth/authenticate-client',
    body: () => ({ clientSteamId: '76561198000000001', clientTradeUrl: TRADE_URL }),
  },
  { method: 'GET', path: '/secure/market', call: '/secure/market' },
  { method: 'GET', path: '/secure/prices', call: '/secure/prices' },
  { method: 'GET', path: '/secure/market/item', call: '/secure/market/item?marketHashName=any' },
  { method: 'POST', path: '/secure/buy', call: '/secure/buy', body: () => validBuy() },
  {
    method: 'POST',
    path: '/secure/buy/quick',
    call: '/secure/buy/quick',
    body: () => ({ marketHashName: 'any', maxPrice: 1, amount: 1, tradeUrl: TRADE_URL }),
  },
  {
    method: 'POST',
    path: '/secure/check-tradeurl',
    call: '/secure/check-tradeurl',
    body: () => ({ tradeurl: TRADE_URL }),
  },
  { method: 'GET', path: '/secure/trades', call: '/secure/trades' },
  { method: 'GET', path: '/secure/trades/{tradeId}', call: '/secure/trades/any' },
  { method: 'GET', path: '/v1/wallets/me/balance', call: '/v1/wallets/me/balance' },
  { method: 'GET', path: '/v1/wallets/me/entries', call: '/v1/wallets/me/entries' },
  { method: 'GET', path: '/v1/ledger/transactions', call: '/v1/ledger/transactions' },
  { method: 'GET', path: '/v1/ledger/transactions/{transactionId}', call: '/v1/ledger/transactions/any' },
  {
    method: 'POST',
    path: '/secure/buy/{tradeId}/items/{itemId}/cancel',
    call: '/secure/buy/any/items/any/cancel',
  },
  { method: 'POST', path: '/secure/buy/{tradeId}/cancel', call: '/secure/buy/any/cancel' },
  { method: 'GET', path: '/v1/clients/limits', call: '/v1/clients/limits' },
  { method: 'PUT', path: '/v1/clients/limits', call: '/v1/clients/limits', body: () => ({}) },
  { method: 'GET', path: '/v1/callbacks/url', call: '/v1/callbacks/url' },
  {
    method: 'PUT',
    path: '/v1/callbacks/url',
    call: '/v1/callbacks/url',
    body: () => ({ url: `${world().gateway.sandbox?.marketplaceUrl}/shop/callbacks` }),
  },
  { method: 'POST', path: '/v1/callbacks/url/enable', call: '/v1/callbacks/url/enable' },
  { method: 'POST', path: '/v1/callbacks/test', call: '/v1/callbacks/test' },
  { method: 'GET', path: '/v1/callbacks/deliveries', call: '/v1/callbacks/deliveries' },
  { method: 'GET', path: '/v1/callbacks/deliveries/{deliveryId}', call: '/v1/callbacks/deliveries/any' },
  {
    method: 'POST',
    path: '/v1/callbacks/deliveries/{deliveryId}/replay',
    call: '/v1/callbacks/deliveries/any/replay',
  },
  {
    method: 'POST',
    path: '/v1/callbacks/replay',
    call: '/v1/callbacks/replay',
    body: () => ({ from: '2026-01-01T00:00:00Z' }),
  },
  { method: 'GET', path: '/v1/events', call: '/v1/events' },
];

function validBuy() {
  const listing = world().testListing('never-ships');
  return { items: [{ itemId: listing.id, price: listing.price }], tradeUrl: TRADE_URL };
}

function knock(route: Route, apiKey: string | null, headers: Record<string, string> = {}): Promise<Answer> {
  return world().call(route.method, route.call, {
    headers: { ...(apiKey === null ? {} : { 'api-key': apiKey }), ...headers },
    ...(route.body ? { body: route.body() } : {}),
  });
}

/** Every route answers this key in the same way. */
async function expectRefused(apiKey: string | null, error: { status: number; code: number; key: ErrorKey }) {
  for (const route of routes) {
    const { status, body } = await knock(route, apiKey);
    const { code, key } = body.error ?? {};
    expect({ path: route.path, status, code, key }).toEqual({ path: route.path, ...error });
    expect(body).toMatchObject({ success: false, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(body).not.toHaveProperty('data');
  }
}

test('the routes below are all that ask for a key', async () => {
  const answer = await fetch(`${world().baseUrl}/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, { security?: object[] }>> }; // checked by another test
  const asking = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { security }]) => security === undefined || security.some((each) => 'ApiKeyAuth' in each))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
  expect(asking.sort()).toEqual(routes.map((route) => `${route.method} ${route.path}`).sort());
});

describe('every route refuses', () => {
  let merchant: Merchant;
  beforeAll(async () => {
    merchant = await world().merchant();
  });

  test('a call without a key', async () => {
    await expectRefused(null, { status: 401, code: 1900, key: 'MISSING_API_KEY' });
    await expectRefused('', { status: 401, code: 1900, key: 'MISSING_API_KEY' });
  });

  test.each([
    ['that nobody issued', () => `ap_${'0'.repeat(64)}`],
    ['in other letters', () => merchant.apiKey.toUpperCase()],
    ['cut short', () => merchant.apiKey.slice(0, -1)],
    ['sent twice in one header', () => `${merchant.apiKey}, ${merchant.apiKey}`],
    ['that is SQL', () => `' or '1'='1`],
    ['of ten thousand characters', () => 'a'.repeat(10_000)],
    ['that is its own stored id', () => merchant.keyId],
  ])('a key %s', async (_what, key) => {
    await expectRefused(key(), { status: 401, code: 1901, key: 'INVALID_API_KEY' });
  });

  test('a key without the scope', async () => {
    const { apiKey } = await createKey(world().gateway.deps, merchant.id, { scopes: [] });
    await expectRefused(apiKey, { status: 403, code: 1903, key: 'INSUFFICIENT_SCOPE' });
  });

  test('a key from an address that is not on its list, whatever address a header claims', async () => {
    const allowedIps = ['10.0.0.0/8', '192.168.1.7', '2001:db8::/32'];
    const { apiKey } = await createKey(world().gateway.deps, merchant.id, { allowedIps });
    await expectRefused(apiKey, { status: 403, code: 1904, key: 'API_KEY_IP_DENIED' });
    for (const route of routes) {
      const claimed = await knock(route, apiKey, { 'x-forwarded-for': '10.1.2.3', 'x-real-ip': '10.1.2.3' });
      expect(claimed.body.error?.key).toBe('API_KEY_IP_DENIED');
    }
  });

  // These three wait for the same seconds, so they wait together.
  test.concurrent('a key of a disabled merchant, within five seconds', async () => {
    const other = await world().merchant();
    expect(await other.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    await setDisabled(world().gateway.deps, other.id, true);
    const isRefused = async () => (await other.call('GET', '/v1/wallets/me/balance')).status === 403;
    await world().until(isRefused, 'the merchant is refused', 5000);
    await expectRefused(other.apiKey, { status: 403, code: 1301, key: 'ACCOUNT_DISABLED' });
  });

  test.concurrent('nobody any more once the merchant is enabled again', async () => {
    const other = await world().merchant();
    await setDisabled(world().gateway.deps, other.id, true);
    await expectRefused(other.apiKey, { status: 403, code: 1301, key: 'ACCOUNT_DISABLED' });
    await setDisabled(world().gateway.deps, other.id, false);
    const isIn = async () => (await other.call('GET', '/v1/wallets/me/balance')).status === 200;
    await world().until(isIn, 'the merchant is let in again', 5000);
  });

  test.concurrent('a revoked key, within five seconds, and no other key of the merchant', async () => {
    const { deps } = world().gateway;
    const { apiKey, row } = await createKey(deps, merchant.id);
    const balance = () => world().call('GET', '/v1/wallets/me/balance', { headers: { 'api-key': apiKey } });
    expect((await balance()).status).toBe(200);
    await revokeKey(deps, row.id);
    await world().until(async () => (await balance()).status !== 200, 'the key is refused', 5000);
    await expectRefused(apiKey, { status: 401, code: 1902, key: 'API_KEY_REVOKED' });
    expect((await merchant.call('GET', '/v1/wallets/me/balance')).status).toBe(200);
  });
});

describe('a refused call', () => {
  test('has no effect: nothing is bought, reserved or cancelled', async () => {
    const { deps } = world().gateway;
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await world().passes('31m');
    const before = await merchant.balance();
    const powerless = await createKey(deps, merchant.id, { scopes: [] });
    const elsewhere = await createKey(deps, merchant.id, { allowedIps: ['10.0.0.1'] });
    for (const { apiKey } of [powerless, elsewhere]) {
      const headers = { 'api-key': apiKey };
      expect((await merchant.call('POST', '/secure/buy', { body: validBuy(), headers })).status).toBe(403);
      expect((await merchant.cancels(trade.id, trade.items[0]?.id ?? '', { headers })).status).toBe(403);
    }
    await world().settles();
    expect(await merchant.balance()).toEqual(before);
    expect(await merchant.tradeCount()).toBe(1);
    const { cancelCalls } = await world().supplierCalls(merchant.id, trade.id, trade.items[0]?.id ?? '');
    expect(cancelCalls).toBe(0);
  });

  test('is not counted: my limit is still whole after it', async () => {
    const merchant = await world().merchant({ verified: false });
    const { apiKey } = await createKey(world().gateway.deps, merchant.id, { allowedIps: ['10.0.0.1'] });
    for (let i = 0; i < 15; i++) {
      expect((await merchant.cancels('none', 'none', { headers: { 'api-key': apiKey } })).status).toBe(403);
    }
    for (let i = 0; i < 10; i++) expect((await merchant.cancels('none', 'none')).status).toBe(404);
    expect((await merchant.cancels('none', 'none')).status).toBe(429);
  });

  test('is refused for its key first, whatever else is wrong with it', async () => {
    const json = { 'content-type': 'application/json' };
    const broken = await world().call('POST', '/secure/buy', { body: '{broken', headers: json });
    const large = await world().call('POST', '/secure/buy', { body: `"${'x'.repeat(300_000)}"`, headers: json });
    const cursor = await world().call('GET', '/secure/trades?cursor=nonsense&limit=-1');
    const path = await world().call('GET', '/secure/trades/%zz');
    for (const answer of [broken, large, cursor, path]) {
      expect(answer.status).toBe(401);
      expect(answer.body.error?.key).toBe('MISSING_API_KEY');
    }
  });
});

describe('a key that may be used from some addresses only', () => {
  test.each([['127.0.0.1'], ['127.0.0.0/8'], ['0.0.0.0/0']])('opens every route from %s', async (range) => {
    const merchant = await world().merchant({ allowedIps: ['192.168.0.1', range] });
    for (const route of routes) {
      const { status } = await knock(route, merchant.apiKey);
      expect([200, 404], route.path).toContain(status);
    }
  });
});

describe('what a key shows', () => {
  test('no answer, header or callback ever holds a key, a secret or what is stored of them', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships'), world().testListing('purchase-refused')]);
    const { deps } = world().gateway;
    const { api_secret_sealed } = await deps.db
      .selectFrom('merchant')
      .select('api_secret_sealed')
      .where('id', '=', merchant.id)
      .executeTakeFirstOrThrow();
    const { hash } = await deps.db
      .selectFrom('api_key')
      .select('hash')
      .where('id', '=', merchant.keyId)
      .executeTakeFirstOrThrow();
    const said: string[] = merchant.attemptsAt(trade.id).map((attempt) => attempt.raw);
    const calls = [...routes.map((route) => ({ ...route })), { method: 'GET', call: `/secure/trades/${trade.id}` }];
    const open = ['/health', '/metrics', '/openapi.json', '/sandbox/listings', '/sandbox/callbacks', '/sandbox/clock'];
    for (const { method, call } of [...calls, ...open.map((path) => ({ method: 'GET', call: path }))]) {
      for (const apiKey of [merchant.apiKey, `${merchant.apiKey}0`]) {
        const answer = await fetch(`${world().baseUrl}${call}`, { method, headers: { 'api-key': apiKey } });
        said.push(JSON.stringify([...answer.headers]), await answer.text());
      }
    }
    const secrets = {
      key: merchant.apiKey,
      secret: merchant.apiSecret,
      sealed: String(api_secret_sealed),
      hash: Buffer.from(hash).toString('hex'),
      hashAsText: Buffer.from(hash).toString('base64'),
    };
    expect(said.length).toBeGreaterThan(2 * (calls.length + open.length));
    for (const [name, secret] of Object.entries(secrets)) {
      expect(
        said.filter((text) => text.includes(secret)),
        `answers with the ${name}`,
      ).toEqual([]);
    }
  });

  test('another merchant’s trades are not there for me: not in the list, by id, by externalId, or among others', async () => {
    const owner = await world().merchant();
    const stranger = await world().merchant();
    const theirs = await owner.buys([world().testListing('never-ships')], { externalId: 'shared-name' });
    expect((await stranger.call('GET', '/secure/trades')).body.data.items).toEqual([]);
    for (const ref of [theirs.id, 'shared-name']) {
      const answer = await stranger.call('GET', `/secure/trades/${ref}`);
      expect(answer.status).toBe(404);
      expect(answer.body.error).toMatchObject({ code: 21, key: 'TRADE_NOT_FOUND' });
    }
    const mine = await stranger.buys([world().testListing('never-ships')], { externalId: 'shared-name' });
    expect(mine.id).not.toBe(theirs.id);
    const both = await stranger.call('GET', `/secure/trades/${theirs.id},${mine.id},shared-name`);
    expect(both.body.data.map((trade: { id: string }) => trade.id)).toEqual([mine.id]);
    const list = await stranger.call('GET', '/secure/trades');
    expect(list.body.data.items.map((trade: { id: string }) => trade.id)).toEqual([mine.id]);
  });

  test('another merchant’s wallet is not there for me', async () => {
    const rich = await world().merchant({ funds: 5000 });
    const poor = await world().merchant({ funds: 0 });
    expect((await rich.balance()).balance).toBe(5000);
    expect(await poor.balance()).toEqual({ balance: 0, pendingBalance: 0 });
    expect((await poor.asksToBuy([world().testListing('never-ships')])).body.error?.key).toBe('MERCHANT_BALANCE_LOW');
    expect(await rich.balance()).toEqual({ balance: 5000, pendingBalance: 0 });
  });
});
