import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue, type ErrorKey } from '../../src/core/errors.ts';
import type { MerchantRow, PersonRow } from '../../src/db/tables.ts';
import { createKey, createMerchant, revokeKey, setDisabled } from '../../src/merchants/operations.ts';
import type { Answer, Merchant } from '../support/merchant.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { sendRaw } from '../support/raw.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Each error of the catalogue, provoked once over HTTP. A new error needs a line here, and one in `docs/reference/errors.md`. */

const world = useWorld();
const { signedIn, invited, stranger } = usePeople(world);
const BUY = 'post /secure/buy';
const TRADES = 'get /secure/trades';
const TRADE = 'get /secure/trades/{tradeId}';
const CLIENT_TRADES = 'get /client/trades';
const BALANCE = 'get /v1/wallets/me/balance';
const CANCEL = 'post /secure/buy/{tradeId}/items/{itemId}/cancel';

const PASSWORD = 'correct horse battery';
const NO_ID = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const cancelPathOf = (id: string) => `/operator/v1/trades/${id}/items/${id}/cancel`;

/** A second factor that was confirmed before. */
async function withSecondFactor(person: PersonRow): Promise<void> {
  const { db, clock } = world().gateway.deps;
  await db.updateTable('person').set({ totp_confirmed_at: clock.now() }).where('id', '=', person.id).execute();
}

let merchant: Merchant;
beforeAll(async () => {
  merchant = await world().merchant();
});

interface Provocation {
  /** The operation that gives this error, as the OpenAPI document names it; null: none, since path or method are unknown. */
  readonly operation: string | null;
  readonly provoke: () => Promise<Pick<Answer, 'status' | 'body'> & { headers?: Headers }>;
  /** What comes with it beside key, code and message. */
  readonly carries?: readonly ('fields' | 'details' | 'retry-after' | 'message')[];
}

/** A buy by a merchant of which this is so; nothing of it is recorded. */
async function buyWith(change: Partial<MerchantRow>): Promise<Answer> {
  const unreachable = await world().merchant();
  await world().gateway.deps.db.updateTable('merchant').set(change).where('id', '=', unreachable.id).execute();
  const answer = await unreachable.asksToBuy([world().testListing('never-ships')]);
  expect(await unreachable.tradeCount()).toBe(0);
  expect((await unreachable.balance()).pendingBalance).toBe(0);
  return answer;
}

