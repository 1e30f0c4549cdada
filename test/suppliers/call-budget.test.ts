// Adapters and their client with a budget, over HTTP: what waits, what is not sent, and what a 429 pauses.
import type { OutgoingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { CallBudget, type CallKind, type CallRate, LocalTokens } from '../../src/net/call-budget.ts';
import { JsonClient } from '../../src/net/json-client.ts';
import { cs2dt } from '../../src/suppliers/cs2dt/index.ts';
import { lisSkins } from '../../src/suppliers/lis-skins/index.ts';
import { waxpeer } from '../../src/suppliers/waxpeer/index.ts';
import { HeldTimer } from '../support/held-timer.ts';
import { atCs2dt, cs2dtSettings } from './cs2dt-harness.ts';
import { accountOf, afterwards, newReference, openMarketplace, orderFor, serverThat } from './harness.ts';

const TIMEOUT_MS = 10_000;
const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCd_123';

function budgetOf(rate: CallRate) {
  const timer = new HeldTimer();
  const held: CallKind[] = [];
  const budget = new CallBudget(new LocalTokens(rate, timer), rate, (call) => held.push(call), timer);
  return { timer, held, budget };
}

test('while a feed waits for its next call, I buy, look up and cancel at once', async () => {
  const market = await openMarketplace();
  // A feed may take three of the six tokens. It needs more than three calls.
  const { timer, held, budget } = budgetOf({ perSecond: 1, burst: 6 });
  const account = accountOf(cs2dt, TIMEOUT_MS, { ...cs2dtSettings, baseUrl: `${market.url}/cs2dt` });
  const supplier = cs2dt.create({ ...account, budget });
  afterwards(() => supplier.close());

  const feed = supplier.feed(null);
  await timer.untilWaiting();
  expect(held).toEqual(['feed']);

  expect(await budget.takeForPurchase()).toBe(0);
  const order = orderFor(atCs2dt(await market.testListing('cs2', 'never-ships')));
  expect(await supplier.buy(order)).toMatchObject({ outcome: 'bought' });
  expect(await supplier.find([order.reference])).toMatchObject({
    outcome: 'read',
    found: [{ reference: order.reference }],
  });
  expect(held).toEqual(['feed']);
  // These were two of the three that the feed must leave. The last one is for a purchase.
  expect(await budget.takeForPurchase()).toBe(0);
  expect(await budget.takeForPurchase()).toBeGreaterThan(0);

  let isRead = false;
  const reading = feed.finally(() => {
    isRead = true;
  });
  while (!isRead) {
    await Promise.race([timer.untilWaiting(), reading]);
    timer.pass(1000);
  }
  expect(await reading).toMatchObject({ outcome: 'read', isWhole: true });
});

test('a call that is held for longer than its time limit is not sent, and does not count against the marketplace', async () => {
  let calls = 0;
  const url = await serverThat((_, response) => {
    calls++;
    response.end('{}');
  });
  const { budget } = budgetOf({ perSecond: 0.001, burst: 1 });
  const supplier = cs2dt.create({ ...accountOf(cs2dt, TIMEOUT_MS, { ...cs2dtSettings, baseUrl: url }), budget });
  afterwards(() => supplier.close());
  expect(await budget.takeForPurchase()).toBe(0);
  const notSent = { cause: expect.stringMatching(/^not sent/), isHeld: true };
  const unknown = { outcome: 'unknown', ...notSent };
  expect(await supplier.find([newReference()])).toEqual(unknown);
  expect(await supplier.listing('1930000000000000001')).toEqual(unknown);
  expect(await supplier.balance?.()).toEqual(unknown);
  expect(await supplier.cancel?.request({ reference: newReference(), orderId: '1' })).toEqual(unknown);
  expect(await supplier.history?.({ from: new Date(0), to: new Date() }, null)).toEqual(unknown);
  expect(await supplier.feed(null)).toEqual(unknown);
  expect(await supplier.checkTradeUrl?.(TRADE_URL, 100)).toEqual({ standing: 'unknown', ...notSent });
  expect(calls).toBe(0);
});

test.each([
  ['status 429 with Retry-After', 429, { 'retry-after': '7' }, '{}', 7000],
  ['status 429', 429, {}, '{}', 1000],
  ['"Too Many" in plain text', 200, {}, 'Too Many Requests', 1000],
])(
  'after %s, calls of that kind are not sent until the pause is over, and others are',
  async (_, status, headers, text, ms) => {
    const paths: string[] = [];
    const url = await serverThat((request, response) => {
      paths.push(request.url ?? '');
      if (paths.length === 1) response.writeHead(status, headers).end(text);
      else response.end('{}');
    });
    const { timer, held, budget } = budgetOf({ perSecond: 5, burst: 20 });
    const client = new JsonClient({ baseUrl: url, timeoutMs: 500, budget });
    afterwards(() => client.close());
    const find = () => client.request({ method: 'GET', call: 'find', path: '/find' });

    expect(await find()).toMatchObject({ ok: false, status });
    expect(await find()).toEqual({ ok: false, cause: expect.stringMatching(/^not sent/), isHeld: true });
    expect(await client.request({ method: 'GET', call: 'cancel', path: '/cancel' })).toMatchObject({ ok: true });
    timer.pass(ms - 1);
    expect(await budget.admit('find', 0)).toBe(false);
    timer.pass(1);
    expect(await find()).toMatchObject({ ok: true });
    expect(paths).toEqual(['/find', '/cancel', '/find']);
    expect(held).toEqual(['find', 'find']);
  },
);

test.each<[string, OutgoingHttpHeaders, unknown, number]>([
  ['in its body', {}, { success: false, msg: 'Too many', msBeforeNext: 7250.5 }, 7251],
  ['in its header, which counts more', { 'retry-after': '3' }, { success: false, msBeforeNext: 7000 }, 3000],
  ['nowhere', {}, { success: false, msBeforeNext: 'soon' }, 1000],
  ['nowhere, in no JSON', {}, 'busy', 1000],
])('Waxpeer is left alone for as long as its 429 says %s', async (_, headers, body, ms) => {
  let calls = 0;
  const url = await serverThat((_request, response) => {
    calls++;
    if (calls === 1) response.writeHead(429, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    else response.end('{"success":true,"trades":[]}');
  });
  const { timer, budget } = budgetOf({ perSecond: 5, burst: 20 });
  const supplier = waxpeer.create({ ...accountOf(waxpeer, 500, { apiKey: 'a-key', baseUrl: url }), budget });
  afterwards(() => supplier.close());
  const find = () => supplier.find([newReference()]);
  expect(await find()).toMatchObject({ outcome: 'unknown', cause: expect.stringMatching(/^status 429/) });
  timer.pass(ms - 1);
  expect(await budget.admit('find', 0)).toBe(false);
  timer.pass(1);
  expect(await find()).toMatchObject({ outcome: 'read' });
  expect(calls).toBe(2);
});

test.each([
  ['Waxpeer', waxpeer, {}],
  ['LIS-SKINS', lisSkins, {}],
])('a call to %s that is held does not count against it either', async (_, kind, settings) => {
  const { budget } = budgetOf({ perSecond: 0.001, burst: 1 });
  const account = accountOf(kind, 100, { apiKey: 'a-key', baseUrl: 'http://127.0.0.1:1', ...settings });
  const supplier = kind.create({ ...account, budget });
  afterwards(() => supplier.close());
  await budget.takeForPurchase();
  const held = { outcome: 'unknown', isHeld: true };
  expect(await supplier.find([newReference()])).toMatchObject(held);
  expect(await supplier.listing('1')).toMatchObject(held);
  expect(await supplier.balance?.()).toMatchObject(held);
  expect(await supplier.history?.({ from: new Date(0), to: new Date() }, null)).toMatchObject(held);
  const checked = await supplier.checkTradeUrl?.(TRADE_URL, 100);
  if (checked) expect(checked).toMatchObject({ standing: 'unknown', isHeld: true });
});

test('what is read as it comes is held and paused like any other call', async () => {
  let calls = 0;
  const url = await serverThat((_, response) => {
    calls++;
    response.writeHead(429, { 'retry-after': '60' }).end();
  });
  const { budget } = budgetOf({ perSecond: 5, burst: 20 });
  const client = new JsonClient({ baseUrl: url, timeoutMs: 500, budget });
  afterwards(() => client.close());
  const read = () => client.stream({ method: 'GET', call: 'feed', path: '/' }, async () => 'read');
  expect(await read()).toMatchObject({ ok: false, status: 429 });
  expect(await read()).toMatchObject({ ok: false, cause: expect.stringMatching(/^not sent/) });
  expect(calls).toBe(1);
});
