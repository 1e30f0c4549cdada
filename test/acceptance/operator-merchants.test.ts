import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { switchOff } from '../../src/callbacks/endpoint.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { HttpServer } from '../support/http-server.ts';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Merchants with their keys, secret, callback URL and origins, as a person who is signed in. */

const world = useWorld();
const { signedIn, stranger } = usePeople(world);
const UNKNOWN = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const merchantAt = (id: string, rest = '') => `/operator/v1/merchants/${id}${rest}`;

let shop: HttpServer;
beforeAll(async () => {
  shop = await HttpServer.start({
    '/takes': (_, response) => response.end('thanks'),
    '/takes?token=secret-token': (_, response) => response.end('thanks'),
    '/refuses': (_, response) => response.writeHead(500).end(),
  });
});
afterAll(() => shop.stop());

/** What the person has done last, as the audit trail has it. */
async function lastOf({
  person,
}: {
  readonly person: { readonly email: string; readonly merchant_id: string | null };
}) {
  const actor = `${person.merchant_id === null ? 'staff' : 'member'}:${person.email}`;
  const auditor = await signedIn('auditor');
  const { items } = await auditor.gets(`/operator/v1/audit?limit=1&operator=${encodeURIComponent(actor)}`);
  return items[0];
}

const expectBad = async (visitor: Visitor, method: string, path: string, body?: unknown) =>
  expect(await visitor.isRefused(method, path, body)).toBe('VALIDATION_FAILED');
const expectDenied = async (visitor: Visitor, method: string, path: string, body?: unknown) =>
  expect(await visitor.isRefused(method, path, body)).toBe('PERMISSION_DENIED');

async function balanceWith(apiKey: string): Promise<number> {
  return (await world().call('GET', '/v1/wallets/me/balance', { headers: { 'api-key': apiKey } })).status;
}

