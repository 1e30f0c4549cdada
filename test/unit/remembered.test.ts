import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Remembered } from '../../src/core/remembered.ts';
import { endFakeTimers } from '../support/fake-timers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void endFakeTimers());

/** A reading that takes so long, and gives 1, 2, 3 … */
function reading(tookMs: number) {
  let count = 0;
  const read = async () => {
    const value = ++count;
    await new Promise((resolve) => setTimeout(resolve, tookMs));
    if (failure) throw failure;
    return value;
  };
  let failure: Error | null = null;
  return {
    remembered: new Remembered(read),
    count: () => count,
    fails: (error: Error | null) => {
      failure = error;
    },
  };
}

async function afterReading<T>(asked: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync();
  return asked;
}

test('those who ask at the same time share one reading', async () => {
  const { remembered, count } = reading(100);
  const asked = [remembered.get(), remembered.get()];
  await vi.runAllTimersAsync();
  expect(await Promise.all(asked)).toEqual([1, 1]);
  expect(count()).toBe(1);
});

test('a value is kept for ten times as long as it took to read, then given once more while the next is read', async () => {
  const { remembered, count } = reading(100);
  await afterReading(remembered.get());
  vi.advanceTimersByTime(899);
  expect(await remembered.get()).toBe(1);
  expect(count()).toBe(1);
  vi.advanceTimersByTime(2);
  expect(await remembered.get()).toBe(1);
  await vi.runAllTimersAsync();
  expect(await remembered.get()).toBe(2);
});

test('a value that is too old is not given any more', async () => {
  const { remembered } = reading(100);
  await afterReading(remembered.get());
  vi.advanceTimersByTime(10_000);
  expect(await afterReading(remembered.get())).toBe(2);
});

test('what is read at once is read each time', async () => {
  const { remembered } = reading(0);
  for (const value of [1, 2, 3]) expect(await afterReading(remembered.get())).toBe(value);
});

test('a reading that fails is told to those who have no other value, and tried again', async () => {
  const { remembered, fails } = reading(100);
  fails(new Error('away'));
  const asked = remembered.get().catch((error: Error) => error.message);
  await vi.runAllTimersAsync();
  expect(await asked).toBe('away');
  fails(null);
  expect(await afterReading(remembered.get())).toBe(2);
  vi.advanceTimersByTime(1000);
  fails(new Error('away'));
  expect(await remembered.get()).toBe(2);
  await vi.runAllTimersAsync();
  fails(null);
  expect(await remembered.get()).toBe(2);
});
