import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { saveCallbackUrl } from '../../src/callbacks/endpoint.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Merchant } from '../support/merchant.ts';
import type { CallbackAttempt } from '../support/receiver.ts';
import { useOwnWorld } from '../support/world.ts';

/** What a merchant is told, in which order, signed how, and how stubbornly. */

const world = useOwnWorld({ CALLBACK_TIMEOUT_MS: '1500' });

/** As a merchant would verify, from the published description and with nothing of ours. */
function verify(attempt: CallbackAttempt, secret: string): 'genuine' | 'forged' {
  const fields = new Map(attempt.signature.split(',').map((part) => part.split('=', 2) as [string, string])); // two by the limit
  const signed = `${fields.get('id')}.${fields.get('t')}.${attempt.raw}`;
  const expected = createHmac('sha256', secret).update(signed, 'utf8').digest('hex');
  return expected === fields.get('s') ? 'genuine' : 'forged';
}

/** Of each callback its first attempt: they come at least once, and more often when an answer was too late. */
function firstAttempts(merchant: Merchant, trade: TradeWire): CallbackAttempt[] {
  const attempts = merchant.attemptsAt(trade.id);
  return attempts.filter(({ callbackId }, n) => attempts.findIndex((each) => each.callbackId === callbackId) === n);
}

function statusesTold(merchant: Merchant, trade: TradeWire): string[] {
  return merchant.callbacksOf(trade.id).map((callback) => callback.trade.status);
}

async function attemptsInBooks(trade: TradeWire) {
  return world()
    .gateway.deps.db.selectFrom('callback_attempt')
    .innerJoin('callback', 'callback.id', 'callback_attempt.callback_id')
    .select(['callback_attempt.number', 'callback_attempt.status', 'failure', 'callback.state'])
    .where('callback.trade_id', '=', trade.id)
    .orderBy('callback.number')
    .orderBy('callback_attempt.number')
    .execute();
}

describe('I am told', () => {
  test('of every step of my trade, once and in order, with the trade as it was then', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('ships-later')], { externalId: 'told' });
    await world().passes('11m');
    const active = await merchant.trade(trade.id);
    await world().passes('2m');
    await world().passes('8 days');
    expect(statusesTold(merchant, trade)).toEqual(['pending', 'active', 'hold', 'completed']);
    const attempts = firstAttempts(merchant, trade);
    expect(attempts).toHaveLength(4);
    expect(attempts.map((attempt) => Object.keys(JSON.parse(attempt.raw)))).toEqual(attempts.map(() => ['trade']));
    expect(attempts[1]?.trade).toEqual(active);
    expect(attempts[3]?.trade).toEqual(await merchant.trade('told'));
    await world().passes('20 days');
    expect(firstAttempts(merchant, trade)).toHaveLength(4);
  });

  test('of every item of a trade, and of several that step at once in one message', async () => {
    const merchant = await world().merchant();
    const listings = [world().testListing('ships-at-once'), world().testListing('seller-fails')];
    const trade = await merchant.buys(listings);
    await world().passes('10s');
    await world().passes('6m');
    await world().passes('8 days');
    const told = merchant
      .callbacksOf(trade.id)
      .map(({ trade: { status, items } }) => [status, ...items.map((item) => item.status)]);
    expect(told).toEqual([
      ['pending', 'pending', 'pending'],
      ['pending', 'active', 'pending'],
      ['pending', 'hold', 'pending'],
      ['hold', 'hold', 'failed'],
      ['completed', 'completed', 'failed'],
    ]);
  });

  test('of a failure, with its error', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('purchase-refused')]);
    expect(statusesTold(merchant, trade)).toEqual(['pending', 'failed']);
    expect(merchant.callbacksOf(trade.id).at(-1)?.trade).toMatchObject({
      error: 'LISTING_UNAVAILABLE',
      items: [{ error: 'LISTING_UNAVAILABLE' }],
    });
  });

  test('of my own trades only', async () => {
    const [mine, theirs] = [await world().merchant(), await world().merchant()];
    const trade = await mine.buys([world().testListing('never-ships')]);
    await theirs.buys([world().testListing('never-ships')]);
    const told = world().receiver.attemptsBy(mine.name);
    expect(new Set(told.map((attempt) => attempt.trade.id))).toEqual(new Set([trade.id]));
    expect(new Set(told.map((attempt) => attempt.trade.merchantId))).toEqual(new Set([mine.id]));
  });
});

