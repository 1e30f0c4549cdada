// The sandbox marketplace: every test listing does what its description says, and what was promised survives a crash.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cs2Behaviours, rustBehaviours } from '../../sandbox/marketplace/behaviours.ts';
import { SandboxStore } from '../../sandbox/marketplace/store.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import {
  afterwards,
  bought,
  fed,
  IMPATIENCE_MS,
  openMarketplace,
  orderFor,
  type Side,
  statusFor,
  statusKindFor,
  supplierAt,
} from './harness.ts';

async function setUp(side: Side = 'cs2', file?: string) {
  const market = await openMarketplace(file);
  const impatient = supplierAt(side, market.url, IMPATIENCE_MS);
  return { market, supplier: supplierAt(side, market.url), impatient };
}

describe('the catalogue', () => {
  test('has ten copies of every CS2 test listing and five of every Rust test listing, each under an id of its own', async () => {
    const { market } = await setUp();
    const testListings = await market.testListings();
    const copies = Object.groupBy(testListings, (testListing) => `${testListing.side} ${testListing.behaviour}`);
    for (const name of Object.keys(cs2Behaviours)) expect(copies[`cs2 ${name}`]).toHaveLength(10);
    for (const name of Object.keys(rustBehaviours)) expect(copies[`rust ${name}`]).toHaveLength(5);
    expect(new Set(testListings.map((testListing) => testListing.nativeId)).size).toBe(testListings.length);
  });

  test('keeps the ids and prices that the documentation names', async () => {
    const { market } = await setUp();
    expect(await market.testListing('cs2', 'never-ships')).toMatchObject({
      nativeId: '730000000000000301',
      priceMills: 15_250,
    });
    expect(await market.testListing('rust', 'ships-at-once')).toMatchObject({
      nativeId: '252490000000000101',
      priceMills: 4_350,
    });
  });

  test('sells the same listing any number of times', async () => {
    const { market, supplier } = await setUp();
    const testListing = await market.offered('cs2', 'ships-at-once');
    const first = await bought(supplier, orderFor(testListing));
    const second = await bought(supplier, orderFor(testListing));
    expect(first.orderId).not.toBe(second.orderId);
  });
});

// biome-ignore format: a table reads best with a row a line
const timelines: [Side, string, [atMs: number, status: string][]][] = [
  ['cs2', 'ships-at-once', [[0, 'waiting'], [SECOND_MS, 'accepted'], [8 * DAY_MS, 'settled']]],
  ['cs2', 'ships-later', [[9 * MINUTE_MS, 'waiting'], [10 * MINUTE_MS, 'offered'], [12 * MINUTE_MS, 'accepted'], [8 * DAY_MS, 'settled']]],
  ['cs2', 'never-ships', [[0, 'waiting'], [99 * DAY_MS, 'waiting']]],
  ['cs2', 'refuses-to-cancel', [[0, 'waiting'], [99 * DAY_MS, 'waiting']]],
  ['cs2', 'price-raised-since-listed', [[99 * DAY_MS, 'waiting']]],
  ['cs2', 'cheaper', [[SECOND_MS, 'accepted'], [8 * DAY_MS, 'settled']]],
  ['cs2', 'seller-fails', [[4 * MINUTE_MS, 'waiting'], [5 * MINUTE_MS, 'failed']]],
  ['cs2', 'recipient-declines', [[SECOND_MS, 'offered'], [5 * MINUTE_MS, 'declined']]],
  ['cs2', 'reversed-in-hold', [[SECOND_MS, 'accepted'], [DAY_MS, 'reverted']]],
  ['cs2', 'reversed-after-completion', [[SECOND_MS, 'accepted'], [7.5 * DAY_MS, 'settled'], [8 * DAY_MS, 'reverted']]],
  ['cs2', 'unknown-word', [[0, 'unrecognised'], [DAY_MS, 'unrecognised']]],
  ['cs2', 'contradicts', [[SECOND_MS, 'accepted'], [5 * MINUTE_MS, 'waiting'], [10 * MINUTE_MS, 'accepted'], [8 * DAY_MS, 'settled']]],
  ['rust', 'ships-at-once', [[0, 'waiting'], [SECOND_MS, 'settled']]],
  ['rust', 'ships-later', [[9 * MINUTE_MS, 'waiting'], [10 * MINUTE_MS, 'offered'], [12 * MINUTE_MS, 'settled']]],
  ['rust', 'never-ships', [[5 * HOUR_MS, 'waiting'], [6 * HOUR_MS, 'failed']]],
  ['rust', 'seller-fails', [[4 * MINUTE_MS, 'waiting'], [5 * MINUTE_MS, 'failed']]],
  ['rust', 'unknown-word', [[0, 'unrecognised'], [DAY_MS, 'unrecognised']]],
];

