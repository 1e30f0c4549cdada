// A supplier's push is only a hint to read now. So it must be authentic, and may be late or missing.
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
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
  const receiver = { text: 'success' };
  const hintUrl = await serverThat(async (request, response) => {
    const body = await text(request);
    received.push({ headers: request.headers, body, status: JSON.parse(body).status });
    response.end(receiver.text);
  });
  const market = await openMarketplace();
  const registers = () => market.control('PUT', '/cs2dt/callbacks', { hintUrl, hintSecret: HINT_SECRET });
  const arrived = (statuses: number[]) => expect.poll(() => received.map((hint) => hint.status)).toEqual(statuses);
  return { market, supplier: supplierAt('cs2', market.url), received, receiver, registers, arrived };
}

describe('pushed hints', () => {
  test('tell of a confirmed cancel at once', async () => {
    const { market, supplier, registers, arrived } = await setUp();
    await registers();
    const order = await bought(supplier, orderFor(await market.offered('cs2', 'never-ships')));
    await arrived([1]);
    await market.pass(31 * MINUTE_MS);
    await supplier.cancel?.request(order);
    await arrived([1, 11]);
  });

  test('carry our reference, and only authentic ones are read', async () => {
    const { market, supplier, received, registers, arrived } = await setUp();
    await registers();
    const { reference } = await bought(supplier, orderFor(await market.offered('cs2', 'never-ships')));
    await arrived([1]);
    const { headers, body } = received[0] ?? { headers: {}, body: '' };
    const read = supplier.push?.readHint;
    expect(read?.(headers, body)).toEqual([reference]);
    expect(read?.(headers, body.replace(reference, `${reference}0`))).toBeNull();
    expect(read?.(headers, body.replace(/"sign":"[^"]*"/, '"sign":"AB"'))).toBeNull();
    expect(read?.(headers, `${body}}`)).toBeNull();
  });

  test('stop when one try has arrived', async () => {
    const { market, supplier, receiver, registers, arrived } = await setUp();
    receiver.text = 'not yet';
    await registers();
    await bought(supplier, orderFor(await market.offered('cs2', 'never-ships')));
    await arrived([1]);
    receiver.text = 'success';
    await market.pass(MINUTE_MS);
    await arrived([1, 1]);
    await market.pass(HOUR_MS);
    await market.clock();
    await arrived([1, 1]);
  });

  test('wait for a gateway that registers late', async () => {
    const { market, supplier, received, registers, arrived } = await setUp();
    await bought(supplier, orderFor(await market.offered('cs2', 'ships-at-once')));
    await market.pass(SECOND_MS);
    expect(received).toEqual([]);
    await registers();
    await arrived([10]);
  });

  test('of many orders all arrive, once each', async () => {
    const { market, supplier, received, registers } = await setUp();
    await registers();
    const listing = await market.offered('cs2', 'never-ships');
    const orders = await Promise.all(Array.from({ length: 300 }, () => bought(supplier, orderFor(listing))));
    await expect.poll(() => received.length).toBeGreaterThanOrEqual(orders.length);
    const references = received.map((hint) => JSON.parse(hint.body).outTradeNo);
    expect(references.toSorted()).toEqual(orders.map((order) => order.reference).toSorted());
  });
});
