import { describe, expect, test } from 'vitest';
import { repairDue } from '../../src/callbacks/repair.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Merchant } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

/** When a callback comes again, in which order, and that nobody waits for somebody else's server. */

const world = useOwnWorld({ CALLBACK_TIMEOUT_MS: '1500' });

const statusesTold = (merchant: Merchant, trade: TradeWire) =>
  merchant.callbacksOf(trade.id).map((callback) => callback.trade.status);

const callbacksOf = (trade: TradeWire) =>
  world()
    .gateway.deps.db.selectFrom('callback')
    .selectAll()
    .where('trade_id', '=', trade.id)
    .orderBy('number')
    .execute();

const firstCallback = async (trade: TradeWire) => {
  const [first] = await callbacksOf(trade);
  if (!first) throw new Error('nothing was recorded');
  return first;
};

const attemptsOf = (trade: TradeWire) =>
  world()
    .gateway.deps.db.selectFrom('callback_attempt')
    .innerJoin('callback', 'callback.id', 'callback_attempt.callback_id')
    .select(['callback_attempt.number', 'at', 'status', 'response'])
    .where('callback.trade_id', '=', trade.id)
    .orderBy('callback.number')
    .orderBy('callback_attempt.number')
    .execute();

/** How long after its last attempt the callback is due, in milliseconds. */
const pauseOf = async (trade: TradeWire): Promise<number> => {
  const last = (await attemptsOf(trade)).at(-1);
  const { due_at } = await firstCallback(trade);
  return (due_at?.getTime() ?? Number.NaN) - (last?.at.getTime() ?? Number.NaN);
};

/** Until the callback is due, by the clock. */
const untilDue = async (trade: TradeWire) => {
  const { due_at } = await firstCallback(trade);
  const ms = (due_at?.getTime() ?? 0) - world().now.getTime();
  await world().passes(`${Math.max(1, Math.ceil(ms / 1000))}s`);
};

const SCHEDULE = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  DAY_MS,
];

describe('my endpoint answers 500', () => {
  test('each retry comes when the schedule says, give or take a fifth, with one id and a fresh time', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    for (const pauseMs of SCHEDULE) {
      const actualMs = await pauseOf(trade);
      expect(actualMs).toBeGreaterThanOrEqual(pauseMs * 0.8);
      // What the attempt itself and its recording took comes on top.
      expect(actualMs).toBeLessThanOrEqual(pauseMs * 1.2 + 2 * SECOND_MS);
      await untilDue(trade);
    }
    const attempts = merchant.attemptsAt(trade.id);
    expect(attempts).toHaveLength(10);
    expect(new Set(attempts.map(({ callbackId }) => callbackId)).size).toBe(1);
    expect(new Set(attempts.map(({ signature }) => /t=([^,]+)/.exec(signature)?.[1])).size).toBe(10);
    expect(await firstCallback(trade)).toMatchObject({ state: 'failed', attempts: 10, due_at: null });
  });

  test('after a replay the pauses begin anew', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    for (let attempt = 0; attempt < 3; attempt++) await untilDue(trade);
    const { id, attempts } = await firstCallback(trade);
    await world()
      .gateway.deps.db.updateTable('callback')
      .set({ attempts_before: attempts, due_at: world().now })
      .where('id', '=', id)
      .execute();
    await world().settles();
    expect((await firstCallback(trade)).attempts).toBe(attempts + 1);
    expect(await pauseOf(trade)).toBeLessThan(8 * SECOND_MS);
  });

  test('what it answered is kept, the first 4 KB of it', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, { status: 500, body: `no\0way ${'x'.repeat(10_000)}` });
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const [attempt] = await attemptsOf(trade);
    expect(attempt?.response).toHaveLength(4095); // the NUL is left out
    expect(attempt?.response).toMatch(/^noway x+$/);
  });
});