describe('I can be sure of the sender', () => {
  test('each message is signed with my secret over its id, its time and its exact bytes', async () => {
    const merchant = await world().merchant();
    const other = await world().merchant();
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    await world().passes('10s');
    const attempts = firstAttempts(merchant, trade);
    expect(attempts).toHaveLength(3);
    for (const attempt of attempts) {
      expect(attempt.method).toBe('POST');
      expect(attempt.headers['content-type']).toBe('application/json');
      expect(attempt.signature).toMatch(
        /^t=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,id=[0-9a-f]{8}-[0-9a-f-]{27},s=[0-9a-f]{64}$/,
      );
      expect(verify(attempt, merchant.apiSecret)).toBe('genuine');
      expect(verify(attempt, other.apiSecret)).toBe('forged');
      expect(verify({ ...attempt, raw: attempt.raw.replace('"withdraw"', '"deposit"') }, merchant.apiSecret)).toBe(
        'forged',
      );
    }
  });

  test('its time is real time, near mine, although the sandbox’s clock has been moved', async () => {
    const merchant = await world().merchant();
    await world().passes('3 days');
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const [attempt] = merchant.attemptsAt(trade.id);
    const t = Date.parse(/t=([^,]+)/.exec(attempt?.signature ?? '')?.[1] ?? '');
    expect(Math.abs(t - (attempt?.at.getTime() ?? 0))).toBeLessThan(60_000);
  });
});

