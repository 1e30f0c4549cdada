import { describe, expect, test } from 'vitest';
import { DAY_MS, later, systemClock } from '../../src/core/clock.ts';
import { statusAt } from '../../src/settlement/apply-order-status.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { OrderStatus, Supplier } from '../../src/suppliers/supplier.ts';

const now = new Date('2026-10-07T12:00:00Z');
const accepted: OrderStatus = { kind: 'accepted', steamOfferId: '7', holdEndsAt: later(now, 7 * DAY_MS) };
const settled: OrderStatus = { kind: 'settled', steamOfferId: '7' };
const inHold = (endedMsAgo: number) =>
  ({ state: 'hold', hold_end_at: later(now, -endedMsAgo), hasHold: true }) as const;
const ofRust = { state: 'active', hold_end_at: null, hasHold: false } as const;

function meaningOf(settles: Supplier['settles'], item: Parameters<typeof statusAt>[2], status: OrderStatus) {
  // Only these members are read.
  const suppliers = new SupplierRegistry([{ id: 'a-market', settles } as Supplier]);
  return statusAt({ suppliers, clock: { ...systemClock, now: () => now } }, 'a-market', item, status);
}

describe('at a marketplace that never says that an item is final', () => {
  const settles = { afterMs: DAY_MS };

  test('an accepted item is final a day after the end of its hold, and not before', () => {
    expect(meaningOf(settles, inHold(DAY_MS), accepted)).toEqual(settled);
    expect(meaningOf(settles, inHold(DAY_MS - 1), accepted)).toEqual(accepted);
    expect(meaningOf(settles, { ...inHold(0), hold_end_at: null }, accepted)).toEqual(accepted);
    expect(meaningOf(settles, { ...inHold(9 * DAY_MS), state: 'active' }, accepted)).toEqual(accepted);
  });

  test('an accepted item of a game that Steam does not protect is final at once', () => {
    expect(meaningOf(settles, ofRust, accepted)).toEqual(settled);
  });

  test.each<OrderStatus>([
    { kind: 'waiting' },
    { kind: 'offered' },
    { kind: 'failed', error: 'PURCHASE_FAILED' },
    { kind: 'reverted', by: 'user' },
    { kind: 'unrecognised', raw: 'x' },
  ])('an order that is $kind stays so', (status) => {
    for (const item of [inHold(9 * DAY_MS), ofRust]) expect(meaningOf(settles, item, status)).toEqual(status);
  });
});

test('a marketplace that says when an item is final is waited for', () => {
  for (const item of [inHold(9 * DAY_MS), ofRust]) expect(meaningOf('told', item, accepted)).toEqual(accepted);
});
