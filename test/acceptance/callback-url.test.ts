import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveCallbackUrl, setCallbackUrl, switchOff, testLimitMs } from '../../src/callbacks/endpoint.ts';
import { createCallbackDispatcher } from '../../src/callbacks/post.ts';
import { loadConfig } from '../../src/config/config.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { requireMerchant } from '../../src/merchants/operations.ts';
import { byNameServers } from '../../src/net/resolve.ts';
import { DnsServer } from '../support/dns-server.ts';
import { HttpServer } from '../support/http-server.ts';
import type { Answer, Merchant } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

/** A URL is saved once a test message was taken there, and not before. */

/** A test message is taken within it on a machine that is busy with other tests, too. */
const LIMIT_MS = 2000;
/** As outside the sandbox, but for the servers of these tests. */
const world = useOwnWorld({ CALLBACK_TIMEOUT_MS: String(LIMIT_MS), CALLBACK_ALLOW: '127.0.0.1' });

let shop: HttpServer;
let dns: DnsServer;
beforeAll(async () => {
  shop = await HttpServer.start({
    '/200': (_, response) => response.end('thanks'),
    '/other': (_, response) => response.end(),
    '/201': (_, response) => response.writeHead(201).end(),
    '/204': (_, response) => response.writeHead(204).end(),
    '/302': (_, response) => response.writeHead(302, { location: '/200' }).end(),
    '/307': (_, response) => response.writeHead(307, { location: shop.urlOf('/200') }).end(),
    '/400': (_, response) => response.writeHead(400).end('signature missing'),
    '/500': (_, response) => response.writeHead(500).end(),
    '/never': () => {},
    '/half': (_, response) => response.writeHead(200, { 'content-length': '100' }).write('half'),
  });
  dns = await DnsServer.start();
});
afterAll(async () => {
  await shop.stop();
  dns.stop();
});

const put = (merchant: Merchant, url: unknown) => merchant.call('PUT', '/v1/callbacks/url', { body: { url } });

async function urlOf(merchant: Merchant): Promise<unknown> {
  const answer = await merchant.call('GET', '/v1/callbacks/url');
  expect(answer.status).toBe(200);
  return answer.body.data;
}

function expectRefused(answer: Answer, key: string, error: Record<string, unknown>): void {
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({ key, ...error });
}

describe('I set my URL', () => {
  test('and it is saved once it has taken an unsigned test message', async () => {
    const merchant = await world().merchant();
    const before = shop.requestsTo('/200').length;
    const answer = await put(merchant, shop.urlOf('/200'));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      requestId: expect.any(String),
      success: true,
      data: { url: shop.urlOf('/200'), enabled: true },
    });
    const [request, ...more] = shop.requestsTo('/200').slice(before);
    expect(more).toEqual([]);
    expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(request?.headers).not.toHaveProperty('x-assetpay-signature');
    const { test: isTest, timestamp, message, ...others } = JSON.parse(request?.body ?? '');
    expect({ isTest, others, message }).toEqual({ isTest: true, others: {}, message: expect.stringMatching(/\w/) });
    expect(new Date(timestamp).toISOString()).toBe(timestamp);
    expect(await urlOf(merchant)).toEqual(answer.body.data);
  });

  test('and my callbacks go there from then on', async () => {
    const merchant = await world().merchant();
    await put(merchant, shop.urlOf('/other'));
    const before = shop.requestsTo('/other').length;
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const told = shop.requestsTo('/other').slice(before);
    expect(told.map((request) => JSON.parse(request.body).trade?.id)).toContain(trade.id);
    expect(told.at(-1)?.headers).toHaveProperty('x-assetpay-signature');
    expect(merchant.attemptsAt(trade.id)).toEqual([]);
  });

  test.each(['/201', '/204'])('and %s is a yes as well', async (path) => {
    const merchant = await world().merchant();
    expect((await put(merchant, shop.urlOf(path))).status).toBe(200);
    expect(await urlOf(merchant)).toEqual({ url: shop.urlOf(path), enabled: true });
  });

  test('by the status of its answer, also when the rest of it does not come', async () => {
    const merchant = await world().merchant();
    expect((await put(merchant, shop.urlOf('/half'))).status).toBe(200);
    expect(await urlOf(merchant)).toEqual({ url: shop.urlOf('/half'), enabled: true });
  });

  test('and a fragment is left out, and the rest kept: any port, path and query', async () => {
    const merchant = await world().merchant();
    const { data } = (await put(merchant, `HTTP://127.1:${shop.port}/200#part`)).body;
    expect(data).toEqual({ url: shop.urlOf('/200'), enabled: true });
    expect((await put(merchant, shop.urlOf('/204?shop=7'))).body.error?.details).toEqual({ status: 404 });
  });
});

