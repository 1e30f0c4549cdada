import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECOND_MS } from '../../src/core/clock.ts';
import { CallBudget, type CallKind, type CallRate, LocalTokens, type PurchaseTurn } from '../../src/net/call-budget.ts';
import { cs2dt } from '../../src/suppliers/cs2dt/index.ts';
import { rateOf } from '../../src/suppliers/kind.ts';
import { lisSkins } from '../../src/suppliers/lis-skins/index.ts';
import { HeldTimer } from '../support/held-timer.ts';

/** The calls that an account at a marketplace may make: the urgent ones come first, and never more than it may make. */

const RATE: CallRate = { perSecond: 5, burst: 20 };
const others: readonly CallKind[] = ['find', 'cancel', 'listing', 'feed', 'check', 'history', 'balance', 'connect'];

function budgetOf(rate: CallRate) {
  const timer = new HeldTimer();
  const held: CallKind[] = [];
  const budget = new CallBudget(new LocalTokens(rate, timer), rate, (call) => held.push(call), timer);
  /** Whether a call may be sent now. */
  const sends = async (call: CallKind) =>
    call === 'buy' ? (await budget.takeForPurchase()) === 0 : budget.admit(call, 0);
  /** How many calls may be sent now, one after the other. */
  const sendsAll = async (call: CallKind) => {
    let sent = 0;
    while (await sends(call)) sent++;
    return sent;
  };
  return { timer, held, budget, sends, sendsAll };
}

describe('an account makes', () => {
  const rates = fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 50 }) });
  const steps = fc.array(
    fc.record({ call: fc.constantFrom<CallKind>('buy', ...others), pauseMs: fc.integer({ min: 0, max: 500 }) }),
    { maxLength: 200 },
  );

  test('in no time more calls than its burst and what its rate gives in that time', async () => {
    await fc.assert(
      fc.asyncProperty(rates, steps, async (rate, calls) => {
        const { timer, sends } = budgetOf(rate);
        const sentAt: number[] = [];
        for (const { call, pauseMs } of calls) {
          timer.pass(pauseMs);
          if (await sends(call)) sentAt.push(timer.nowMs());
        }
        for (const [first, from] of sentAt.entries()) {
          for (const [more, to] of sentAt.slice(first).entries()) {
            const most = rate.burst + ((to - from) * rate.perSecond) / SECOND_MS;
            expect(more + 1).toBeLessThanOrEqual(most + 1e-6);
          }
        }
      }),
    );
  });

  test('no call that is not urgent while a purchase would be held', async () => {
    await fc.assert(
      fc.asyncProperty(rates, steps, async (rate, calls) => {
        const { timer, sends } = budgetOf(rate);
        for (const { call, pauseMs } of calls) {
          timer.pass(pauseMs);
          if (call !== 'buy' || (await sends('buy'))) await sends(call);
          else for (const other of others) expect(await sends(other)).toBe(false);
        }
      }),
    );
  });

  test('every purchase at once, however much is read, when they come no faster than its rate', async () => {
    const { timer, sends, sendsAll } = budgetOf(RATE);
    for (let purchase = 0; purchase < 1000; purchase++) {
      await sendsAll('feed');
      await sendsAll('balance');
      expect(await sends('buy')).toBe(true);
      timer.pass(SECOND_MS / RATE.perSecond);
    }
  });

  test('20 purchases at once after a pause, and then five a second', async () => {
    const { timer, sendsAll } = budgetOf(RATE);
    expect(await sendsAll('buy')).toBe(20);
    timer.pass(SECOND_MS);
    expect(await sendsAll('buy')).toBe(5);
  });
});

test.each<[CallKind, number]>([
  ['balance', 10],
  ['history', 10],
  ['check', 10],
  ['feed', 10],
  ['listing', 15],
  ['cancel', 16],
  ['find', 17],
  ['buy', 20],
])('of 20 calls at once, a %s may be the first %i', async (call, most) => {
  expect(await budgetOf(RATE).sendsAll(call)).toBe(most);
});

test.each([1, 2])('with a burst of %i every call may be made', async (burst) => {
  for (const call of ['buy', ...others] as const)
    expect(await budgetOf({ perSecond: 1, burst }).sends(call)).toBe(true);
});

describe('a call that is held', () => {
  test('is sent as soon as there is a token for it, and counted once', async () => {
    const { timer, held, budget, sendsAll } = budgetOf(RATE);
    await sendsAll('feed');
    held.length = 0;
    const feed = budget.admit('feed', 10 * SECOND_MS);
    await timer.untilWaiting();
    timer.pass(SECOND_MS / RATE.perSecond);
    expect(await feed).toBe(true);
    expect(held).toEqual(['feed']);
  });

  test('waits no longer than its time limit', async () => {
    const { timer, budget, sendsAll } = budgetOf({ perSecond: 1, burst: 1 });
    await sendsAll('find');
    expect(await budget.admit('find', 999)).toBe(false);
    const find = budget.admit('find', 1001);
    await timer.untilWaiting();
    timer.pass(SECOND_MS);
    expect(await find).toBe(true);
  });

  test('is not sent once nobody needs its answer', async () => {
    const { timer, budget, sendsAll } = budgetOf(RATE);
    await sendsAll('feed');
    const abort = new AbortController();
    const feed = budget.admit('feed', 10 * SECOND_MS, abort.signal);
    await timer.untilWaiting();
    abort.abort();
    expect(await feed).toBe(false);
  });
});