const provocations: Readonly<Record<ErrorKey, Provocation>> = {
  EXTERNAL_ID_EXISTS: {
    operation: BUY,
    provoke: async () => {
      await merchant.buys([world().testListing('buy-503')], { externalId: 'twice' });
      return merchant.asksToBuy([world().testListing('buy-503')], { externalId: 'twice' });
    },
  },
  PRICE_CHANGED: {
    operation: BUY,
    provoke: () => merchant.asksToBuy([world().testListing('price-raised-since-listed')]),
    carries: ['details'],
  },
  MERCHANT_BALANCE_LOW: {
    operation: BUY,
    provoke: async () => (await world().merchant({ funds: 1 })).asksToBuy([world().testListing('never-ships')]),
  },
  INSUFFICIENT_STOCK: {
    operation: 'post /secure/buy/quick',
    provoke: () => merchant.asksToBuyQuick(world().testListing('never-ships'), { maxPrice: 0.01 }),
    carries: ['details'],
  },
  LISTING_NOT_FOUND: {
    operation: 'get /secure/market/item',
    provoke: () => merchant.call('GET', '/secure/market/item?marketHashName=nothing'),
  },
  INVALID_LISTING_ID: {
    operation: BUY,
    provoke: () => merchant.asksToBuy([world().rustListing('never-ships')], { game: '730' }),
    carries: ['details'],
  },
  TRADE_NOT_FOUND: { operation: TRADE, provoke: () => merchant.call('GET', '/secure/trades/nothing') },
  TRADE_CANCEL_TOO_SOON: {
    operation: CANCEL,
    provoke: async () => {
      const listing = world().testListing('never-ships');
      return merchant.cancels((await merchant.buys([listing])).id, listing.id);
    },
    carries: ['details', 'retry-after'],
  },
  TRADE_NOT_CANCELLABLE: {
    operation: CANCEL,
    provoke: async () => {
      const listing = world().testListing('purchase-refused');
      return merchant.cancels((await merchant.buys([listing])).id, listing.id);
    },
    carries: ['details'],
  },
  TRADE_CANCEL_UNSUPPORTED: {
    operation: 'post /secure/buy/{tradeId}/cancel',
    provoke: async () => merchant.cancelsTrade((await merchant.buys([world().rustListing('never-ships')])).id),
  },
  VALIDATION_FAILED: {
    operation: TRADES,
    provoke: () => merchant.call('GET', '/secure/trades?limit=0'),
    carries: ['fields'],
  },
  NOT_FOUND: { operation: null, provoke: () => merchant.call('GET', '/nowhere') },
  METHOD_NOT_ALLOWED: { operation: null, provoke: () => merchant.call('GET', '/secure/buy') },
  RATE_LIMITED: {
    operation: CANCEL,
    provoke: async () => {
      const slow = await world().merchant({ verified: false });
      for (let n = 0; n < 10; n++) await slow.cancels('none', 'none');
      return slow.cancels('none', 'none');
    },
    carries: ['retry-after'],
  },
  SERVER_ERROR: {
    operation: TRADES,
    provoke: async () => {
      // The workers notice too: they log it and go on.
      const { db } = world().gateway.deps;
      await sql`alter table trade rename to trade_elsewhere`.execute(db);
      try {
        return await merchant.call('GET', '/secure/trades');
      } finally {
        await sql`alter table trade_elsewhere rename to trade`.execute(db);
      }
    },
  },
  SERVICE_UNAVAILABLE: {
    operation: CANCEL,
    provoke: async () => {
      const listing = world().testListing('cancel-503');
      const trade = await merchant.buys([listing]);
      await world().passes('31m');
      return merchant.cancels(trade.id, listing.id);
    },
    carries: ['details', 'retry-after'],
  },
  PAYLOAD_TOO_LARGE: {
    operation: BUY,
    provoke: () => {
      const head = `POST /secure/buy HTTP/1.1\r\nhost: x\r\nconnection: close\r\napi-key: ${merchant.apiKey}`;
      return sendRaw(world().baseUrl, `${head}\r\ncontent-type: application/json\r\ncontent-length: 300000\r\n\r\n`);
    },
  },
  UNSUPPORTED_MEDIA_TYPE: {
    operation: BUY,
    provoke: () => merchant.call('POST', '/secure/buy', { body: '<buy/>', headers: { 'content-type': 'text/xml' } }),
  },
  INVALID_TOKEN: {
    operation: CLIENT_TRADES,
    provoke: () => world().call('GET', '/client/trades', { headers: { authorization: 'Bearer a.b.c' } }),
  },
  MISSING_BEARER: { operation: CLIENT_TRADES, provoke: () => world().call('GET', '/client/trades') },
  NO_API_SECRET_CONFIGURED: {
    operation: 'post /auth/authenticate-client',
    provoke: async () => {
      const { deps } = world().gateway;
      const { merchant: secretless } = await createMerchant(deps, { name: 'secretless', withoutSecret: true });
      const { apiKey } = await createKey(deps, secretless.id);
      const body = { clientSteamId: '76561198000000001', clientTradeUrl: TRADE_URL };
      return world().call('POST', '/auth/authenticate-client', { body, headers: { 'api-key': apiKey } });
    },
  },
  FORBIDDEN: {
    operation: CANCEL,
    provoke: async () => {
      const trade = await (await world().merchant()).buys([world().testListing('never-ships')]);
      return merchant.cancels(trade.id, trade.items[0]?.id ?? '');
    },
  },
  ACCOUNT_DISABLED: {
    operation: BALANCE,
    provoke: async () => {
      const disabled = await world().merchant();
      await setDisabled(world().gateway.deps, disabled.id, true);
      return disabled.call('GET', '/v1/wallets/me/balance');
    },
  },
  MERCHANT_NO_CALLBACK_URL: { operation: BUY, provoke: () => buyWith({ callback_url: null }) },
  MERCHANT_NO_API_SECRET: { operation: BUY, provoke: () => buyWith({ api_secret_sealed: null }) },
  MERCHANT_CALLBACK_URL_DISABLED: {
    operation: BUY,
    provoke: () => buyWith({ callback_disabled_at: world().now, callback_disabled_reason: 'by an operator' }),
    carries: ['details'],
  },
  CALLBACK_URL_TEST_FAILED: {
    operation: 'put /v1/callbacks/url',
    provoke: () => merchant.call('PUT', '/v1/callbacks/url', { body: { url: 'http://127.0.0.1:9/closed' } }),
    carries: ['details'],
  },
  CALLBACK_NOT_FOUND: {
    operation: 'get /v1/callbacks/deliveries/{deliveryId}',
    provoke: () => merchant.call('GET', '/v1/callbacks/deliveries/nothing'),
  },
  MISSING_API_KEY: { operation: BALANCE, provoke: () => world().call('GET', '/v1/wallets/me/balance') },
  INVALID_API_KEY: { operation: BALANCE, provoke: () => callWith('ap_nobody') },
  API_KEY_REVOKED: {
    operation: BALANCE,
    provoke: async () => {
      const { apiKey, row } = await createKey(world().gateway.deps, merchant.id);
      await revokeKey(world().gateway.deps, row.id);
      return callWith(apiKey);
    },
  },
  INSUFFICIENT_SCOPE: {
    operation: BALANCE,
    provoke: async () => callWith((await createKey(world().gateway.deps, merchant.id, { scopes: [] })).apiKey),
  },
  API_KEY_IP_DENIED: {
    operation: BALANCE,
    provoke: async () => {
      const { apiKey } = await createKey(world().gateway.deps, merchant.id, { allowedIps: ['10.0.0.1'] });
      return callWith(apiKey);
    },
  },
  NOT_SIGNED_IN: {
    operation: 'get /operator/v1/session',
    provoke: () => stranger().call('GET', '/operator/v1/session'),
  },
  SIGN_IN_FAILED: {
    operation: 'post /operator/v1/session',
    provoke: () =>
      stranger().call('POST', '/operator/v1/session', { email: 'nobody@example.com', password: 'guessed' }),
  },
  SECOND_FACTOR_REQUIRED: {
    operation: 'post /operator/v1/session',
    provoke: async () => {
      const { person } = await invited('owner', PASSWORD);
      await withSecondFactor(person);
      return stranger().call('POST', '/operator/v1/session', { email: person.email, password: PASSWORD });
    },
  },
  PERMISSION_DENIED: {
    operation: 'post /operator/v1/trades/{tradeId}/items/{itemId}/cancel',
    provoke: async () => (await signedIn('auditor')).call('POST', cancelPathOf(NO_ID), { reason: 'a test' }),
  },
  CROSS_SITE_REQUEST: {
    operation: 'delete /operator/v1/session',
    provoke: async () =>
      (await signedIn('owner')).call('DELETE', '/operator/v1/session', undefined, { 'sec-fetch-site': 'cross-site' }),
  },
  LINK_NOT_VALID: {
    operation: 'post /operator/v1/links/read',
    provoke: () => stranger().call('POST', '/operator/v1/links/read', { token: 'made-up' }),
  },
  REFUSED: {
    operation: 'delete /operator/v1/sessions/{sessionId}',
    provoke: async () => (await signedIn('owner')).call('DELETE', `/operator/v1/sessions/${NO_ID}`),
    carries: ['message'],
  },
  CLIENT_LIMIT_REACHED: {
    operation: 'post /client/trading/withdraw',
    provoke: async () => {
      const limited = await world().merchant();
      await limited.call('PUT', '/v1/clients/limits', { body: { each: { perDay: 0 } } });
      return limited.client().asksToWithdraw([world().testListing('never-ships')]);
    },
    carries: ['details', 'retry-after'],
  },
  ITEM_NOT_FOUND: { operation: CANCEL, provoke: () => merchant.cancels('none', 'none') },
};