describe('my endpoint fails', () => {
  test('the same message comes again, later and later, until I take it', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const attempts = () => merchant.attemptsAt(trade.id);
    expect(attempts()).toHaveLength(1);
    // Pauses are 5 s, 5 m, 30 m and 2 h, give or take a fifth; a look comes up to a second later.
    for (const [tooSoon, enough] of [
      ['2s', '6s'],
      ['3m', '4m'],
      ['20m', '20m'],
    ] as const) {
      const before = attempts().length;
      await world().passes(tooSoon);
      expect(attempts()).toHaveLength(before);
      await world().passes(enough);
      expect(attempts()).toHaveLength(before + 1);
    }
    world().receiver.answers.set(merchant.name, 200);
    await world().passes('3h');
    expect(attempts()).toHaveLength(5);
    expect(new Set(attempts().map((attempt) => attempt.callbackId)).size).toBe(1);
    expect(new Set(attempts().map((attempt) => attempt.raw)).size).toBe(1);
    expect(new Set(attempts().map((attempt) => attempt.signature)).size).toBe(5); // each has a time of its own
    expect(attempts().map((attempt) => verify(attempt, merchant.apiSecret))).toEqual(Array(5).fill('genuine'));
    expect(statusesTold(merchant, trade)).toEqual(['pending']);
    expect(await attemptsInBooks(trade)).toEqual(
      [500, 500, 500, 500, 200].map((status, n) => ({
        number: n + 1,
        status,
        failure: status === 200 ? null : 'answered 500',
        state: 'delivered',
      })),
    );
    await world().passes('10 days');
    expect(attempts()).toHaveLength(5);
  });

  test.each([200, 201, 202, 204])('an answer of %s takes it', async (status) => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, status);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await world().passes('10m');
    expect(await attemptsInBooks(trade)).toMatchObject([{ number: 1, status, state: 'delivered' }]);
    expect(firstAttempts(merchant, trade)).toHaveLength(1);
  });

  test.each([304, 400, 401, 404, 429, 500, 503])('an answer of %s does not', async (status) => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, status);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    world().receiver.answers.delete(merchant.name);
    await world().passes('10s');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(2);
    expect(statusesTold(merchant, trade)).toEqual(['pending']);
  });

  test('later messages about a trade wait for the earlier; other trades do not', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, (trade) => (trade.externalId === 'held' ? 500 : 200));
    const held = await merchant.buys([world().testListing('ships-at-once', 1)], { externalId: 'held' });
    const free = await merchant.buys([world().testListing('ships-at-once', 2)]);
    await world().passes('2s');
    await world().passes('7s');
    expect((await merchant.trade('held')).status).toBe('hold');
    expect(statusesTold(merchant, free)).toEqual(['pending', 'active', 'hold']);
    const callbacksTried = () => new Set(merchant.attemptsAt(held.id).map((attempt) => attempt.callbackId)).size;
    expect(merchant.attemptsAt(held.id).length).toBeGreaterThanOrEqual(2);
    expect(callbacksTried()).toBe(1);
    world().receiver.answers.delete(merchant.name);
    await world().passes('10m');
    expect(callbacksTried()).toBe(3);
    expect(statusesTold(merchant, held)).toEqual(['pending', 'active', 'hold']);
  });

  test('a redirect is not followed: it is no answer', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, { redirectTo: world().receiver.urlOf('elsewhere') });
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await world().passes('10s');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(2);
    expect(world().receiver.attemptsBy('elsewhere')).toEqual([]);
    world().receiver.answers.delete(merchant.name);
    await world().passes('10m');
    expect(statusesTold(merchant, trade)).toEqual(['pending']);
  });

  test('an answer that does not come in time is none', async () => {
    const merchant = await world().merchant();
    const failed = () => world().metric('skinrail_callback_attempts_total', '{outcome="failed"}');
    const before = await failed();
    world().receiver.answers.set(merchant.name, 'nothing');
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await world().until(async () => (await attemptsInBooks(trade)).length === 1, 'the attempt is given up');
    const [attempt] = await attemptsInBooks(trade);
    expect(attempt).toMatchObject({ status: null, state: 'pending', failure: expect.stringContaining('timeout') });
    expect(await failed()).toBe(before + 1);
    world().receiver.answers.delete(merchant.name);
    await world().passes('10s');
    expect(statusesTold(merchant, trade)).toEqual(['pending']);
    expect(new Set(merchant.attemptsAt(trade.id).map((each) => each.callbackId)).size).toBe(1);
  });

  test('nobody listens there: it comes when somebody does', async () => {
    const merchant = await world().merchant();
    const { deps } = world().gateway;
    const closed = { status: 200, body: '' };
    // It approves, and is gone when the news of the purchase comes.
    merchant.says(() => {
      void saveCallbackUrl(deps, merchant.id, 'http://127.0.0.1:9/closed');
      return closed;
    });
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect(await attemptsInBooks(trade)).toMatchObject([
      { status: null, failure: expect.stringContaining('ECONNREFUSED') },
    ]);
    await saveCallbackUrl(deps, merchant.id, world().receiver.urlOf(merchant.name));
    await world().passes('10s');
    expect(statusesTold(merchant, trade)).toEqual(['pending']);
  });

  test('for days: after ten tries it is given up, and the next news of the trade goes out', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 500);
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    for (const pause of ['8s', '7m', '37m', '3h', '7h', '13h', '18h', '25h', '30h']) await world().passes(pause);
    expect(merchant.attemptsAt(trade.id)).toHaveLength(10);
    await world().passes('10 days');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(10);
    expect((await attemptsInBooks(trade)).at(-1)).toMatchObject({ number: 10, state: 'failed' });
    world().receiver.answers.delete(merchant.name);
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
    await world().until(() => statusesTold(merchant, trade).length > 0, 'the next news');
    expect(statusesTold(merchant, trade)).toEqual(['reverted']);
  });
});

test('no callback ever had a withdrawal that is only initiated: that is the question, under ids of its own', async () => {
  const { db } = world().gateway.deps;
  const callbacks = await db.selectFrom('callback').select(['id', 'body']).execute();
  const statuses = callbacks.map(({ body }) => JSON.parse(body ?? '').trade.status);
  expect(statuses.length).toBeGreaterThan(30);
  expect(statuses).not.toContain('initiated');
  const initiated = world()
    .receiver.everyAttempt()
    .filter((attempt) => attempt.trade.status === 'initiated');
  const asked = await db.selectFrom('approval_attempt').select('message_id').execute();
  expect(initiated.map((attempt) => attempt.callbackId).sort()).toEqual(asked.map((row) => row.message_id).sort());
});
