// What every adapter answers when the network or the marketplace gives it no answer of the marketplace's own.
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { bought, deadAddress, IMPATIENCE_MS, newReference, orderFor, serverThat, TRADE_URL } from '../harness.ts';
import type { Fault } from '../proxy.ts';
import { answersOf, checkOf, everyCall, firstSide, forEachSubject, inTime, timeOut } from './world.ts';

const HTML = '<!doctype html><p>One moment</p>';
const SUCCESS = '{"success":true,"data":null,"errorCode":0,"status":"success"}';

/** Answers that are none, with their status. */
const pages: readonly (readonly [title: string, status: number, body: string])[] = [
  ['an HTML page', 200, HTML],
  ['plain text that asks to slow down', 200, 'Too Many Request.'],
  ['JSON of another shape', 200, '{"hello":"world"}'],
  ['a list', 200, '[]'],
  ['a number', 200, '1'],
  ['nothing', 200, ''],
  ['status 401 with a page', 401, HTML],
  ['status 403 with a page', 403, HTML],
  ['status 404 with a page', 404, HTML],
  ['status 429', 429, SUCCESS],
  ['status 500', 500, SUCCESS],
  ['status 503', 503, SUCCESS],
  ['an endless answer', 200, ' '.repeat(3 * 1024 * 1024)],
];

const breaks: readonly (readonly [title: string, fault: Fault])[] = [
  ['the connection broke before the marketplace heard of it', { kind: 'broken before' }],
  ['the connection broke before its answer', { kind: 'broken after' }],
  ['the connection broke in the middle of its answer', { kind: 'broken inside' }],
  ['its answer ends early', { kind: 'ends early' }],
  ...pages.map(([title, status, body]) => [`${title} was answered`, { kind: 'page', status, body }] as const),
];

/** Statuses that no answer of success has. */
const statuses = [401, 403, 404, 429, 500, 503];

/** Ids that nobody has, some of which would be another call if they were put into a URL as they are. */
const oddIds = [
  '',
  '0',
  '-1',
  '1.5',
  'x',
  'null',
  '../..',
  '1?x=1',
  '1&id=2',
  '%00',
  '\u0000',
  'ü',
  '9'.repeat(40),
  'rust:',
];