describe('my endpoint asks to be left alone', () => {
  test('a Retry-After in seconds is never undercut', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, { status: 429, headers: { 'retry-after': '600' } });
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect(await pauseOf(trade)).toBeGreaterThanOrEqual(600 * SECOND_MS);
    await world().passes('9m');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(1);
    await world().passes('2m');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(2);
  });

  test('as a date too', async () => {
    const merchant = await world().merchant();
    const date = new Date(Date.now() + HOUR_MS).toUTCString();
    world().receiver.answers.set(merchant.name, { status: 503, headers: { 'retry-after': date } });
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect(await pauseOf(trade)).toBeGreaterThan(HOUR_MS - 5 * SECOND_MS);
  });

  test('one that is shorter than the schedule’s pause does not bring it forward', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, { status: 503, headers: { 'retry-after': '1' } });
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect(await pauseOf(trade)).toBeGreaterThanOrEqual(4 * SECOND_MS);
  });
});

describe('the order of what I am told', () => {
  test('an event that I answer with 500 holds up its own trade only', async () => {
    const merchant = await world().merchant();
    const held = await merchant.buys([world().testListing('ships-at-once', 1)]);
    world().receiver.answers.set(merchant.name, ({ id, status }) =>
      id === held.id && status === 'active' ? 500 : 200,
    );
    const free = await merchant.buys([world().testListing('ships-at-once', 2)]);
    await world().passes('10s');
    await world().passes('10m');
    expect(statusesTold(merchant, held)).toEqual(['pending']);
    expect(statusesTold(merchant, free)).toEqual(['pending', 'active', 'hold']);
    world().receiver.answers.delete(merchant.name);
    await world().passes('1h');
    expect(statusesTold(merchant, held)).toEqual(['pending', 'active', 'hold']);
  });

  test('my endpoint was down for three days: everything comes, each trade in order', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 'nothing');
    const listings = [1, 2, 3].map((number) => world().testListing('ships-at-once', number));
    const trades: TradeWire[] = [];
    for (const listing of listings) trades.push(await merchant.buys([listing]));
    for (let hour = 0; hour < 72; hour += 24) await world().passes('24h');
    world().receiver.answers.delete(merchant.name);
    await world().passes('29h');
    await world().passes('8 days');
    for (const trade of trades)
      expect(statusesTold(merchant, trade)).toEqual(['pending', 'active', 'hold', 'completed']);
  });

  test('what waits behind a retry is not looked at before it, and comes right after it', async () => {
    const merchant = await world().merchant();
    const { deps } = world().gateway;
    world().receiver.answers.set(merchant.name, { status: 503, headers: { 'retry-after': '7200' } });
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    await world().passes('10s');
    await world().passes('1m');
    await repairDue(deps);
    const [first, ...behind] = await callbacksOf(trade);
    expect(behind.map(({ due_at }) => due_at)).toEqual([first?.due_at, first?.due_at]);
    world().receiver.answers.delete(merchant.name);
    await world().passes('2h');
    expect(statusesTold(merchant, trade)).toEqual(['pending', 'active', 'hold']);
  });
});

describe('somebody else’s endpoint', () => {
  // So long that none of its attempts ends by itself while mine is on its way.
  const world = useOwnWorld({ CALLBACK_TIMEOUT_MS: '60000' });
  const SHARE = 32;

  test('that takes requests and never answers does not hold up mine, however many wait for it', async () => {
    const [slow, mine] = [await world().merchant(), await world().merchant()];
    world().receiver.answers.set(slow.name, 'nothing');
    for (let trade = 0; trade < SHARE + 13; trade++) await slow.asksToBuy([world().testListing('never-ships')]);
    const underWay = () => world().receiver.attemptsBy(slow.name).length;
    await world().until(() => underWay() === SHARE, 'its share of a node’s attempts is under way');
    const bought = await mine.asksToBuy([world().testListing('never-ships')]);
    await world().until(() => mine.callbacksOf(bought.body.data.id).length === 1, 'mine comes');
    expect(underWay(), 'no attempt has ended that mine could have waited for').toBe(SHARE);
    world().receiver.answers.delete(slow.name);
    world().receiver.closeConnections();
    await world().settles();
  });
});
