// The marketplaces' own lists of orders: what adapters make of each entry, and that no page is skipped.
import { describe, expect, test } from 'vitest';
import { DAY_MS, later, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import type { HistoryAnswer, HistoryOrder, TimeRange } from '../../src/suppliers/history.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { cs2dtAt } from './cs2dt-harness.ts';
import { newReference, openMarketplace, serverThat } from './harness.ts';
import { lisSkinsAt } from './lis-skins-harness.ts';
import cs2dtSamples from './recorded/cs2dt/history.json' with { type: 'json' };
import lisSkinsSamples from './recorded/lis-skins/history.json' with { type: 'json' };
import waxpeerSamples from './recorded/waxpeer/history.json' with { type: 'json' };
import { waxpeerAt } from './waxpeer-harness.ts';

const range: TimeRange = { from: new Date('2026-09-01T00:00:00Z'), to: new Date('2026-10-15T00:00:00Z') };

/** Answers as JSON, with money and dates as text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)));
}

async function page(supplier: Supplier, cursor: string | null = null, times = range): Promise<HistoryAnswer> {
  if (!supplier.history) throw new Error('it has no list of orders');
  return supplier.history(times, cursor);
}

/** A server that answers a path that ends so with a body. */
function serverOf(bodies: Readonly<Record<string, unknown>>): Promise<string> {
  return serverThat((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const body = Object.entries(bodies).find(([end]) => pathname.endsWith(end))?.[1];
    response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}));
  });
}

describe('an entry of the list', () => {
  test.each(waxpeerSamples)('at Waxpeer: $title', async ({ list, trades, expected }) => {
    const supplier = waxpeerAt(await serverOf({ 'my-history': list, 'check-many-steam': trades }));
    expect(plain(await page(supplier))).toEqual({ outcome: 'read', ...expected });
  });

  test.each(lisSkinsSamples)('at LIS-SKINS: $title', async ({ body, expected }) => {
    const supplier = lisSkinsAt(await serverOf({ '/market/history': body }));
    expect(plain(await page(supplier))).toEqual({ outcome: 'read', ...expected });
  });

  test.each(cs2dtSamples)('at CS2DT: $title', async ({ body, expected }) => {
    const supplier = cs2dtAt(await serverOf({ '/order/buyer/list': body }));
    expect(plain(await page(supplier))).toEqual({ outcome: 'read', ...expected });
  });
});

describe('a page that hides orders is unknown', () => {
  test('at Waxpeer, when the trades cannot be looked up', async () => {
    const [sample] = waxpeerSamples;
    const refused = { success: false, msg: 'Please try again' };
    const supplier = waxpeerAt(await serverOf({ 'my-history': sample?.list, 'check-many-steam': refused }));
    expect(await page(supplier)).toMatchObject({
      outcome: 'unknown',
      cause: expect.stringMatching(/Please try again/),
    });
  });

  test.each([
    ['is another than the one that was asked for', [{}], { current_page: 2, last_page: 3 }],
    ['is empty, and not the last', [], { current_page: 1, last_page: 3 }],
    ['does not say how many there are', [], {}],
  ])('at LIS-SKINS, when it %s', async (_, data, meta) => {
    const supplier = lisSkinsAt(await serverOf({ '/market/history': { data, meta } }));
    expect(await page(supplier)).toMatchObject({ outcome: 'unknown' });
  });

  test('at CS2DT, when it is empty and not the last', async () => {
    const data = { total: '80', pages: 2, page: 1, limit: 50, list: [] };
    const body = { success: true, data, errorCode: 0 };
    const supplier = cs2dtAt(await serverOf({ '/order/buyer/list': body }));
    expect(await page(supplier)).toMatchObject({ outcome: 'unknown' });
  });
});

type Front = 'waxpeer' | 'lis-skins' | 'cs2dt';