function callWith(apiKey: string): Promise<Answer> {
  return world().call('GET', '/v1/wallets/me/balance', { headers: { 'api-key': apiKey } });
}

test('every error of the catalogue is provoked below', () => {
  expect(Object.keys(provocations).sort()).toEqual(Object.keys(catalogue).sort());
});

describe('every error', () => {
  const keys = Object.keys(catalogue) as ErrorKey[]; // Object.keys forgets the literal type

  test.each(keys)('%s', async (key) => {
    const { operation, provoke, carries = [] } = provocations[key];
    const { code, status, text } = catalogue[key];
    const answer = await provoke();
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ success: false, error: { key, code } });
    expect(answer.body.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    const { message, fields, details } = answer.body.error ?? {};
    if (carries.length === 0) expect(message).toBe(text);
    if (carries.includes('message')) expect(message).not.toBe(text);
    expect(message?.length).toBeGreaterThan(0);
    expect(fields !== undefined).toBe(carries.includes('fields'));
    expect(details !== undefined).toBe(carries.includes('details'));
    expect(answer.headers?.has('retry-after') ?? false).toBe(carries.includes('retry-after'));
    if (operation) expect(await documented(operation, status)).toContain(`\`${key}\` (${code})`);
  });

  async function documented(operation: string, status: number): Promise<string> {
    const [method = '', path = ''] = operation.split(' ');
    const document = path.startsWith('/operator/') ? '/operator/openapi.json' : '/openapi.json';
    const answer = await fetch(world().baseUrl + document);
    const { paths } = (await answer.json()) as {
      paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>; // checked elsewhere
    };
    return paths[path]?.[method]?.responses[String(status)]?.description ?? 'nothing';
  }
});

test('after all of them the gateway still sells', async () => {
  const listing = world().testListing('never-ships');
  const body = { items: [{ itemId: listing.id, price: listing.price }], tradeUrl: TRADE_URL };
  expect((await merchant.call('POST', '/secure/buy', { body })).status).toBe(200);
});
