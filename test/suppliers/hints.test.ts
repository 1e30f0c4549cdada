// A supplier's push is only a hint to read now. So it must be authentic, and may be late or missing.
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { bought, HINT_SECRET, openMarketplace, orderFor, serverThat, supplierAt } from './harness.ts';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  status: number;
}

/** A marketplace that pushes to a receiver, whose answer the test can change. */
async function setUp() {
  const received: Received[] = [];
  const receiver = { status: 204 };
  const hintUrl = await serverThat(async (request, response) => {
    const body = await text(request);
    received.push({ headers: request.headers, body, status: JSON.parse(body).status });
    response.writeHead(receiver.status).end();
  });
  const market = await openMarketplace();
  const registers = () => market.control('PUT', '/gateway', { hintUrl, hintSecret: HINT_SECRET });
  const arrived = (statuses: number[]) =>
    vi.waitFor(() => expect(received.map((hint) => hint.status)).toEqual(statuses), { interval: 5 });
  return { market, supplier: supplierAt('cs2', market.url), received, receiver, registers, arrived };
}

describe('pushed hints', () => {
  test('tell of every change of status, by the marketplace clock', async () => {
    const { market, supplier, registers, arrived } = await setUp();
    await registers();
    await bought(supplier, orderFor(await market.testListing('cs2', 'ships-later')));
    await arrived([1]);
    await market.pass(10 * MINUTE_MS);
    await arrived([1, 3]);
    await market.pass(2 * MINUTE_MS);
    await arrived([1, 3, 10]);
  });

  test('tell of a confirmed cancel at once', async () => {
    const { market, supplier, registers, arrived } = await setUp();
    await registers();
    const order = await bought(supplier, orderFor(await market.testListing('cs2', 'never-ships')));
    await arrived([1]);
    await market.pass(31 * MINUTE_MS);
    await supplier.cancel?.request(order);
    await arrived([1, 11]);
  });

  test('carry our reference, and only authentic ones are read', async () => {
    const { market, supplier, received, registers, arrived } = await setUp();
    await registers();
    const { reference } = await bought(supplier, orderFor(await market.testListing('cs2', 'never-ships')));
    await arrived([1]);
    const { headers, body } = received[0] ?? { headers: {}, body: '' };
    const read = supplier.push?.readHint;
    expect(read?.(headers, body)).toEqual([reference]);
    expect(read?.(headers, `${body} `)).toBeNull();
    expect(read?.({}, body)).toBeNull();
    expect(read?.({ 'x-market-signature': 'ab' }, body)).toBeNull();
  });

  test('are tried again with growing gaps while the gateway is down, and given up after the sixth try', async () => {
    const { market, supplier, received, receiver, registers, arrived } = await setUp();
    receiver.status = 503;
    await registers();
    await bought(supplier, orderFor(await market.testListing('cs2', 'never-ships')));
    await arrived([1]);
    for (const gapMs of [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS]) {
      const before = received.length;
      await market.pass(gapMs);
      await vi.waitFor(() => expect(received).toHaveLength(before + 1), { interval: 5 });
    }
    await market.pass(HOUR_MS);
    await market.clock();
    expect(received).toHaveLength(6);
  });

  test('stop when one try has arrived', async () => {
    const { market, supplier, receiver, registers, arrived } = await setUp();
    receiver.status = 500;
    await registers();
    await bought(supplier, orderFor(await market.testListing('cs2', 'never-ships')));
    await arrived([1]);
    receiver.status = 200;
    await market.pass(SECOND_MS);
    await arrived([1, 1]);
    await market.pass(HOUR_MS);
    await market.clock();
    await arrived([1, 1]);
  });

  test('wait for a gateway that registers late', async () => {
    const { market, supplier, received, registers, arrived } = await setUp();
    await bought(supplier, orderFor(await market.testListing('cs2', 'ships-at-once')));
    await market.pass(SECOND_MS);
    expect(received).toEqual([]);
    await registers();
    await arrived([10]);
  });

  test('of many orders all arrive, once each', async () => {
    const { market, supplier, received, registers } = await setUp();
    await registers();
    const listing = await market.testListing('cs2', 'never-ships');
    const orders = await Promise.all(Array.from({ length: 300 }, () => bought(supplier, orderFor(listing))));
    await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(orders.length), {
      interval: 5,
      timeout: 4000,
    });
    const references = received.map((hint) => JSON.parse(hint.body).outTradeNo);
    expect(references.toSorted()).toEqual(orders.map((order) => order.reference).toSorted());
  });
});