/** A marketplace with so many orders, one a second, and its adapter. */
async function withOrders(front: Front, count: number, start: Date) {
  const market = await openMarketplace();
  const { nativeId } = await market.testListing('cs2', 'never-ships');
  const orders = Array.from({ length: count }, (_, index) => {
    const createdAt = later(start, index * SECOND_MS).toISOString();
    return { reference: newReference(), side: 'cs2', listingId: nativeId, createdAt, front };
  });
  expect((await market.control('POST', '/orders', orders)).status).toBe(200);
  return { market, references: orders.map(({ reference }) => reference) };
}

const supplierAt: Readonly<Record<Front, (url: string) => Supplier>> = {
  waxpeer: (url) => waxpeerAt(`${url}/waxpeer`),
  'lis-skins': (url) => lisSkinsAt(`${url}/lis-skins`),
  cs2dt: (url) => cs2dtAt(`${url}/cs2dt`),
};

/** Every page, and how many there were. */
async function readAll(supplier: Supplier, times: TimeRange) {
  const orders = new Map<string | null, HistoryOrder>();
  let pages = 0;
  for (let cursor: string | null = null; ; ) {
    const answer = await page(supplier, cursor, times);
    if (answer.outcome !== 'read') throw new Error(`not read: ${answer.cause}`);
    pages++;
    for (const order of answer.orders) orders.set(order.reference, order);
    cursor = answer.next;
    if (cursor === null) return { references: [...orders.keys()].toSorted(), pages };
  }
}

test.each(['waxpeer', 'lis-skins', 'cs2dt'] as const)('every page of the list at %s is read', async (front) => {
  const start = later(new Date(), -DAY_MS);
  const { market, references } = await withOrders(front, 230, start);
  const read = await readAll(supplierAt[front](market.url), { from: start, to: new Date() });
  expect(read.references).toEqual(references.toSorted());
  expect(read.pages).toBeGreaterThan(2);
});

test('more trades than Waxpeer lets us skip are read part by part of the time', async () => {
  const start = later(new Date(), -DAY_MS);
  const { market, references } = await withOrders('waxpeer', 1_300, start);
  const read = await readAll(supplierAt.waxpeer(market.url), { from: start, to: new Date() });
  expect(read.references).toEqual(references.toSorted());
});

test('the list at CS2DT, which goes back to the first order, is read until the orders are too old', async () => {
  const start = later(new Date(), -DAY_MS);
  const { market, references } = await withOrders('cs2dt', 500, start);
  const last = later(start, 499 * SECOND_MS);
  const read = await readAll(supplierAt.cs2dt(market.url), {
    from: later(last, -MINUTE_MS),
    to: later(last, SECOND_MS),
  });
  expect(read.pages).toBe(2);
  expect(read.references).toEqual(references.slice(-100).toSorted());
});

test('a list at CS2DT that is not sorted by time is read to its end', async () => {
  const rows = [3, 1, 2].map((hours) => ({
    orderAssetId: `${hours}`,
    price: 1,
    status: 1,
    createTime: 1_790_000_000 + hours * 3600,
  }));
  const data = { pages: 2, page: 1, list: rows };
  const supplier = cs2dtAt(await serverOf({ '/order/buyer/list': { success: true, data, errorCode: 0 } }));
  const from = new Date((1_790_000_000 + 9 * 3600) * 1000);
  expect(await page(supplier, null, { from, to: later(from, DAY_MS) })).toMatchObject({ next: expect.any(String) });
});

test('no trades of Waxpeer are left out, however the limit of a page counts the money that was moved', async () => {
  const starts: unknown[] = [];
  const url = await serverThat((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      starts.push(JSON.parse(Buffer.concat(chunks).toString()).skip);
      const moved = Array.from({ length: starts.length === 1 ? 60 : 0 }, () => ({}));
      const sales = Array.from({ length: starts.length === 1 ? 40 : 0 }, (_, id) => ({ id, action: 'sell' }));
      response.end(JSON.stringify({ success: true, data: { trades: sales, transactions: moved } }));
    });
  });
  await readAll(waxpeerAt(url), range);
  expect(starts).toEqual([0, 60]);
});
