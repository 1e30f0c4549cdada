import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { later, systemClock } from '../../src/core/clock.ts';
import { type Seen, Watch } from '../../src/work/watch.ts';
import { endFakeTimers } from '../support/fake-timers.ts';

/** A watch that looks every 100 ms at most and every 10 s at least, at something that a test says. */

const NOTHING: Seen = { isDue: false, nextAt: null };
let started: number;
let looks: number[];
let seen: Seen | Error;
let watch: Watch;

beforeEach(async () => {
  vi.useFakeTimers();
  started = performance.now();
  looks = [];
  seen = NOTHING;
  const look = async () => {
    looks.push(Math.round(performance.now() - started));
    if (seen instanceof Error) throw seen;
    return seen;
  };
  const deps = { clock: systemClock, log: pino({ level: 'silent' }) };
  watch = new Watch('due rows', look, { everyMs: 100, restMs: 10_000 }, deps);
});

afterEach(async () => {
  await watch.stop();
  endFakeTimers();
});

const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const after = (ms: number) => later(systemClock.now(), ms);

test('a node that has nothing to do looks once in ten seconds', async () => {
  watch.start();
  await passes(30_000);
  expect(looks).toEqual([0, 10_000, 20_000, 30_000]);
});

test('what was written is looked at at once, and what is written soon after it together', async () => {
  watch.start();
  await passes(5000);
  watch.notice();
  await passes(10);
  for (let i = 0; i < 50; i++) watch.notice();
  await passes(500);
  expect(looks).toEqual([0, 5000, 5100]);
});

test('a row is looked at when it is due, however long the node would have rested', async () => {
  seen = { isDue: false, nextAt: after(2345) };
  watch.start();
  await passes(1000);
  seen = NOTHING;
  await passes(2000);
  expect(looks).toEqual([0, 2346]);
});

test('rows that are due one after the other are looked at together, as often as the settings say', async () => {
  seen = { isDue: false, nextAt: after(10) };
  watch.start();
  for (let ms = 0; ms < 1000; ms += 10) {
    seen = { isDue: false, nextAt: after(20) };
    await passes(10);
  }
  expect(looks).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
});

test('what is due and cannot be done is looked at less and less often, until something is written', async () => {
  seen = { isDue: true, nextAt: null };
  watch.start();
  await passes(17_000);
  expect(looks).toEqual([0, 100, 300, 700, 1500, 3100, 6300, 11_300, 16_300]);
  watch.notice();
  await passes(350);
  expect(looks.slice(9)).toEqual([17_000, 17_100, 17_300]);
});

test('a look that failed is repeated with growing pauses, not after a rest', async () => {
  seen = new Error('the database is away');
  watch.start();
  await passes(1300);
  expect(looks).toEqual([0, 200, 600]);
  seen = NOTHING;
  await passes(11_000);
  expect(looks.slice(3)).toEqual([1400, 11_400]);
});

test('a watch that is stopped looks no more, also when something was noticed before', async () => {
  watch.start();
  await passes(10);
  watch.notice();
  await watch.stop();
  await passes(20_000);
  expect(looks).toEqual([0]);
});
