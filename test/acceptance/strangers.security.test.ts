import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createKey, revokeKey } from '../../src/merchants/operations.ts';
import { rotateSecret } from '../../src/merchants/rotate-secret.ts';
import { accounts, signToken, tokenClaims } from '../support/client.ts';
import { FeedSocket } from '../support/feed.ts';
import type { Answer, Merchant } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

/** What callers without a valid key can do to a gateway: little, and only to themselves. */

const LIMIT = 20;
const REQUEST_TIMEOUT_MS = 1000;
const CONNECTIONS_MAX = 40;

const world = useOwnWorld({
  INVALID_KEYS_PER_MINUTE: String(LIMIT),
  REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
  CONNECTIONS_MAX: String(CONNECTIONS_MAX),
  ADMIN_PORT: '0',
  // Each test calls from addresses of its own.
  TRUST_PROXY: '1',
});

const BALANCE = '/v1/wallets/me/balance';

function callFrom(address: string, headers: Record<string, string>, path = BALANCE): Promise<Answer> {
  return world().call('GET', path, { headers: { 'x-forwarded-for': address, ...headers } });
}

const madeUpKey = (n: number) => `ap_${String(n).padStart(64, '0')}`;

/** Sends as many keys that nobody issued as an address may. */
async function usesUp(address: string): Promise<void> {
  for (let n = 0; n < LIMIT; n++) {
    expect((await callFrom(address, { 'api-key': madeUpKey(n) })).body.error?.key).toBe('INVALID_API_KEY');
  }
}

function expectToWait({ status, body, headers }: Answer): void {
  expect({ status, key: body.error?.key }).toEqual({ status: 429, key: 'RATE_LIMITED' });
  expect(body.error?.message).toContain('without a valid key or token');
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
}

/** A key that no request has come with yet. */
async function newKey(merchant: Merchant): Promise<string> {
  return (await createKey(world().gateway.deps, merchant.id)).apiKey;
}

describe('an address that has sent too many requests without a valid key', () => {
  test('is told to wait, whatever it brings', async () => {
    await usesUp('192.0.2.1');
    expectToWait(await callFrom('192.0.2.1', { 'api-key': madeUpKey(1) }));
    expectToWait(await callFrom('192.0.2.1', {}));
    expectToWait(await callFrom('192.0.2.1', { authorization: 'Bearer x' }, '/client/trades'));
    const revoked = await createKey(world().gateway.deps, (await world().merchant()).id);
    await revokeKey(world().gateway.deps, revoked.row.id);
    await world().until(
      async () => (await callFrom('192.0.2.1', { 'api-key': revoked.apiKey })).status === 429,
      'a revoked key is no better',
      5000,
    );
    expect((await callFrom('192.0.2.2', { 'api-key': madeUpKey(1) })).body.error?.key).toBe('INVALID_API_KEY');
  });

  test('does not lock out a key that is good, whether it has called before or was made just now', async () => {
    const merchant = await world().merchant();
    expect((await merchant.call('GET', BALANCE)).status).toBe(200);
    await usesUp('192.0.2.3');
    expect((await callFrom('192.0.2.3', { 'api-key': merchant.apiKey })).status).toBe(200);
    const made = await newKey(merchant);
    const isLetIn = async () => (await callFrom('192.0.2.3', { 'api-key': made })).status === 200;
    await world().until(isLetIn, 'the new key is let in', 5000);
    expect((await callFrom('192.0.2.3', { 'api-key': merchant.apiKey })).status).toBe(200);
    expectToWait(await callFrom('192.0.2.3', { 'api-key': madeUpKey(1) }));
    const cancel = { headers: { 'x-forwarded-for': '192.0.2.3' } };
    expect((await merchant.cancels('none', 'none', cancel)).body.error?.key).toBe('ITEM_NOT_FOUND');
  });

  test('does not lock out the clients of any merchant', async () => {
    const merchant = await world().merchant();
    const first = merchant.client();
    expect((await first.call('GET', '/client/trades')).status).toBe(200);
    await usesUp('192.0.2.4');
    const headers = { authorization: `Bearer ${merchant.client().token}` };
    expect((await callFrom('192.0.2.4', headers, '/client/trades')).status).toBe(200);
    const forged = { authorization: `${headers.authorization.slice(0, -4)}AAAA` };
    expect((await callFrom('192.0.2.4', forged, '/client/trades')).body.error?.key).toBe('INVALID_TOKEN');
    // Nor a token that is signed with a secret which was made this moment.
    const { apiSecret } = await rotateSecret(world().gateway.deps, merchant.id, 0);
    const claims = tokenClaims(merchant.id, accounts.ann, world().now);
    const fresh = signToken(apiSecret, { alg: 'HS256', userId: merchant.id }, claims);
    expect((await callFrom('192.0.2.4', { authorization: fresh }, '/client/trades')).status).toBe(200);
    const nobody = signToken('secret', { alg: 'HS256', userId: randomUUID() }, {});
    expectToWait(await callFrom('192.0.2.4', { authorization: `Bearer ${nobody}` }, '/client/trades'));
  });

  test('is a whole network of IPv6, and no other', async () => {
    await usesUp('2001:db8:5:1::1');
    expectToWait(await callFrom('2001:db8:5:1:ffff::2', { 'api-key': madeUpKey(1) }));
    const { body } = await callFrom('2001:db8:5:2::1', { 'api-key': madeUpKey(1) });
    expect(body.error?.key).toBe('INVALID_API_KEY');
  });

  test('is none whose keys are good, however often they are refused for another reason', async () => {
    const merchant = await world().merchant();
    const { deps } = world().gateway;
    const { apiKey: elsewhere } = await createKey(deps, merchant.id, { allowedIps: ['10.0.0.1'] });
    const { apiKey: powerless } = await createKey(deps, merchant.id, { scopes: [] });
    for (let n = 0; n < LIMIT; n++) {
      expect((await callFrom('192.0.2.6', { 'api-key': elsewhere })).status).toBe(403);
      expect((await callFrom('192.0.2.6', { 'api-key': powerless })).status).toBe(403);
      expect((await callFrom('192.0.2.6', { 'api-key': merchant.apiKey }, '/secure/trades/none')).status).toBe(404);
    }
    expect((await callFrom('192.0.2.6', { 'api-key': madeUpKey(1) })).body.error?.key).toBe('INVALID_API_KEY');
  });
});

