import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allItemEvents,
  allItemStates,
  type ItemEvent,
  type ItemState,
  after as stateAfter,
} from '../../src/core/item-states.ts';
import { toMills } from '../../src/core/money.ts';
import type { NewTransfer } from '../../src/db/tables.ts';
import { movementsAt, releaseDifference, reserve } from '../../src/ledger/movements.ts';

/** Which money moves at which step of an item. */

const at = new Date('2026-01-01T00:00:00.000Z');
const origin = { actor: 'test', at };
const item = {
  merchant_id: 'merchant',
  id: 'item',
  trade_id: 'trade',
  supplier: 'market',
  state: 'pending' as ItemState,
  price_mills: toMills(15_480n),
  cost_mills: toMills(15_250n),
};
type Item = Parameters<typeof movementsAt>[0];

const neverBought: Item = { ...item, cost_mills: null };

/** Key, kind, from, to, thousandths. */
function facts(transfers: readonly NewTransfer[]) {
  return transfers.map((each) => [each.key, each.kind, each.from_account, each.to_account, each.amount_mills]);
}

/** What each account gains. */
function gains(transfers: readonly NewTransfer[]): Record<string, bigint> {
  const gained: Record<string, bigint> = {};
  for (const { from_account, to_account, amount_mills } of transfers) {
    gained[from_account] = (gained[from_account] ?? 0n) - amount_mills;
    gained[to_account] = (gained[to_account] ?? 0n) + amount_mills;
  }
  return gained;
}

describe('the money of a step', () => {
  test('recording an item reserves its price', () => {
    expect(facts(reserve(neverBought, origin))).toEqual([['reserve:item', 'reserve', 'available', 'locked', 15_480n]]);
  });

  test('a lower charge releases the difference', () => {
    expect(facts(releaseDifference(item, toMills(15_000n), origin))).toEqual([
      ['cheaper:item', 'release', 'locked', 'available', 480n],
    ]);
    expect(releaseDifference(item, item.price_mills, origin)).toEqual([]);
  });

  const released = [['release:item', 'release', 'locked', 'available', 15_480n]];
  const refunded = [['refund:item', 'refund', 'locked', 'available', 15_480n]];

  test.each<[ItemEvent, ItemState, Item, unknown[]]>([
    ['approve', 'initiated', neverBought, []],
    ['reject', 'initiated', neverBought, released],
    ['withdraw', 'initiated', neverBought, released],
    ['offer', 'pending', item, []],
    ['accept', 'active', item, []],
    ['fail', 'pending', neverBought, released],
    ['fail', 'pending', item, refunded],
    ['fail', 'active', item, refunded],
    ['revert', 'pending', neverBought, released],
    ['revert', 'pending', item, refunded],
    ['revert', 'active', item, refunded],
    ['revert', 'hold', item, refunded],
    [
      'decline',
      'active',
      item,
      [
        ['penalty:item', 'penalty', 'locked', 'revenue', 300n], // 2 % of 15.48 is 0.3096
        ['refund:item', 'refund', 'locked', 'available', 15_180n],
      ],
    ],
    // 2 % of 0.49 is less than a cent.
    [
      'decline',
      'active',
      { ...item, price_mills: toMills(490n) },
      [['refund:item', 'refund', 'locked', 'available', 490n]],
    ],
    [
      'complete',
      'hold',
      item,
      [
        ['capture:item', 'capture', 'locked', 'supplier:market', 15_250n],
        ['fee:item', 'fee', 'locked', 'revenue', 230n],
      ],
    ],
    [
      'revert',
      'completed',
      item,
      [
        ['refund:item', 'refund', 'supplier:market', 'available', 15_250n],
        ['refund-fee:item', 'refund', 'revenue', 'available', 230n],
      ],
    ],
  ])('%s at %s', (event, state, facts_, expected) => {
    expect(facts(movementsAt({ ...facts_, state }, event, origin))).toEqual(expected);
  });

  test('names the item, the trade, who and when', () => {
    expect(movementsAt({ ...item, state: 'hold' }, 'revert', origin)).toEqual([
      expect.objectContaining({ merchant_id: 'merchant', trade_id: 'trade', item_id: 'item', actor: 'test', at }),
    ]);
  });

  test('a supplier that charged above the price does so at our expense', () => {
    const dear = { ...item, state: 'hold' as const, cost_mills: toMills(20_000n) };
    expect(facts(movementsAt(dear, 'complete', origin))).toEqual([
      ['capture:item', 'capture', 'locked', 'supplier:market', 15_480n],
    ]);
    const back = movementsAt({ ...dear, state: 'completed' }, 'revert', origin);
    expect(facts(back)).toEqual([['refund:item', 'refund', 'supplier:market', 'available', 15_480n]]);
  });

  test('an item that was never bought cannot be completed', () => {
    expect(() => movementsAt({ ...neverBought, state: 'hold' }, 'complete', origin)).toThrow(/never bought/);
  });
});