describe('purchases that come faster than their account may make them', () => {
  const PAIR: CallRate = { perSecond: 5, burst: 2 };
  const asks = async ({ budget }: ReturnType<typeof budgetOf>, turn: PurchaseTurn, times: number) => {
    const waits: number[] = [];
    for (let time = 0; time < times; time++) waits.push(await budget.takeForPurchase(turn));
    return waits;
  };

  test('come again one after the other, in the order in which they came', async () => {
    const account = budgetOf(PAIR);
    expect(await asks(account, 'new', 5)).toEqual([0, 0, 200, 400, 600]);
    expect(account.held).toEqual(['buy', 'buy', 'buy']);
    for (let purchase = 0; purchase < 3; purchase++) {
      account.timer.pass(200);
      expect(await asks(account, 'due', 1)).toEqual([0]);
    }
  });

  test('are not overtaken by one that comes later, though there is a token by then', async () => {
    const account = budgetOf(PAIR);
    await asks(account, 'new', 4);
    account.timer.pass(200);
    expect(await asks(account, 'new', 1)).toEqual([400]);
    expect(await asks(account, 'due', 1)).toEqual([0]);
  });

  test('do not wait any longer once all that came before have had their time', async () => {
    const account = budgetOf(PAIR);
    await asks(account, 'new', 4);
    account.timer.pass(401);
    expect(await asks(account, 'new', 2)).toEqual([0, 0]);
  });

  test('do not all come again at the end of a pause', async () => {
    const account = budgetOf(PAIR);
    await asks(account, 'new', 4);
    await account.budget.pause('buy', 2000);
    expect(await asks(account, 'due', 2)).toEqual([2000, 2200]);
    expect(await asks(account, 'new', 2)).toEqual([2400, 2600]);
  });

  test('leave a repeat, which look-ups request again, without a place among them', async () => {
    const account = budgetOf(PAIR);
    await asks(account, 'single', 2);
    expect(await asks(account, 'single', 2)).toEqual([200, 200]);
    expect(await asks(account, 'new', 2)).toEqual([200, 400]);
  });
});

describe('a marketplace that had too many calls', () => {
  /** For how long calls of this kind are not sent, in steps of a quarter of a second. */
  async function pauseAfter({ timer, sends }: ReturnType<typeof budgetOf>, call: CallKind): Promise<number> {
    const from = timer.nowMs();
    while (!(await sends(call))) timer.pass(250);
    return timer.nowMs() - from;
  }

  test.each([
    [2500, 2500],
    [3_600_000, 60_000],
  ])('and wants a pause of %i ms is left alone for %i ms by calls of that kind', async (wanted, pauseMs) => {
    const account = budgetOf(RATE);
    await account.budget.pause('find', wanted);
    for (const call of ['buy', 'cancel', 'listing'] as const) expect(await account.sends(call)).toBe(true);
    expect(await pauseAfter(account, 'find')).toBe(pauseMs);
  });

  test('is sent no purchase in its pause', async () => {
    const account = budgetOf(RATE);
    await account.budget.pause('buy', 2000);
    expect(await account.budget.takeForPurchase()).toBe(2000);
    expect(account.held).toEqual(['buy']);
    account.timer.pass(2000);
    expect(await account.budget.takeForPurchase()).toBe(0);
  });

  test('and names no pause is left alone for twice as long each time, up to a minute, until it answers', async () => {
    const account = budgetOf(RATE);
    const pauses: number[] = [];
    for (let time = 0; time < 8; time++) {
      await account.budget.pause('find');
      pauses.push(await pauseAfter(account, 'find'));
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * SECOND_MS));
    account.budget.endGrowth('find');
    await account.budget.pause('find');
    expect(await pauseAfter(account, 'find')).toBe(SECOND_MS);
  });

  test('is left alone no longer because several calls at once met it', async () => {
    const account = budgetOf(RATE);
    for (let call = 0; call < 10; call++) await account.budget.pause('find');
    expect(await pauseAfter(account, 'find')).toBe(SECOND_MS);
  });
});

test('an operator can set how many calls a second an account makes', () => {
  expect(rateOf(cs2dt, { settings: {} })).toEqual({ perSecond: 5, burst: 5 });
  expect(rateOf(cs2dt, { settings: { callsPerSecond: '2' } })).toEqual({ perSecond: 2, burst: 5 });
  expect(rateOf(cs2dt, { settings: { callsPerSecond: '50' } })).toEqual({ perSecond: 50, burst: 50 });
});

test('LIS-SKINS gets no more than the 200 calls a minute that it allows', () => {
  const { perSecond, burst } = rateOf(lisSkins, { settings: {} }) ?? { perSecond: Infinity, burst: Infinity };
  expect(perSecond * 60 + burst).toBeLessThanOrEqual(200);
});
