import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logOptions } from '../../src/core/log-options.ts';
import { createKey } from '../../src/merchants/operations.ts';
import { accounts } from '../support/client.ts';
import { FeedSocket } from '../support/feed.ts';
import type { Merchant } from '../support/merchant.ts';
import { sendRaw } from '../support/raw.ts';
import { World } from '../support/world.ts';

/** What the log says about requests, and what it never says; and the headers of every answer. */

const SECRET = `ap_${'5'.repeat(64)}`;

const lines: string[] = [];
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  const into = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) });
  world = await World.start({}, pino({ level: 'trace', ...logOptions }, into));
  await world.knowsMarket();
  merchant = await world.merchant();
});
afterAll(() => world?.stop());

/** The line of a request, which is written just after its answer. */
async function lineOf(requestId: string): Promise<Record<string, unknown>> {
  const find = () => lines.find((each) => each.includes(requestId) && each.includes('"msg":"request"'));
  await world.until(() => find() !== undefined, 'the request is logged');
  return JSON.parse(find() ?? '{}');
}

describe('the line of a request', () => {
  test('says which merchant called, with which key, and from where', async () => {
    const { body } = await merchant.call('GET', '/v1/wallets/me/balance');
    expect(await lineOf(body.requestId)).toMatchObject({
      merchant: merchant.id,
      key: merchant.keyId,
      address: '127.0.0.1',
      route: '/v1/wallets/me/balance',
      status: 200,
    });
  });

  test('says which client of which merchant called', async () => {
    const { body } = await merchant.client().call('GET', '/client/trades');
    const line = await lineOf(body.requestId);
    expect(line).toMatchObject({ merchant: merchant.id, client: accounts.ann.steamId, address: '127.0.0.1' });
    expect(line).not.toHaveProperty('key');
  });

  test('names the key also when it is refused for its address, and nobody when no key is known', async () => {
    const { apiKey, row } = await createKey(world.gateway.deps, merchant.id, { allowedIps: ['10.0.0.1'] });
    const refused = await world.call('GET', '/secure/trades', { headers: { 'api-key': apiKey } });
    expect(await lineOf(refused.body.requestId)).toMatchObject({ status: 403, merchant: merchant.id, key: row.id });
    const unknown = await world.call('GET', '/secure/trades', { headers: { 'api-key': SECRET } });
    const line = await lineOf(unknown.body.requestId);
    expect(line).toMatchObject({ status: 401, address: '127.0.0.1' });
    expect(line).not.toHaveProperty('merchant');
  });

  test('does not repeat a path that no route has', async () => {
    for (const path of ['/my-secret', '/secure/tradez/my-secret', '/docs/static/my-secret', '/%zzmy-secret']) {
      const answer = await merchant.call('GET', `${path}?token=my-secret`);
      expect(answer.status).toBe(404);
      expect(await lineOf(answer.body.requestId)).toMatchObject({ method: 'GET', status: 404 });
    }
    expect(lines.filter((line) => line.includes('my-secret'))).toEqual([]);
  });

  test('names the trade that was asked for, and never a key or token that came in its place', async () => {
    const byName = await merchant.call('GET', '/secure/trades/order-1');
    expect(await lineOf(byName.body.requestId)).toMatchObject({ params: { tradeId: 'order-1' } });
    const { token } = merchant.client();
    for (const secret of [SECRET, merchant.apiKey, token]) {
      const answer = await merchant.call('GET', `/secure/trades/order-1,${secret}?apiKey=${secret}`);
      expect(await lineOf(answer.body.requestId)).toMatchObject({ params: { tradeId: 'order-1,[secret]' } });
    }
    const many = Array.from({ length: 100 }, (_, n) => `order-${n}-${'x'.repeat(100)}`).join(',');
    const { body } = await merchant.call('GET', `/secure/trades/${many}`);
    expect(JSON.stringify(await lineOf(body.requestId)).length).toBeLessThan(1000);
    expect(lines.filter((line) => line.includes(merchant.apiKey) || line.includes(token))).toEqual([]);
  });

  test('the query of the live feed’s path is not there, whoever opens it', async () => {
    const { token } = merchant.client();
    const accepted = await FeedSocket.accepted(world.baseUrl, { token });
    const refused = await FeedSocket.open(world.baseUrl, { apiKey: SECRET });
    await refused.ended();
    for (const query of [`token=${token}`, `apiKey=${SECRET}&transport=polling&EIO=4`]) {
      const answer = await world.call('GET', `/socket.io/?${query}`);
      expect(await lineOf(answer.body.requestId)).toMatchObject({ route: 'none' });
    }
    accepted.close();
    expect(lines.filter((line) => line.includes(token) || line.includes(SECRET))).toEqual([]);
  });

  test('errors of libraries are written without the secrets that they carry', () => {
    const written: string[] = [];
    const log = pino(logOptions, new Writable({ write: (chunk, _e, done) => done(void written.push(String(chunk))) }));
    const redis = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['my-password'] } });
    const database = Object.assign(new Error('violates a check'), { detail: 'Failing row contains (my-password).' });
    log.error({ err: redis }, 'Redis');
    log.error({ err: database }, 'database');
    log.error({ err: urlError('postgres://me:my-password@:x') }, 'settings');
    expect(written).toHaveLength(3);
    expect(written.filter((line) => line.includes('my-password'))).toEqual([]);
  });

  function urlError(text: string): unknown {
    try {
      return new URL(text);
    } catch (error) {
      return error;
    }
  }
});

describe('every answer', () => {
  const expected = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
  const headersOf = (headers: Headers) =>
    Object.fromEntries(Object.keys(expected).map((name) => [name, headers.get(name)]));

  test.each([
    ['GET', '/v1/wallets/me/balance', 200],
    ['GET', '/secure/market?perPage=-1', 200],
    ['GET', '/secure/trades/none', 404],
    ['GET', '/nowhere', 404],
    ['POST', '/secure/buy', 400],
    ['GET', '/health', 200],
    ['GET', '/openapi.json', 200],
  ])('%s %s is kept by nobody and framed nowhere', async (method, path, status) => {
    const answer = await merchant.call(method, path, method === 'POST' ? { body: {} } : {});
    expect(answer.status).toBe(status);
    expect(headersOf(answer.headers)).toEqual(expected);
  });

  test('of the page at /docs has a policy of its own, and is framed nowhere either', async () => {
    const { headers } = await fetch(`${world.baseUrl}/docs`);
    const policy = expect.stringMatching(/^default-src 'self'; .*frame-ancestors 'none'/);
    expect(headersOf(headers)).toEqual({ ...expected, 'content-security-policy': policy });
  });

  test('to what is hardly HTTP says so too', async () => {
    const { headers } = await sendRaw(world.baseUrl, 'hello\r\n\r\n');
    expect(headersOf(headers)).toEqual(expected);
  });
});