describe('left alone', () => {
  test.each(timelines)('a %s order of %s goes its way by the marketplace clock', async (side, behaviour, expected) => {
    const { market, supplier } = await setUp(side);
    const testListing = await market.offered(side, behaviour);
    const live = await supplier.listing(testListing.nativeId);
    if (live.outcome === 'gone' || live.outcome === 'unknown') throw new Error('the test listing is not on sale');
    const livePrice = live.outcome === 'listed' ? live.listing.priceMills : live.priceMills;
    const { reference } = await bought(supplier, orderFor(testListing, { ceilingMills: livePrice }));
    let passedMs = 0;
    const seen: [number, string | null][] = [];
    for (const [atMs] of expected) {
      await market.pass(atMs - passedMs);
      passedMs = atMs;
      seen.push([atMs, await statusKindFor(supplier, reference)]);
    }
    expect(seen).toEqual(expected);
  });

  test('a reversal says who has reversed', async () => {
    const { market, supplier } = await setUp();
    const recalled = await bought(supplier, orderFor(await market.offered('cs2', 'reversed-in-hold')));
    const reversed = await bought(supplier, orderFor(await market.offered('cs2', 'reversed-after-completion')));
    await market.pass(8 * DAY_MS + MINUTE_MS);
    expect(await statusFor(supplier, recalled.reference)).toEqual({ kind: 'reverted', by: 'supplier' });
    expect(await statusFor(supplier, reversed.reference)).toEqual({ kind: 'reverted', by: 'user' });
  });
});

describe('a purchase', () => {
  test('of a test listing that got cheaper costs 5 % less than listed', async () => {
    const { market, supplier } = await setUp();
    expect(await supplier.buy(orderFor(await market.offered('cs2', 'cheaper')))).toMatchObject({
      costMills: 19_000n,
    });
  });

  test('of a test listing whose price went up since it was listed is refused at the old price', async () => {
    const { market, supplier } = await setUp();
    const testListing = await market.offered('cs2', 'price-raised-since-listed');
    const listed = (await fed(supplier)).listings.find(({ nativeId }) => nativeId === testListing.nativeId);
    expect(listed?.priceMills).toBe(4_200n);
    expect(await supplier.listing(testListing.nativeId)).toMatchObject({ listing: { priceMills: 4_620n } });
    expect(await supplier.buy(orderFor(testListing))).toEqual({ outcome: 'refused', reason: 'PRICE_CHANGED' });
  });

  test.each(['buy-answer-lost', 'buy-html'])('of %s is made, although the answer cannot be read', async (behaviour) => {
    const { market, supplier, impatient } = await setUp();
    const order = orderFor(await market.offered('cs2', behaviour));
    expect(await impatient.buy(order)).toMatchObject({ outcome: 'unknown' });
    expect(await statusKindFor(supplier, order.reference)).toBe('waiting');
    await market.pass(12 * MINUTE_MS);
    expect(await statusKindFor(supplier, order.reference)).toBe('accepted');
  });

  test('of buy-answer-lost-found-late is made, and found only after a minute', async () => {
    const { market, supplier, impatient } = await setUp();
    const order = orderFor(await market.offered('cs2', 'buy-answer-lost-found-late'));
    const { reference } = order;
    await impatient.buy(order);
    expect(await supplier.find([reference])).toMatchObject({ outcome: 'unknown', isWithoutOrder: true });
    await market.pass(MINUTE_MS);
    expect(await statusKindFor(supplier, reference)).toBe('waiting');
  });

  test.each([
    ['buy-503', 'unknown'],
    ['purchase-refused', 'refused'],
    ['price-raised', 'refused'],
  ])('of %s is not made; a look-up says so, and a late repeat makes none either', async (behaviour, outcome) => {
    const { market, supplier } = await setUp();
    const order = orderFor(await market.offered('cs2', behaviour));
    expect(await supplier.buy(order)).toMatchObject({ outcome });
    const neverMade = { outcome: 'read', found: [], neverMade: [order.reference] };
    expect(await supplier.find([order.reference])).toEqual(neverMade);
    const another = await market.offered('cs2', 'never-ships');
    expect(await supplier.buy({ ...order, nativeListingId: another.nativeId })).toMatchObject({ outcome: 'unknown' });
    expect(await supplier.find([order.reference])).toEqual(neverMade);
  });

  test('of buy-never-arrives leaves no trace that a look-up could find', async () => {
    const { market, supplier, impatient } = await setUp();
    const order = orderFor(await market.offered('cs2', 'buy-never-arrives'));
    expect(await impatient.buy(order)).toMatchObject({ outcome: 'unknown' });
    await market.pass(DAY_MS);
    expect(await supplier.find([order.reference])).toMatchObject({ outcome: 'unknown', isWithoutOrder: true });
    expect(await market.facts(order.reference)).toMatchObject({ outcome: 'never_arrived', buyCalls: 1 });
  });
});