describe('a request that does not arrive', () => {
  const head = (key: string) =>
    `POST /secure/buy HTTP/1.1\r\nhost: x\r\napi-key: ${key}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n`;

  test.each<[string, () => Promise<string>]>([
    ['whose body comes byte by byte', async () => head((await world().merchant()).apiKey)],
    ['whose body comes byte by byte, with a key that nobody issued', async () => head(madeUpKey(7))],
    ['whose headers come byte by byte', async () => 'GET /health HTTP/1.1\r\nx-slow: '],
    ['of which nothing comes at all', async () => ''],
  ])('%s: the connection ends when the time is up', async (_what, begin) => {
    const { hostname, port } = new URL(world().baseUrl);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    await once(socket, 'connect');
    const text = await begin();
    const startedAt = performance.now();
    if (text) socket.write(text);
    const dripping = setInterval(() => text && socket.write('x'), 50);
    const said = await saidUntilClosed(socket);
    clearInterval(dripping);
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(REQUEST_TIMEOUT_MS / 2);
    // Node by itself would look after half a minute.
    expect(tookMs).toBeLessThan(20_000);
    expect(said).toMatch(/^HTTP\/1\.1 (408|401) /);
    if (said.includes('408')) expect(said).toContain(`did not arrive within ${REQUEST_TIMEOUT_MS} ms`);
  });

  async function saidUntilClosed(socket: Socket): Promise<string> {
    let said = '';
    socket.on('data', (chunk: Buffer) => {
      said += String(chunk);
    });
    await once(socket, 'close');
    return said;
  }
});

describe('the live feed', () => {
  const open = (address: string, query: Record<string, string>) =>
    FeedSocket.open(world().baseUrl, query, false, { 'x-forwarded-for': address });

  test('turns away an address that was refused sixty times, but not the keys and clients there that are good', async () => {
    const merchant = await world().merchant();
    expect((await merchant.call('GET', BALANCE)).status).toBe(200);
    expect((await merchant.client().call('GET', '/client/trades')).status).toBe(200);
    for (let n = 0; n < 60; n++) {
      const socket = await open('192.0.2.8', { apiKey: madeUpKey(n) });
      expect(await socket.ended()).toBe('io server disconnect');
    }
    await world().until(
      () =>
        open('192.0.2.8', { apiKey: madeUpKey(0) }).then(
          (socket) => socket.ended().then(() => false),
          () => true,
        ),
      'strangers are turned away',
    );
    for (const query of [{ apiKey: merchant.apiKey }, { token: merchant.client().token }]) {
      const socket = await open('192.0.2.8', query);
      await socket.market((message) => message.type === 'sync');
      socket.close();
    }
  });
});

test('connections beyond the limit are closed at once, and there is room again when some have ended', async () => {
  const { hostname, port } = new URL(world().baseUrl);
  const open: Socket[] = [];
  const isRefused = async () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    await once(socket, 'connect');
    const isClosed = new Promise<boolean>((resolve) => {
      socket.once('close', () => resolve(true));
      // Whoever is let in is answered.
      socket.once('data', () => resolve(false));
    });
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    open.push(socket);
    return isClosed;
  };
  let refused = false;
  for (let n = 0; n <= CONNECTIONS_MAX && !refused; n++) refused = await isRefused();
  expect(refused).toBe(true);
  for (const socket of open) socket.destroy();
  await world().until(async () => !(await isRefused()), 'there is room again');
  for (const socket of open) socket.destroy();
});

describe('what operators read, on a listener of its own', () => {
  const statusAt = async (base: string, path: string) => (await fetch(`${base}${path}`)).status;

  test.each(['/metrics', '/openapi.json', '/docs', '/docs/static/swagger-ui.css'])('%s is there only', async (path) => {
    const { adminUrl, baseUrl } = world().gateway;
    expect(adminUrl).not.toBe(baseUrl);
    expect(await statusAt(adminUrl, path)).toBe(200);
    expect(await statusAt(baseUrl, path)).toBe(404);
  });

  test('merchants’ and suppliers’ routes are not there, and /health is at both', async () => {
    const { adminUrl, baseUrl } = world().gateway;
    const { apiKey } = await world().merchant();
    const balance = await fetch(`${adminUrl}${BALANCE}`, { headers: { 'api-key': apiKey } });
    expect(balance.status).toBe(404);
    expect((await fetch(`${adminUrl}/suppliers/cs2dt/hint`, { method: 'POST' })).status).toBe(404);
    expect(await statusAt(adminUrl, '/sandbox/clock')).toBe(404);
    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect(await statusAt(adminUrl, path)).toBe(200);
      expect(await statusAt(baseUrl, path)).toBe(200);
    }
  });
});
