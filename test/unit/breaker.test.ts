import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { later, MINUTE_MS, msBetween, SECOND_MS } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { itemErrors } from '../../src/core/trade-errors.ts';
import {
  afterPurchase,
  type Circuit,
  CLOSED,
  circuitState,
  type Sign,
  signOf,
} from '../../src/supplier-health/breaker.ts';

/** When a marketplace is not offered any more, and when it is tried again. */

const START = new Date('2026-01-01T00:00:00Z');
const MAX = 5;
const worked: Sign = { kind: 'worked' };
const failed: Sign = { kind: 'failed', reason: 'no clear answer: 503' };
const fault: Sign = { kind: 'fault', reason: 'balance' };

/** Purchases that are each sent and answered at these seconds. */
function following(signs: readonly (readonly [second: number, sign: Sign])[], from: Circuit = CLOSED): Circuit {
  return signs.reduce((circuit, [second, sign]) => {
    const now = later(START, second * SECOND_MS);
    return afterPurchase(circuit, sign, { askedAt: now, now }, MAX);
  }, from);
}

const pauseOf = ({ opening }: Circuit) => (opening ? msBetween(opening.at, opening.retryAt) / SECOND_MS : null);
const stateAt = (circuit: Circuit, second: number) => circuitState(circuit, later(START, second * SECOND_MS));
const failures = (count: number, sign = failed) => Array.from({ length: count }, (_, n) => [n, sign] as const);

describe('a marketplace is offered', () => {
  test('until five purchases in a row have failed', () => {
    expect(stateAt(following(failures(4)), 5)).toBe('closed');
    const open = following(failures(5));
    expect(stateAt(open, 5)).toBe('open');
    expect(open).toMatchObject({ failures: 5, reason: failed.reason });
    expect(pauseOf(open)).toBe(30);
  });

  test('as long as one purchase in between works', () => {
    expect(following([...failures(4), [4, worked], [5, failed]])).toMatchObject({ failures: 1, opening: null });
  });

  test('when failures are so far apart that they are no outage', () => {
    const rare = Array.from({ length: 9 }, (_, n) => [n * 11 * 60, failed] as const);
    expect(following(rare)).toMatchObject({ failures: 1, opening: null });
  });
});

describe('a marketplace is not offered', () => {
  test('after one purchase that only the operator can mend', () => {
    expect(pauseOf(following([[0, fault]]))).toBe(30);
  });

  test('for twice as long after each trial that fails, up to ten minutes; a purchase that works ends it', () => {
    let circuit = following(failures(5));
    const pauses = [];
    for (let trial = 0; trial < 7; trial++) {
      const now = circuit.opening?.retryAt ?? START;
      expect(circuitState(circuit, now)).toBe('trial');
      circuit = afterPurchase(circuit, failed, { askedAt: now, now }, MAX);
      pauses.push(pauseOf(circuit));
    }
    expect(pauses).toEqual([60, 120, 240, 480, 600, 600, 600]);
    expect(following([[9999, worked]], circuit)).toEqual(CLOSED);
  });

  test('no longer because of purchases that were sent before the trial', () => {
    const open = following(failures(5));
    const late = { askedAt: later(START, 3 * SECOND_MS), now: later(START, 40 * SECOND_MS) };
    expect(afterPurchase(open, failed, late, MAX)).toEqual(open);
    expect(afterPurchase(open, fault, late, MAX)).toEqual(open);
  });

  test('for hours, when a clock was set back', () => {
    expect(stateAt(following(failures(5)), -3600)).toBe('trial');
  });
});

describe('an answer to a purchase', () => {
  const unknown = { outcome: 'unknown', cause: 'status 503' } as const;
  const kindOf = (answer: Parameters<typeof signOf>[0]) => signOf(answer)?.kind ?? null;

  test('speaks for the marketplace when it sells, or refuses because of the listing or the recipient', () => {
    expect(kindOf({ outcome: 'bought', orderId: '1', costMills: toMills(1n) })).toBe('worked');
    expect(Object.fromEntries(itemErrors.map((reason) => [reason, kindOf({ outcome: 'refused', reason })]))).toEqual({
      LISTING_UNAVAILABLE: 'worked',
      NO_LISTING_AT_PRICE: 'worked',
      PRICE_CHANGED: 'worked',
      TRADE_URL_INVALID: null,
      STEAM_ACCOUNT_RESTRICTED: 'worked',
      BUYER_TRADE_RESTRICTED: 'worked',
      OFFER_NOT_ACCEPTED: 'worked',
      MARKET_UNAVAILABLE: 'failed',
      PURCHASE_FAILED: 'failed',
    });
  });

  test('speaks against it when it is unclear, or names a fault of the account', () => {
    expect(signOf(unknown)).toEqual({ kind: 'failed', reason: 'no clear answer: status 503' });
    expect(kindOf({ ...unknown, fault: 'misconfigured' })).toBe('fault');
    expect(kindOf({ outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'balance' })).toBe('fault');
  });

  test('says nothing when the account made too many calls, so that none was sent', () => {
    expect(kindOf({ ...unknown, isHeld: true })).toBe(null);
  });

  test('says nothing when it only knows the reference of an earlier call, unless it names a fault', () => {
    expect(kindOf({ ...unknown, isReferenceKnown: true })).toBe(null);
    expect(kindOf({ ...unknown, isReferenceKnown: true, fault: 'misconfigured' })).toBe('fault');
  });
});

test('whatever happens, pauses are between 30 seconds and ten minutes, and a purchase that works closes the circuit', () => {
  const sign = fc.constantFrom(worked, failed, fault);
  const purchase = fc.record({ sign, afterMs: fc.nat(20 * MINUTE_MS), tookMs: fc.nat(MINUTE_MS) });
  fc.assert(
    fc.property(fc.array(purchase, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (purchases, max) => {
      let [circuit, now] = [CLOSED, START];
      for (const { sign: each, afterMs, tookMs } of purchases) {
        now = later(now, afterMs);
        const before = circuit;
        circuit = afterPurchase(before, each, { askedAt: later(now, -tookMs), now }, max);
        if (each.kind === 'worked') expect(circuit).toEqual(CLOSED);
        if (circuitState(before, now) === 'open' && each.kind !== 'worked') expect(circuit).toBe(before);
        expect(circuit.opening !== null).toBe(circuit.openings > 0);
        if (!circuit.opening) expect(circuit.failures).toBeLessThan(max);
        const pause = pauseOf(circuit);
        if (pause !== null) expect(pause >= 30 && pause <= 600).toBe(true);
      }
    }),
  );
});