describe('staff who look for a merchant', () => {
  test('find it by a part of its name and of its id, and page through all, newest first', async () => {
    const operations = await signedIn('operations');
    const ids: string[] = [];
    for (const name of ['Pager 50% off A', 'Pager 50% off B', 'Pager 50x off C']) {
      ids.unshift((await operations.does('POST', '/operator/v1/merchants', { name })).merchant.id);
    }
    const support = await signedIn('support');
    const found = await support.gets(`/operator/v1/merchants?q=${encodeURIComponent('pager 50% OFF')}`);
    expect(found.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(1));
    const byId = await support.gets(`/operator/v1/merchants?q=${ids[0]?.slice(9)}`);
    expect(byId).toMatchObject({
      items: [{ id: ids[0], name: 'Pager 50x off C', disabledAt: null }],
      nextCursor: null,
    });

    const first = await support.gets('/operator/v1/merchants?q=pager%2050&limit=2');
    expect(first).toMatchObject({ items: [{ id: ids[0] }, { id: ids[1] }], nextCursor: ids[1] });
    const second = await support.gets(`/operator/v1/merchants?q=pager%2050&limit=2&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null });
    await expectBad(support, 'GET', '/operator/v1/merchants?limit=101');
  });

  test('are staff: a member sees no list of merchants, and a stranger nothing', async () => {
    const { id } = await world().merchant();
    await expectDenied(await signedIn('admin', id), 'GET', '/operator/v1/merchants');
    expect(await stranger().isRefused('GET', '/operator/v1/merchants')).toBe('NOT_SIGNED_IN');
  });
});

describe('a merchant', () => {
  test('is made by operations, whose answer has its secret once', async () => {
    const operations = await signedIn('operations');
    const made = await operations.does('POST', '/operator/v1/merchants', {
      name: ' New Shop ',
      verified: true,
      feeBps: 150,
    });
    expect(made.apiSecret).toMatch(/^[0-9a-f]{64}$/);
    const { merchant } = made;
    expect(merchant).toMatchObject({
      name: 'New Shop',
      verified: true,
      feeBps: 150,
      hasApiSecret: true,
      callbackUrl: null,
    });
    expect(merchant).toMatchObject({ available: '0.00', locked: '0.00', disabledAt: null, strictApproval: false });
    const entry = await lastOf(operations);
    expect(entry).toMatchObject({
      command: 'merchant create " New Shop " --fee-bps 150 --verified',
      origin: expect.stringMatching(/^operator API from \S+, request /),
      outcome: 'done',
    });
    expect(entry.changes).toContainEqual({
      of: `merchant ${merchant.id}`,
      field: 'name',
      before: null,
      after: 'New Shop',
    });
    expect(JSON.stringify(entry)).not.toContain(made.apiSecret);

    const without = await operations.does('POST', '/operator/v1/merchants', { name: 'Silent', withoutSecret: true });
    expect(without).toMatchObject({ apiSecret: null, merchant: { hasApiSecret: false, verified: false, feeBps: 0 } });
  });

  test('is not made by others, nor without a name or with an odd fee', async () => {
    const path = '/operator/v1/merchants';
    for (const role of ['support', 'finance', 'auditor'] as const) {
      await expectDenied(await signedIn(role), 'POST', path, { name: 'Shop' });
    }
    const { id } = await world().merchant();
    await expectDenied(await signedIn('admin', id), 'POST', path, { name: 'Shop' });
    const operations = await signedIn('operations');
    for (const body of [{}, { name: '' }, { name: 'x', feeBps: 5001 }, { name: 'x', apiSecret: 'mine' }, { name: 7 }]) {
      await expectBad(operations, 'POST', path, body);
    }
    expect(await operations.isRefused('POST', path, { name: '   ' })).toBe('REFUSED');
  });

  test('is shown to staff and its members with its balances, and with nothing secret of its callback URL', async () => {
    const merchant = await world().merchant({ funds: 25.5 });
    const { deps } = world().gateway;
    const callback_url = 'https://shop.example/callbacks?token=secret-token';
    await deps.db.updateTable('merchant').set({ callback_url }).where('id', '=', merchant.id).execute();
    await inTransaction(deps, (trx) => switchOff(deps, trx, merchant.id, 'by an operator'));
    for (const reader of [await signedIn('auditor'), await signedIn('viewer', merchant.id)]) {
      const { status, body } = await reader.call('GET', merchantAt(merchant.id));
      expect(status).toBe(200);
      expect(body.data).toMatchObject({
        id: merchant.id,
        verified: true,
        callbackUrl: 'https://shop.example/callbacks?-',
        callbacksOffReason: 'by an operator',
        callbacksOffSince: expect.any(String),
        hasApiSecret: true,
        hasTokenSecret: false,
        available: '25.50',
        locked: '0.00',
      });
      expect(body.data.limits).toContainEqual({ route: 'item-cancel', max: 60, per: 'minute', isOwn: false });
      expect(JSON.stringify(body)).not.toMatch(/secret-token|sealed/);
    }
  });

  test('is not shown to members of another one, and unknown ones are not found', async () => {
    const [own, other] = [await world().merchant(), await world().merchant()];
    await expectDenied(await signedIn('admin', own.id), 'GET', merchantAt(other.id));
    const owner = await signedIn('owner');
    expect(await owner.isRefused('GET', merchantAt(UNKNOWN))).toBe('NOT_FOUND');
    await expectBad(owner, 'GET', merchantAt('mine'));
  });
});

describe('what the operator decides about a merchant', () => {
  test('is changed by operations at once, and what is not given stays', async () => {
    const merchant = await world().merchant({ verified: false });
    const operations = await signedIn('operations');
    const change = { verified: true, feeBps: 275, strictApproval: true, routeLimits: { 'item-cancel': 600, buy: 7 } };
    const changed = await operations.does('PUT', merchantAt(merchant.id), change);
    expect(changed).toMatchObject({ verified: true, feeBps: 275, strictApproval: true, disabledAt: null });
    expect(changed.limits).toContainEqual({ route: 'item-cancel', max: 600, per: 'minute', isOwn: true });
    const entry = await lastOf(operations);
    expect(entry.command).toBe(
      `merchant change ${merchant.id} --verified=true --fee-bps=275 --strict-approval=true --limit=item-cancel:600 --limit=buy:7`,
    );
    expect(entry.changes).toEqual(
      expect.arrayContaining([
        { of: `merchant ${merchant.id}`, field: 'fee_bps', before: 150, after: 275 },
        { of: `merchant ${merchant.id}`, field: 'route_limits', before: {}, after: { 'item-cancel': 600, buy: 7 } },
        { of: `merchant ${merchant.id}`, field: 'verified', before: false, after: true },
      ]),
    );
    const restored = await operations.does('PUT', merchantAt(merchant.id), { routeLimits: { buy: null } });
    expect(restored).toMatchObject({ verified: true, feeBps: 275 });
    expect(restored.limits.filter(({ isOwn }: { isOwn: boolean }) => isOwn)).toEqual([
      { route: 'item-cancel', max: 600, per: 'minute', isOwn: true },
    ]);
  });

  test('disables it: its keys are refused until it is enabled, and the first time of two is kept', async () => {
    const merchant = await world().merchant();
    const operations = await signedIn('operations');
    const { disabledAt } = await operations.does('PUT', merchantAt(merchant.id), { disabled: true });
    expect(disabledAt).toEqual(expect.any(String));
    await world().until(async () => (await balanceWith(merchant.apiKey)) === 403, 'the key is refused');
    expect((await operations.does('PUT', merchantAt(merchant.id), { disabled: true })).disabledAt).toBe(disabledAt);
    expect((await operations.does('PUT', merchantAt(merchant.id), { disabled: false })).disabledAt).toBeNull();
    await world().until(async () => (await balanceWith(merchant.apiKey)) === 200, 'the key is accepted');
  });

  test('is not changed by members, nor by staff who only look', async () => {
    const merchant = await world().merchant();
    for (const visitor of [
      await signedIn('admin', merchant.id),
      await signedIn('support'),
      await signedIn('finance'),
    ]) {
      await expectDenied(visitor, 'PUT', merchantAt(merchant.id), { verified: true });
    }
  });

  test('is one or more known things with values that can be', async () => {
    const merchant = await world().merchant();
    const operations = await signedIn('operations');
    const bad = [
      {},
      { feeBps: -1 },
      { name: 'x' },
      { routeLimits: { 'item-cancel': 0 } },
      { routeLimits: { nothing: 1 } },
    ];
    for (const body of bad) await expectBad(operations, 'PUT', merchantAt(merchant.id), body);
    expect(await operations.isRefused('PUT', merchantAt(UNKNOWN), { verified: true })).toBe('NOT_FOUND');
  });
});

describe('a developer of a merchant', () => {
  test('makes a key, which works and is shown once', async () => {
    const merchant = await world().merchant({ funds: 5 });
    const developer = await signedIn('developer', merchant.id);
    const expiresAt = new Date(world().now.getTime() + 86_400_000).toISOString();
    const made = await developer.does('POST', merchantAt(merchant.id, '/keys'), {
      allowedIps: ['127.0.0.0/8', '::1'],
      expiresAt,
    });
    expect(made.key).toMatchObject({ scopes: ['CORE_ACCESS'], allowedIps: ['127.0.0.0/8', '::1'], expiresAt });
    expect(made.apiKey.endsWith(made.key.lastFour)).toBe(true);
    expect(await balanceWith(made.apiKey)).toBe(200);
    const entry = await lastOf(developer);
    expect(entry.operator).toBe(`member:${developer.person.email}`);
    expect(entry.command).toBe(`key create ${merchant.id} --ip 127.0.0.0/8 --ip ::1 --expires ${expiresAt}`);
    expect(JSON.stringify(entry)).not.toContain(made.apiKey);

    const { items } = await developer.gets(merchantAt(merchant.id, '/keys'));
    expect(items.map(({ id }: { id: string }) => id)).toEqual([made.key.id, merchant.keyId]);
    expect(JSON.stringify(items)).not.toMatch(/hash|ap_/);
    const first = await developer.gets(merchantAt(merchant.id, '/keys?limit=1'));
    expect(first).toMatchObject({ items: [{ id: made.key.id }], nextCursor: made.key.id });
    const rest = await developer.gets(merchantAt(merchant.id, `/keys?limit=1&cursor=${first.nextCursor}`));
    expect(rest).toMatchObject({ items: [{ id: merchant.keyId }], nextCursor: null });
  });

  test('makes no key with an odd range, an odd scope or an end that is over', async () => {
    const merchant = await world().merchant();
    const developer = await signedIn('developer', merchant.id);
    const path = merchantAt(merchant.id, '/keys');
    await expectBad(developer, 'POST', path, { scopes: ['ALL'] });
    await expectBad(developer, 'POST', path, { expiresAt: 'soon' });
    await expectBad(developer, 'POST', path, { allowedIps: '127.0.0.1' });
    expect(await developer.isRefused('POST', path, { allowedIps: ['home'] })).toBe('REFUSED');
    expect(await developer.isRefused('POST', path, { expiresAt: '2020-01-31T12:00:00Z' })).toBe('REFUSED');
  });

  test('changes from where a key may be used, rolls it and revokes it', async () => {
    const merchant = await world().merchant();
    const developer = await signedIn('developer', merchant.id);
    const { key } = await developer.does('POST', merchantAt(merchant.id, '/keys'), {});
    const limited = await developer.does('PUT', `/operator/v1/keys/${key.id}`, { allowedIps: ['203.0.113.7'] });
    expect(limited).toMatchObject({ id: key.id, allowedIps: ['203.0.113.7'] });
    expect((await lastOf(developer)).changes).toContainEqual({
      of: `merchant ${merchant.id}`,
      field: `key ${key.id} allowed_ips`,
      before: [],
      after: ['203.0.113.7'],
    });
    expect(await developer.isRefused('PUT', `/operator/v1/keys/${key.id}`, { allowedIps: ['x'] })).toBe('REFUSED');

    const rolled = await developer.does('POST', `/operator/v1/keys/${key.id}/roll`, { overlapSeconds: 3600 });
    expect(rolled.key).toMatchObject({ allowedIps: ['203.0.113.7'], expiresAt: null });
    expect(Date.parse(rolled.old.expiresAt) - world().now.getTime()).toBeGreaterThan(3_500_000);
    expect((await lastOf(developer)).command).toBe(`key roll ${key.id} --overlap 3600s`);
    const soon = { overlapSeconds: 3600, expiresAt: new Date(world().now.getTime() + 60_000).toISOString() };
    expect(await developer.isRefused('POST', `/operator/v1/keys/${rolled.key.id}/roll`, soon)).toBe('REFUSED');
    await expectBad(developer, 'POST', `/operator/v1/keys/${key.id}/roll`, { overlapSeconds: -1 });

    const { revokedAt } = await developer.does('POST', `/operator/v1/keys/${rolled.key.id}/revoke`);
    expect(revokedAt).toEqual(expect.any(String));
    expect((await developer.does('POST', `/operator/v1/keys/${rolled.key.id}/revoke`)).revokedAt).toBe(revokedAt);
    expect((await lastOf(developer)).command).toBe(`key revoke ${rolled.key.id}`);
    expect(await developer.isRefused('POST', `/operator/v1/keys/${rolled.key.id}/roll`, {})).toBe('REFUSED');
    expect(await developer.isRefused('PUT', `/operator/v1/keys/${rolled.key.id}`, { allowedIps: [] })).toBe('REFUSED');
    await expectBad(developer, 'PUT', `/operator/v1/keys/${key.id}`, {});
  });

  test('does not reach keys of another merchant, whose ids look unknown', async () => {
    const [own, other] = [await world().merchant(), await world().merchant()];
    const developer = await signedIn('developer', own.id);
    await expectDenied(developer, 'GET', merchantAt(other.id, '/keys'));
    await expectDenied(developer, 'POST', merchantAt(other.id, '/keys'), {});
    for (const id of [other.keyId, UNKNOWN]) {
      expect(await developer.isRefused('POST', `/operator/v1/keys/${id}/revoke`)).toBe('NOT_FOUND');
      expect(await developer.isRefused('POST', `/operator/v1/keys/${id}/roll`, {})).toBe('NOT_FOUND');
      expect(await developer.isRefused('PUT', `/operator/v1/keys/${id}`, { allowedIps: [] })).toBe('NOT_FOUND');
    }
    expect(await balanceWith(other.apiKey)).toBe(200);
  });

  test('replaces the secret, which is shown once and signs from then on', async () => {
    const merchant = await world().merchant();
    const developer = await signedIn('developer', merchant.id);
    const rotated = await developer.does('POST', merchantAt(merchant.id, '/rotate-secret'), { graceSeconds: 60 });
    expect(rotated).toEqual({
      apiSecret: expect.stringMatching(/^[0-9a-f]{64}$/),
      previousSecretUntil: expect.any(String),
    });
    expect(rotated.apiSecret).not.toBe(merchant.apiSecret);
    const entry = await lastOf(developer);
    expect(entry.command).toBe(`merchant rotate-secret ${merchant.id} --grace 60s`);
    expect(entry.changes.map(({ field }: { field: string }) => field)).toContain('api_secret_sealed');
    expect(JSON.stringify(entry)).not.toContain(rotated.apiSecret);
    await expectBad(developer, 'POST', merchantAt(merchant.id, '/rotate-secret'), { graceSeconds: 'a day' });
  });

  test('sets the callback URL, once it has taken the test message; the trail has nothing secret of it', async () => {
    const merchant = await world().merchant();
    const developer = await signedIn('developer', merchant.id);
    const path = merchantAt(merchant.id, '/callback-url');
    const url = `${shop.urlOf('/takes')}?token=secret-token`;
    const { callbackUrl, strictApproval } = await developer.does('PUT', path, { url, strictApproval: true });
    expect({ callbackUrl, strictApproval }).toEqual({ callbackUrl: `${shop.urlOf('/takes')}?-`, strictApproval: true });
    const [message] = shop.requestsTo('/takes?token=secret-token');
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ test: true });
    const entry = await lastOf(developer);
    expect(entry.command).toBe(
      `merchant callback-url ${merchant.id} ${JSON.stringify(`${shop.urlOf('/takes')}?-`)} --strict-approval=true`,
    );
    expect(JSON.stringify(entry)).not.toContain('secret-token');

    expect(await developer.isRefused('PUT', path, { url: shop.urlOf('/refuses') })).toBe('CALLBACK_URL_TEST_FAILED');
    await expectBad(developer, 'PUT', path, { url: 'ftp://shop.example' });
    expect((await developer.gets(merchantAt(merchant.id))).callbackUrl).toBe(`${shop.urlOf('/takes')}?-`);
  });

  test('replaces the origins of the shop’s pages', async () => {
    const merchant = await world().merchant();
    const developer = await signedIn('developer', merchant.id);
    const path = merchantAt(merchant.id, '/origins');
    expect(await developer.gets(path)).toEqual([]);
    const two = ['https://shop.example', 'http://localhost:5173'];
    expect((await developer.does('PUT', path, { origins: two })).sort()).toEqual([...two].sort());
    expect(await developer.does('PUT', path, { origins: ['https://shop.example', 'https://new.example'] })).toEqual([
      'https://shop.example',
      'https://new.example',
    ]);
    expect((await lastOf(developer)).changes).toEqual([
      {
        of: `merchant ${merchant.id}`,
        field: 'origins',
        before: [...two].sort(),
        after: ['https://new.example', 'https://shop.example'],
      },
    ]);
    expect(await developer.isRefused('PUT', path, { origins: ['https://shop.example/page'] })).toBe('REFUSED');
    await expectBad(developer, 'PUT', path, { origins: 'https://shop.example' });
    expect(await developer.does('PUT', path, { origins: [] })).toEqual([]);
  });
});

test('a viewer, support and members of another merchant change no integration', async () => {
  const [merchant, other] = [await world().merchant(), await world().merchant()];
  const visitors = [
    await signedIn('viewer', merchant.id),
    await signedIn('support'),
    await signedIn('admin', other.id),
  ];
  for (const visitor of visitors) {
    await expectDenied(visitor, 'POST', merchantAt(merchant.id, '/keys'), {});
    await expectDenied(visitor, 'POST', merchantAt(merchant.id, '/rotate-secret'), {});
    await expectDenied(visitor, 'PUT', merchantAt(merchant.id, '/callback-url'), { url: shop.urlOf('/takes') });
    await expectDenied(visitor, 'PUT', merchantAt(merchant.id, '/origins'), { origins: [] });
  }
  const [viewer, support, foreign] = visitors;
  for (const visitor of [viewer, support]) {
    if (visitor) await expectDenied(visitor, 'POST', `/operator/v1/keys/${merchant.keyId}/revoke`);
  }
  if (foreign) await expectDenied(foreign, 'GET', merchantAt(merchant.id, '/origins'));
  const owner = await signedIn('owner');
  expect(await owner.isRefused('GET', merchantAt(UNKNOWN, '/keys'))).toBe('NOT_FOUND');
  expect(await owner.isRefused('POST', merchantAt(UNKNOWN, '/rotate-secret'), {})).toBe('NOT_FOUND');
});
