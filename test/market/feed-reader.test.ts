import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { MINUTE_MS, SECOND_MS, systemClock } from '../../src/core/clock.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { FeedReader } from '../../src/market/feed-reader.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { FeedAnswer } from '../../src/suppliers/supplier.ts';
import { endFakeTimers } from '../support/fake-timers.ts';
import { copyOf, listing, seller } from './stock.ts';

/** When one node reads the feed of one account, whose usual pause is three minutes. */

const READ: FeedAnswer = { outcome: 'read', cursor: '1', isWhole: true, listings: [listing('1', 5)], gone: [] };
const AWAY: FeedAnswer = { outcome: 'unknown', cause: 'status 503' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  endFakeTimers();
});

/** Looks each second, and returns the seconds at which the marketplace was asked. */
async function readsWithin(seconds: number, answer: (second: number) => FeedAnswer): Promise<number[]> {
  const asked: number[] = [];
  let second = 0;
  const supplier = {
    ...seller('one'),
    feedEveryMs: 3 * MINUTE_MS,
    feed: async () => {
      asked.push(second);
      return answer(second);
    },
  };
  const log = pino({ level: 'silent' });
  const deps = { clock: systemClock, config: loadConfig({}), log, metrics: createMetrics() };
  const reader = new FeedReader({ ...deps, suppliers: new SupplierRegistry([supplier]) }, copyOf(supplier), supplier);
  expect(reader.everyMs).toBe(SECOND_MS);
  for (; second <= seconds; second++) {
    await reader.read(new AbortController().signal);
    vi.advanceTimersByTime(SECOND_MS);
  }
  return asked;
}

test('a feed is read again after its usual pause', async () => {
  expect(await readsWithin(400, () => READ)).toEqual([0, 180, 360]);
});

test('a feed that failed is read after five seconds, then after twice as long, up to the usual pause', async () => {
  expect(await readsWithin(900, () => AWAY)).toEqual([0, 5, 15, 35, 75, 155, 315, 495, 675, 855]);
});

test('a feed that answers after failures has its usual pause again', async () => {
  expect(await readsWithin(400, (second) => (second < 10 ? AWAY : READ))).toEqual([0, 5, 15, 195, 375]);
});
