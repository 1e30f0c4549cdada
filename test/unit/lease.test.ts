import fc from 'fast-check';
import { expect, test } from 'vitest';
import { later } from '../../src/core/clock.ts';
import { leaseEnd, leaseMs, mayStillCall } from '../../src/work/lease.ts';

const ms = fc.integer({ min: 0, max: 600_000 });
const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

test('a holder may make every call of its lease when each of them takes as long as it may', () => {
  fc.assert(
    fc.property(instant, ms, fc.integer({ min: 1, max: 5 }), (now, callMs, calls) => {
      const end = leaseEnd(now, callMs, calls);
      for (let made = 0; made < calls; made++) expect(mayStillCall(later(now, made * callMs), end, callMs)).toBe(true);
    }),
  );
});

test('a call that is allowed has ended before anybody else can claim the row', () => {
  fc.assert(
    fc.property(instant, ms, ms, (now, callMs, delayMs) => {
      const end = leaseEnd(now, callMs);
      const callEnd = later(now, delayMs + callMs);
      if (mayStillCall(later(now, delayMs), end, callMs)) expect(callEnd <= end).toBe(true);
      else expect(callEnd > end).toBe(true);
    }),
  );
});

test('a holder whose lease has ended makes no call, however short', () => {
  const now = new Date('2026-01-01');
  expect(mayStillCall(later(now, leaseMs(1000) + 1), leaseEnd(now, 1000), 0)).toBe(false);
});