describe('over an item’s whole life', () => {
  const cents = fc.bigInt({ min: 1n, max: 10_000_000n }).map((amount) => toMills(amount * 10n));
  const cost = fc.option(fc.bigInt({ min: 0n, max: 200_000_000n }).map(toMills));

  /** Every way through the table of states, from being recorded to where nothing more happens. */
  function lives(state: ItemState = 'initiated', events: readonly ItemEvent[] = []): ItemEvent[][] {
    const next = allItemEvents.filter((event) => stateAfter(state, event) !== null);
    const further = next.flatMap((event) => lives(stateAfter(state, event) ?? state, [...events, event]));
    return [[...events], ...further];
  }

  function moneyOf(life: readonly ItemEvent[], facts_: Item): { transfers: NewTransfer[]; end: ItemState } {
    const transfers = reserve(facts_, origin);
    let state: ItemState = 'initiated';
    for (const event of life) {
      transfers.push(...movementsAt({ ...facts_, state }, event, origin));
      state = stateAfter(state, event) ?? state;
    }
    return { transfers, end: state };
  }

  test('there is every state to end in', () => {
    const ends = new Set(lives().map((life) => moneyOf(life, item).end));
    expect([...ends].sort()).toEqual([...allItemStates].sort());
  });

  test('no key comes twice, no amount is zero or less, and nothing is lost: the sum of all accounts is zero', () => {
    fc.assert(
      fc.property(cents, cost, (price_mills, cost_mills) => {
        for (const life of lives()) {
          if (cost_mills === null && life.includes('complete')) continue; // never bought, never completed
          const { transfers } = moneyOf(life, { ...item, price_mills, cost_mills });
          expect(new Set(transfers.map((each) => each.key)).size).toBe(transfers.length);
          expect(transfers.every((each) => each.amount_mills > 0n)).toBe(true);
          expect(Object.values(gains(transfers)).reduce((all, each) => all + each, 0n)).toBe(0n);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('while it is under way its price is reserved; at the end nothing is, and it is spent, returned, or returned less the penalty', () => {
    fc.assert(
      fc.property(cents, cost, (price_mills, cost_mills) => {
        for (const life of lives()) {
          if (cost_mills === null && life.includes('complete')) continue;
          const { transfers, end } = moneyOf(life, { ...item, price_mills, cost_mills });
          const { available = 0n, locked = 0n, revenue = 0n } = gains(transfers);
          const isOpen = ['initiated', 'pending', 'active', 'hold'].includes(end);
          expect(locked).toBe(isOpen ? price_mills : 0n);
          if (end === 'completed' || isOpen) expect(available).toBe(-price_mills);
          else if (end === 'declined') expect(available).toBe(-revenue);
          else expect({ available, revenue }).toEqual({ available: 0n, revenue: 0n });
        }
      }),
      { numRuns: 30 },
    );
  });
});