describe('a cancel', () => {
  async function orderOf(behaviour: string) {
    const { market, supplier, impatient } = await setUp();
    const order = await bought(supplier, orderFor(await market.offered('cs2', behaviour)));
    await market.pass(30 * MINUTE_MS);
    const canceller = behaviour === 'cancel-timeout' ? impatient : supplier;
    const cancel = async () => (await canceller.cancel?.request(order))?.outcome;
    const status = () => statusKindFor(supplier, order.reference);
    return { market, supplier, order, cancel, status };
  }

  test('of never-ships is accepted and confirmed at once', async () => {
    const { cancel, status } = await orderOf('never-ships');
    expect(await cancel()).toBe('accepted');
    expect(await status()).toBe('reverted');
  });

  test('of unknown-word is not sent, because nobody knows what its status means', async () => {
    const { market, order, cancel, status } = await orderOf('unknown-word');
    expect([await cancel(), await status()]).toEqual(['unknown', 'unrecognised']);
    expect(await market.facts(order.reference)).toMatchObject({ cancelCalls: 0 });
  });

  test('of cancel-confirmed-later is accepted again while it is not confirmed, which changes nothing', async () => {
    const { market, cancel, status } = await orderOf('cancel-confirmed-later');
    expect(await cancel()).toBe('accepted');
    await market.pass(9 * MINUTE_MS);
    expect([await status(), await cancel()]).toEqual(['waiting', 'accepted']);
    await market.pass(MINUTE_MS);
    expect([await status(), await cancel()]).toEqual(['reverted', 'refused']);
  });

  test('of refuses-to-cancel is refused every time, as the order says that its seller prepares it', async () => {
    const { market, order, cancel, status } = await orderOf('refuses-to-cancel');
    expect([await cancel(), await cancel()]).toEqual(['refused', 'refused']);
    expect(await status()).toBe('waiting');
    expect(await market.facts(order.reference)).toMatchObject({ cancelCalls: 0 });
  });

  test('of delivers-despite-cancel is accepted, and the item is delivered a minute later', async () => {
    const { market, cancel, status } = await orderOf('delivers-despite-cancel');
    expect(await cancel()).toBe('accepted');
    expect(await status()).toBe('waiting');
    await market.pass(MINUTE_MS);
    expect(await status()).toBe('accepted');
    await market.pass(7 * DAY_MS);
    expect(await status()).toBe('settled');
  });

  test.each(['cancel-503', 'cancel-html'])(
    'of %s has no effect at first, and is accepted when repeated',
    async (behaviour) => {
      const { cancel, status } = await orderOf(behaviour);
      expect([await cancel(), await status()]).toEqual(['unknown', 'waiting']);
      expect([await cancel(), await status()]).toEqual(['accepted', 'reverted']);
    },
  );

  test.each(['cancel-timeout', 'cancel-connection-cut'])(
    'of %s takes effect although no answer comes',
    async (behaviour) => {
      const { market, order, cancel, status } = await orderOf(behaviour);
      expect([await cancel(), await status()]).toEqual(['unknown', 'waiting']);
      await market.pass(30 * SECOND_MS);
      expect(await status()).toBe('reverted');
      expect(await market.facts(order.reference)).toMatchObject({ phase: 'cancelled', cancelCalls: 1 });
    },
  );

  test('that came too early does not use up what the test listing does first', async () => {
    const { market, supplier } = await setUp();
    const order = await bought(supplier, orderFor(await market.offered('cs2', 'cancel-503')));
    expect(await supplier.cancel?.request(order)).toEqual({ outcome: 'refused', reason: 'too_early' });
    await market.pass(30 * MINUTE_MS);
    expect(await supplier.cancel?.request(order)).toEqual({ outcome: 'unknown', cause: 'status 503' });
  });
});