describe('my URL is not saved, and I am told what was seen, when', () => {
  const TEST_FAILED = 'CALLBACK_URL_TEST_FAILED';

  test.each([
    ['it answers 500', '/500', { status: 500 }, 'answered 500'],
    ['it answers 400, for want of a signature', '/400', { status: 400 }, 'answered 400'],
    ['there is nothing', '/nothing', { status: 404 }, 'answered 404'],
    ['it redirects', '/302', { status: 302 }, 'answered 302'],
    ['it redirects for good', '/307', { status: 307 }, 'answered 307'],
    ['it does not answer in time', '/never', { failure: expect.stringContaining('timeout') }, 'timeout'],
  ])('%s', async (_title, path, details, words) => {
    const merchant = await world().merchant();
    const before = await urlOf(merchant);
    const { length } = shop.requestsTo('/200');
    const answer = await put(merchant, shop.urlOf(path));
    expectRefused(answer, TEST_FAILED, { code: 1704, details, message: expect.stringContaining(words) });
    expect(shop.requestsTo('/200')).toHaveLength(length);
    expect(await urlOf(merchant)).toEqual(before);
  });

  test('nobody listens there', async () => {
    const merchant = await world().merchant();
    const answer = await put(merchant, 'http://127.0.0.1:9/');
    expectRefused(answer, TEST_FAILED, { details: { failure: expect.stringContaining('ECONNREFUSED') } });
  });

  test('its name leads to an address that is not allowed', async () => {
    const merchant = await world().merchant();
    const { deps } = world().gateway;
    dns.names.set('inside.example', [['10.0.0.1']]);
    const callbackDispatcher = createCallbackDispatcher(
      deps.config,
      byNameServers(() => dns.resolver()),
    );
    const before = await urlOf(merchant);
    const setting = setCallbackUrl({ ...deps, callbackDispatcher }, merchant.id, 'https://inside.example/callbacks');
    const failure = 'an address of inside.example is private and not allowed';
    await expect(setting).rejects.toMatchObject({ key: TEST_FAILED, context: { details: { failure } } });
    expect(await urlOf(merchant)).toEqual(before);
    await callbackDispatcher.destroy();
  });

  test.each([
    ['shop.example/callbacks', 'must be an absolute URL'],
    ['/callbacks', 'must be an absolute URL'],
    ['https://', 'must be an absolute URL'],
    ['https://127.0.0.256/', 'must be an absolute URL'],
    ['https://[fe80::1%25eth0]/', 'must be an absolute URL'],
    ['https://shop.example:70000/', 'must be an absolute URL'],
    ['ftp://shop.example/', 'must be an https URL'],
    ['file:///etc/passwd', 'must be an https URL'],
    ['javascript:alert(1)', 'must be an https URL'],
    ['data:text/plain,hello', 'must be an https URL'],
    ['https://user@shop.example/', 'must have no user name or password'],
    ['https://user:secret@shop.example/', 'must have no user name or password'],
    ['https://shop.example@127.0.0.1/', 'must have no user name or password'],
    ['http://shop.example/', 'plain http to shop.example is not allowed; use https'],
    ['http://127.0.0.2/', 'address 127.0.0.2 is loopback and not allowed'],
    ['https://0x7f.2/', 'address 127.0.0.2 is loopback and not allowed'],
    ['https://[::1]/', 'address ::1 is loopback and not allowed'],
    ['https://169.254.169.254/latest', 'address 169.254.169.254 is for metadata and not allowed'],
    [`https://shop.example/${'ü'.repeat(400)}`, 'must have at most 2048 characters'],
  ])('it is %s', async (url, reason) => {
    const merchant = await world().merchant();
    const answer = await put(merchant, url);
    expectRefused(answer, 'VALIDATION_FAILED', { fields: { url: reason } });
  });

  test.each([[undefined], [null], [7], [''], ['x'.repeat(2049)], ['https://shop.example/\n'], ['https://\u0000']])(
    'it is no text that could be one: %j',
    async (url) => {
      const merchant = await world().merchant();
      expectRefused(await put(merchant, url), 'VALIDATION_FAILED', { fields: { url: expect.any(String) } });
    },
  );
});

test('a test message is waited for 8 seconds, or as long as for callbacks where that is less', () => {
  expect(testLimitMs(loadConfig({}))).toBe(8000);
  expect(testLimitMs(loadConfig({ CALLBACK_TIMEOUT_MS: '20000' }))).toBe(8000);
  expect(testLimitMs(world().gateway.deps.config)).toBe(LIMIT_MS);
});

test('while a test message waits for its answer, everything else goes on', async () => {
  const merchant = await world().merchant();
  const setting = put(merchant, shop.urlOf('/never'));
  const reached = () => shop.requestsTo('/never').length > 0;
  await world().until(reached, 'the test message');
  const began = performance.now();
  expect((await merchant.balance()).balance).toBe(1000);
  expect(performance.now() - began).toBeLessThan(LIMIT_MS);
  expect((await setting).status).toBe(400);
});

