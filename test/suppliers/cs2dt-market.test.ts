// What is special at CS2DT, over HTTP against a simulated one: fees, callbacks, and when a cancel is not sent.
import { describe, expect, test } from 'vitest';
import { SANDBOX_CS2DT_KEY, SANDBOX_CS2DT_KEY_LIMITED } from '../../sandbox/marketplace/cs2dt.ts';
import { DAY_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { atCs2dt, CALLBACK_SECRET, cs2dtAt } from './cs2dt-harness.ts';
import { bought, newReference, openMarketplace, orderFor, serverThat, statusFor } from './harness.ts';
import { waxpeerAt } from './waxpeer-harness.ts';

const WEEK_MS = 7 * DAY_MS;
const WALLET_MILLS = 1_000_000_000n;

async function setUp() {
  const market = await openMarketplace();
  const url = `${market.url}/cs2dt`;
  const testListing = async (behaviour: string) => atCs2dt(await market.testListing('cs2', behaviour));
  return { market, url, testListing, supplier: cs2dtAt(url) };
}
type World = Awaited<ReturnType<typeof setUp>>;

async function buyOf({ supplier, testListing }: World, behaviour: string) {
  return bought(supplier, orderFor(await testListing(behaviour)));
}

test('says what the account can spend, which purchases reduce', async () => {
  const world = await setUp();
  const balance = async () => world.supplier.balance?.();
  expect(await balance()).toEqual({ outcome: 'read', availableMills: WALLET_MILLS });
  await buyOf(world, 'never-ships');
  expect(await balance()).toEqual({ outcome: 'read', availableMills: WALLET_MILLS - 15_250n });
});

test('an account that calls too often gets no clear answer, least of all to a purchase', async () => {
  const { market, url, testListing } = await setUp();
  const limited = cs2dtAt(url, { apiKey: SANDBOX_CS2DT_KEY_LIMITED });
  const order = orderFor(await testListing('never-ships'));
  const cause = expect.stringContaining('called too often');
  for (const answer of [await limited.buy(order), await limited.find([order.reference]), await limited.feed(null)]) {
    expect(answer).toEqual({ outcome: 'unknown', cause });
  }
  expect(await market.facts(order.reference)).not.toHaveProperty('orderId');
});

test('a ceiling that is a fraction of a cent too low is a cent too low', async () => {
  const { supplier, testListing } = await setUp();
  const listing = await testListing('never-ships');
  const tooLow = orderFor(listing, { ceilingMills: toMills(BigInt(listing.priceMills) - 1n) });
  expect(await supplier.buy(tooLow)).toEqual({ outcome: 'refused', reason: 'PRICE_CHANGED' });
});

test('an order that the buyer declines costs the account a fee of 2 %', async () => {
  const world = await setUp();
  await buyOf(world, 'recipient-declines');
  await world.market.pass(5 * MINUTE_MS);
  // 2 % of $11.45, rounded up to the cent.
  expect(await world.supplier.balance?.()).toMatchObject({ availableMills: WALLET_MILLS - 230n });
});

describe('a cancel', () => {
  async function ordered(behaviour: string, ageMs = 31 * MINUTE_MS) {
    const world = await setUp();
    const order = await buyOf(world, behaviour);
    await world.market.pass(ageMs);
    const cancel = async (supplier = world.supplier) => supplier.cancel?.request(order);
    const status = () => statusFor(world.supplier, order.reference);
    const spent = async () => {
      const answer = await world.supplier.balance?.();
      return answer?.outcome === 'read' ? WALLET_MILLS - answer.availableMills : null;
    };
    return { ...world, ...order, cancel, status, spent };
  }
  const cancelled = { kind: 'reverted', by: 'supplier', onOurCancel: true };

  test('is accepted, the order says later that it was cancelled because of us, and all money comes back', async () => {
    const { cancel, market, spent, status } = await ordered('cancel-confirmed-later');
    expect(await cancel()).toEqual({ outcome: 'accepted' });
    expect(await status()).toEqual({ kind: 'waiting' });
    await market.pass(10 * MINUTE_MS);
    expect(await status()).toEqual(cancelled);
    expect(await spent()).toBe(0n);
  });

  test('that comes again is accepted again, and has no second effect', async () => {
    const { cancel, market, reference, status } = await ordered('cancel-confirmed-later');
    expect([await cancel(), await cancel()]).toEqual([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    await market.pass(10 * MINUTE_MS);
    expect(await status()).toEqual(cancelled);
    expect(await cancel()).toEqual({ outcome: 'refused', reason: 'already_closed' });
    expect(await market.facts(reference)).toMatchObject({ cancelCalls: 2 });
  });

  test.each([
    ['ships-later', 10 * MINUTE_MS, 'already_sent'],
    ['ships-later', 12 * MINUTE_MS, 'already_sent'],
    ['refuses-to-cancel', 31 * MINUTE_MS, 'not_allowed'],
    ['seller-fails', 31 * MINUTE_MS, 'already_closed'],
  ])('of %s after %i ms is refused without asking: %s', async (behaviour, ms, reason) => {
    const { cancel, market, reference } = await ordered(behaviour, ms);
    expect(await cancel()).toEqual({ outcome: 'refused', reason });
    expect(await market.facts(reference)).toMatchObject({ cancelCalls: 0 });
  });

  test('that loses to the delivery ends as delivered, and costs a fee of 2 %', async () => {
    const { cancel, market, spent, status } = await ordered('delivers-despite-cancel');
    expect(await cancel()).toEqual({ outcome: 'accepted' });
    await market.pass(MINUTE_MS);
    expect(await status()).toMatchObject({ kind: 'accepted' });
    // $48.13, since prices have whole cents, and 2 % of it, rounded up to the cent.
    expect(await spent()).toBe(48_130n + 970n);
    await market.pass(WEEK_MS);
    expect(await status()).toMatchObject({ kind: 'settled' });
  });
});

describe('a callback', () => {
  /** A server of ours that keeps the callbacks it gets. */
  async function callbacksOf({ market }: World, answer: { text: string }) {
    const bodies: string[] = [];
    const url = await serverThat(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      response.end(answer.text);
    });
    const target = { hintUrl: url, hintSecret: CALLBACK_SECRET };
    await market.control('PUT', '/cs2dt/callbacks', target);
    return { bodies, came: (count: number) => expect.poll(() => bodies.length, { timeout: 20_000 }).toBe(count) };
  }

  test('tells of each change of an order, signed, and names it by our reference', async () => {
    const world = await setUp();
    const { bodies, came } = await callbacksOf(world, { text: 'success' });
    const { reference } = await buyOf(world, 'ships-later');
    await came(1);
    await world.market.pass(10 * MINUTE_MS);
    await came(2);
    await world.market.pass(2 * MINUTE_MS);
    await came(3);
    expect(bodies.map((body) => JSON.parse(body).status)).toEqual([1, 3, 10]);
    for (const body of bodies) {
      expect(world.supplier.push?.readHint({}, body)).toEqual([reference]);
      expect(world.supplier.push?.readHint({}, body.replace(reference, newReference()))).toBeNull();
    }
  });

  test('that is not answered with success comes five times more, and then never again', async () => {
    const world = await setUp();
    const { came } = await callbacksOf(world, { text: '{"success":true}' });
    await buyOf(world, 'never-ships');
    await came(1);
    for (const [index, minutes] of [1, 2, 5, 10, 30].entries()) {
      await expect
        .poll(async () => (await world.market.control('GET', '/hints')).json(), { timeout: 20_000 })
        .toEqual({ waiting: 0 });
      await world.market.pass(minutes * MINUTE_MS);
      await came(index + 2);
    }
    await world.market.pass(DAY_MS);
    await came(6);
  });

  test('of orders that another front has sold does not come', async () => {
    const world = await setUp();
    const { bodies, came } = await callbacksOf(world, { text: 'success' });
    const other = waxpeerAt(`${world.market.url}/waxpeer`);
    await bought(other, orderFor(await world.market.testListing('cs2', 'never-ships')));
    await buyOf(world, 'never-ships');
    await came(1);
    expect(JSON.parse(bodies[0] ?? '').orderId).toMatch(/^1\d{18}$/);
  });
});

test('is simulated with rules of its own', async () => {
  const { url } = await setUp();
  const call = async (path: string, body?: string) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', headers, body });
    return answer.json();
  };
  const key = `app-key=${SANDBOX_CS2DT_KEY}`;
  expect(await call('/v2/user/v1/t-coin/balance')).toMatchObject({ success: false, errorCode: 140020 });
  const ids = JSON.stringify({ productIds: Array.from({ length: 101 }, (_, i) => i) });
  expect(await call(`/v2/product/v2/list/ids?${key}`, ids)).toMatchObject({ success: false, errorCode: 140001 });
  const free = '{"outTradeNo":"R","tradeUrl":"x","productId":1,"maxPrice":0}';
  for (const tree of ['v1', 'v2']) {
    expect(await call(`/${tree}/trade/v2/buy?${key}`, free)).toMatchObject({ success: false, errorCode: 140001 });
  }
});