forEachSubject((world, subject) => {
  const side = firstSide(subject);

  test.each(breaks)('does not know what came of a purchase when %s, until it looks it up', async (_, fault) => {
    const { proxy, proxied, supplier } = world;
    const order = world.orderFor(side, 'never-ships');
    proxy.breaks(fault);
    expect(await proxied.buy(order)).toMatchObject({ outcome: 'unknown', cause: expect.stringMatching(/./) });
    proxy.mends();
    const orderId = await world.orderIdOf(order.reference);
    expect(orderId === null).toBe(fault.kind === 'broken before');
    expect(await world.kindOf(order.reference)).toBe(orderId === null ? world.missing : 'waiting');
    // A caller that sends the purchase again under the same reference never has two orders.
    const again = await supplier.buy(order);
    if (orderId !== null) expect(await world.orderIdOf(order.reference)).toBe(orderId);
    else expect(again).toMatchObject({ outcome: 'bought', orderId: await world.orderIdOf(order.reference) });
  });

  test.each(breaks)('takes no order for missing when it is looked up and %s', async (_, fault) => {
    const { reference } = await world.buy(side, 'never-ships');
    world.proxy.breaks(fault);
    expect(await world.proxied.find([reference])).toMatchObject({ outcome: 'unknown' });
  });

  test('stops reading what is on sale at once when nobody needs it any more', async () => {
    const { proxy, proxied } = world;
    proxy.breaks({ kind: 'silent' });
    const abort = new AbortController();
    const answer = proxied.feed(null, abort.signal);
    await expect.poll(() => proxy.calls()).toBeGreaterThan(0);
    abort.abort();
    expect(await inTime(answer)).toMatchObject({ outcome: 'unknown' });
    proxy.mends();
    expect(await inTime(proxied.feed(null, abort.signal))).toMatchObject({ outcome: 'unknown' });
    expect(proxy.calls()).toBe(0);
  });

  test.each(statuses)('believes no success under status %i', async (status) => {
    const { proxy, proxied } = world;
    const { reference } = await world.buy(side, 'never-ships');
    proxy.breaks({ kind: 'status', status });
    const answers = [
      await proxied.buy(world.orderFor(side, 'never-ships')),
      await proxied.find([reference]),
      await proxied.find([newReference()]),
      await proxied.listing(world.listing(side, 'never-ships').nativeId),
      await proxied.feed(null),
      ...(proxied.balance ? [await proxied.balance()] : []),
      ...(proxied.checkTradeUrl ? [await checkOf(proxied, TRADE_URL)] : []),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ outcome: 'unknown' });
  });

  describe('asked for anything', () => {
    test.each(pages)('calls %s unknown', async (_, status, body) => {
      const url = await serverThat((_request, response) => send(response, status, body));
      for (const [name, answer] of await answersOf(world.supplierAt(url), side)) {
        expect(answer, name).toMatchObject({ outcome: 'unknown', cause: expect.stringMatching(/./) });
        expectNoSecret(subject.secrets, answer);
      }
    });

    test('calls it unknown when nothing listens at the other end', async () => {
      for (const [name, answer] of await answersOf(world.supplierAt(await deadAddress()), side)) {
        expect(answer, name).toEqual({ outcome: 'unknown', cause: 'the connection failed (ECONNREFUSED)' });
      }
    });

    test('calls it unknown when no answer comes, at its time limit and without showing its key', async () => {
      let calls = 0;
      const url = await serverThat(() => void calls++);
      const supplier = world.supplierAt(url);
      for (const [name, call] of Object.entries(everyCall(supplier, side))) {
        // The feed may be long: the adapter limits its silences, which is the next rule.
        if (name.startsWith('feed')) continue;
        calls = 0;
        const limitMs = (name === 'buy' ? supplier.buyTimeoutMs : undefined) ?? world.timeoutMs;
        const answer = await timeOut(call, limitMs, () => calls > 0);
        expect(answer, name).toEqual({ outcome: 'unknown', cause: `no answer within ${limitMs} ms` });
        expectNoSecret(subject.secrets, answer);
      }
    });

    test('gives a feed up that is silent for longer than a call may take', async () => {
      const beginsOnly = await serverThat((_, response) => void response.writeHead(200).write('{'));
      const saysNothing = await serverThat(() => {});
      const suppliers = [beginsOnly, saysNothing].map((url) => world.supplierAt(url, { timeoutMs: IMPATIENCE_MS }));
      for (const answer of await inTime(Promise.all(suppliers.map((each) => each.feed(null))))) {
        expect(answer).toMatchObject({ outcome: 'unknown' });
        expectNoSecret(subject.secrets, answer);
      }
    });
  });

  test('answers whatever id it is asked for, and buys nothing by one that is none', async () => {
    const { supplier } = world;
    for (const id of oddIds) {
      expect(['gone', 'unknown'], id).toContain((await supplier.listing(id)).outcome);
      const order = { ...world.orderFor(side, 'never-ships'), nativeListingId: id };
      expect(['refused', 'unknown'], id).toContain((await supplier.buy(order)).outcome);
      expect(await world.orderIdOf(order.reference)).toBeNull();
      expect(supplier.listingIds.toNative(id), id).toBeNull();
      const found = await supplier.find([id]);
      if (found.outcome === 'read') expect(found.found, id).toEqual([]);
    }
    const none = await supplier.find([]);
    if (none.outcome === 'read') expect(none).toMatchObject({ found: [], neverMade: [] });
  });

  test('ends its calls when it is closed, and is closed for later ones', async () => {
    const { proxy } = world;
    const supplier = world.subject.open(proxy.url, { timeoutMs: world.timeoutMs });
    const order = world.orderFor(side, 'never-ships');
    proxy.breaks({ kind: 'held' }, 1);
    const answer = supplier.buy(order);
    await proxy.holding();
    const closed = supplier.close();
    proxy.release();
    const { outcome } = await inTime(answer);
    // Whether it waits for the answer or not: the order exists, so that it may not be called refused.
    expect(['bought', 'unknown']).toContain(outcome);
    await inTime(closed);
    proxy.mends();
    for (const [name, each] of await answersOf(supplier, side)) {
      expect(each, name).toMatchObject({ outcome: 'unknown' });
    }
    expect(proxy.calls()).toBe(0);
  });

  test('is open again for another of its kind after one was closed', async () => {
    const order = orderFor(world.listing(side, 'never-ships'));
    expect(await bought(world.supplierAt(), order)).toMatchObject({ reference: order.reference });
  });
});

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(body);
}

function expectNoSecret(secrets: readonly string[], answer: unknown): void {
  for (const secret of secrets) expect(JSON.stringify(answer)).not.toContain(secret);
}