describe('the server', () => {
  async function temporaryFile(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'marketplace-'));
    afterwards(() => rm(folder, { recursive: true }));
    return join(folder, 'marketplace.sqlite');
  }

  test('keeps orders, cancels and its clock over a restart', async () => {
    const file = await temporaryFile();
    const before = await setUp('cs2', file);
    const order = await bought(before.supplier, orderFor(await before.market.offered('cs2', 'cancel-confirmed-later')));
    await before.market.pass(31 * MINUTE_MS);
    await before.supplier.cancel?.request(order);
    await before.market.close();

    const { market, supplier } = await setUp('cs2', file);
    expect(await market.clock()).toMatchObject({ offsetMs: 31 * MINUTE_MS });
    expect(await market.facts(order.reference)).toMatchObject({
      orderId: order.orderId.slice(1),
      buyCalls: 1,
      cancelCalls: 1,
    });
    expect(await statusKindFor(supplier, order.reference)).toBe('waiting');
    await market.pass(10 * MINUTE_MS);
    expect(await statusKindFor(supplier, order.reference)).toBe('reverted');
  });

  test('loses nothing that it has answered when it is killed', async () => {
    const file = await temporaryFile();
    const server = new URL('../../sandbox/marketplace/server.ts', import.meta.url).href;
    const program = `const { startMarketplace } = await import(${JSON.stringify(server)});
      console.log((await startMarketplace({ port: 0, file: ${JSON.stringify(file)} })).url);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    afterwards(async () => void child.kill('SIGKILL'));
    const [url] = await once(child.stdout, 'data');
    const supplier = supplierAt('cs2', String(url).trim());
    const order = await bought(supplier, orderFor({ nativeId: '1730000000000000301', priceMills: 15_250 }));
    child.kill('SIGKILL');
    await once(child, 'exit');

    const after = await setUp('cs2', file);
    expect(await after.market.facts(order.reference)).toMatchObject({
      outcome: 'made',
      orderId: order.orderId.slice(1),
    });
  });

  test('never turns its clock back', async () => {
    const { market } = await setUp();
    await market.pass(HOUR_MS);
    await market.control('PUT', '/clock', { offsetMs: MINUTE_MS });
    expect(await market.clock()).toMatchObject({ offsetMs: HOUR_MS });
  });

  test('turns away calls without its key', async () => {
    const { market } = await setUp();
    const said = async (path: string) => (await fetch(`${market.url}${path}`)).text();
    const balance = '/cs2dt/v2/user/v1/t-coin/balance';
    expect(JSON.parse(await said(balance))).toMatchObject({ success: false, errorCode: 140020 });
    expect(JSON.parse(await said(`${balance}?app-key=x`))).toMatchObject({ errorCode: 100002 });
    expect(await said('/waxpeer/v1/user?api=x')).toBe('wrong api');
    expect(JSON.parse(await said('/lis-skins/v1/user/balance'))).toEqual({ error: 'unauthorized' });
  });

  test('takes over ten thousand orders at once, all of them or none', async () => {
    const { market, supplier } = await setUp();
    const { nativeId: listingId } = await market.testListing('cs2', 'never-ships');
    const createdAt = new Date(Date.now() - HOUR_MS);
    const orders = Array.from({ length: 10_000 }, (_, i) => ({
      reference: `import${i}`,
      side: 'cs2',
      front: 'cs2dt',
      listingId,
      createdAt,
    }));
    const answer = await market.control('POST', '/orders', orders);
    expect(answer.status).toBe(200);
    const { orderId } = await market.facts('import9999');
    expect(await supplier.cancel?.request({ reference: 'import9999', orderId: `1${orderId}` })).toEqual({
      outcome: 'accepted',
    });

    const again = [{ ...orders[0], reference: 'fresh' }, orders[0]];
    expect((await market.control('POST', '/orders', again)).status).toBe(409);
    expect((await market.control('GET', '/orders/fresh')).status).toBe(404);
  });

  test('says what it is to people who open it', async () => {
    const { market } = await setUp();
    expect(await (await fetch(market.url)).json()).toMatchObject({
      what: expect.stringContaining('Nothing here is real'),
    });
  });
});

describe('the store', () => {
  test('undoes all of a transaction that fails', () => {
    const store = SandboxStore.open(':memory:');
    const fail = () => {
      store.setSetting('key', 'value');
      throw new Error('half way');
    };
    expect(() => store.transaction(fail)).toThrow('half way');
    expect(store.setting('key')).toBeNull();
    store.close();
  });
});