describe('my callbacks were switched off', () => {
  async function offMerchant() {
    const merchant = await world().merchant();
    const { deps } = world().gateway;
    world().receiver.answers.set(merchant.name, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await inTransaction(deps, (trx) => switchOff(deps, trx, merchant.id, 'it answered 410 Gone'));
    return { merchant, trade };
  }

  test('and I see why and since when, but not whose secrets or limits I have', async () => {
    const { merchant } = await offMerchant();
    expect(await urlOf(merchant)).toEqual({
      url: world().receiver.urlOf(merchant.name),
      enabled: false,
      disabledReason: 'it answered 410 Gone',
      disabledAt: expect.stringMatching(/Z$/),
    });
  });

  test('and setting a URL that works switches them on, and sends what waited', async () => {
    const { merchant, trade } = await offMerchant();
    const answer = await put(merchant, shop.urlOf('/200'));
    expect(answer.body.data).toEqual({ url: shop.urlOf('/200'), enabled: true });
    const came = () => shop.requestsTo('/200').some((request) => JSON.parse(request.body).trade?.id === trade.id);
    await world().until(came, 'the callback that waited');
  });

  test('and a URL that does not work leaves them off', async () => {
    const { merchant } = await offMerchant();
    const before = await urlOf(merchant);
    expect((await put(merchant, shop.urlOf('/500'))).status).toBe(400);
    expect(await urlOf(merchant)).toEqual(before);
  });
});

test('a new URL has not failed yet: the days that the old one failed are forgotten', async () => {
  const { deps } = world().gateway;
  const merchant = await world().merchant();
  const failing = deps.db.updateTable('merchant').set({ callback_failing_since: deps.clock.now() });
  await failing.where('id', '=', merchant.id).execute();
  await saveCallbackUrl(deps, merchant.id, shop.urlOf('/200'));
  expect(await requireMerchant(deps, merchant.id)).toMatchObject({ callback_failing_since: null });
});

test('a URL that must not be called is not, however it was saved: the attempt failed, and says why', async () => {
  const { deps } = world().gateway;
  const merchant = await world().merchant();
  await saveCallbackUrl(deps, merchant.id, `http://localhost:${shop.port}/200`);
  const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
  await world().settles();
  await saveCallbackUrl(deps, merchant.id, `https://127.0.0.2:${shop.port}/200`);
  await world().passes('30s');
  const attempts = await deps.db
    .selectFrom('approval_attempt')
    .select(['status', 'failure'])
    .where('merchant_id', '=', merchant.id)
    .orderBy('at')
    .execute();
  expect(new Set(attempts.map(({ status }) => status))).toEqual(new Set([null]));
  // A busy machine tries the first URL more than once before it is replaced.
  expect([...new Set(attempts.map(({ failure }) => failure))]).toEqual([
    'plain http to localhost is not allowed; use https',
    'address 127.0.0.2 is loopback and not allowed',
  ]);
  expect(shop.requestsTo('/200').filter((request) => request.body.includes(body.data.id))).toEqual([]);
});

describe('another merchant', () => {
  test('keeps its URL, its switch and its waiting callbacks when I set mine', async () => {
    const [mine, theirs] = [await world().merchant(), await world().merchant()];
    const { deps } = world().gateway;
    await inTransaction(deps, (trx) => switchOff(deps, trx, theirs.id, 'it answered 410 Gone'));
    const before = await requireMerchant(deps, theirs.id);
    expect((await put(mine, shop.urlOf('/200'))).status).toBe(200);
    expect(await requireMerchant(deps, theirs.id)).toEqual(before);
    expect(await urlOf(theirs)).toMatchObject({ url: world().receiver.urlOf(theirs.name), enabled: false });
  });

  test('cannot be named in the request', async () => {
    const [mine, theirs] = [await world().merchant(), await world().merchant()];
    const body = { url: shop.urlOf('/200'), merchantId: theirs.id };
    expectRefused(await mine.call('PUT', '/v1/callbacks/url', { body }), 'VALIDATION_FAILED', {
      fields: { merchantId: 'is not a known field' },
    });
    const path = `/v1/callbacks/url?merchantId=${theirs.id}`;
    expect((await mine.call('GET', path)).body.data.url).toBe(world().receiver.urlOf(mine.name));
    expect((await theirs.call('GET', '/v1/callbacks/url')).body.data.url).toBe(world().receiver.urlOf(theirs.name));
  });
});

test('the gateway cannot be made to call a URL over and over', async () => {
  const merchant = await world().merchant({ verified: false });
  for (let n = 0; n < 10; n++) expect((await put(merchant, shop.urlOf('/204'))).status).toBe(200);
  const { length } = shop.requests;
  const answer = await put(merchant, shop.urlOf('/204'));
  expect(answer.body.error).toMatchObject({ key: 'RATE_LIMITED', code: 1005 });
  expect(shop.requests).toHaveLength(length);
});

test.each([
  ['takes a test message', '{"test":true}', 200],
  ['refuses whatever else is not signed', '{"trade":{}}', 401],
  ['refuses what cannot be read', 'test', 401],
])('the demo shop %s, and keeps nothing of it', async (_title, body, status) => {
  const headers = { 'content-type': 'application/json' };
  const shopUrl = `${world().gateway.sandbox?.marketplaceUrl}/shop/callbacks`;
  expect((await fetch(shopUrl, { method: 'POST', headers, body })).status).toBe(status);
  expect(await world().get('/sandbox/callbacks')).toEqual([]);
});
