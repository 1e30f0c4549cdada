import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allItemEvents,
  allItemStates,
  eventsToward,
  type ItemEvent,
  type ItemState,
  isTerminal,
  type ProgressStatus,
  after as stateAfter,
  tradeStatus,
} from '../../src/core/item-states.ts';

/** The table of item states, written down a second time: a change of the table has to be made here too, on purpose. */

const allowed: Readonly<Record<ItemState, Partial<Record<ItemEvent, ItemState>>>> = {
  initiated: { approve: 'pending', reject: 'failed', withdraw: 'canceled' },
  pending: {
    offer: 'active',
    accept: 'hold',
    fail: 'failed',
    revert: 'reverted',
    decline: 'declined',
    withdraw: 'canceled',
  },
  active: { accept: 'hold', complete: 'completed', decline: 'declined', fail: 'failed', revert: 'reverted' },
  hold: { complete: 'completed', revert: 'reverted' },
  completed: { revert: 'reverted' },
  failed: {},
  canceled: {},
  declined: {},
  reverted: {},
};

const states = Object.keys(allowed) as ItemState[]; // Object.keys forgets the literal type

describe('a step', () => {
  test('is known for these states and events, and for no other', () => {
    expect(allItemStates.toSorted()).toEqual(states.toSorted());
    const named = new Set(Object.values(allowed).flatMap((row) => Object.keys(row)));
    expect(allItemEvents.toSorted()).toEqual([...named].sort());
  });

  test.each(
    states.flatMap((state) => allItemEvents.map((event) => [state, event, allowed[state][event] ?? null] as const)),
  )('from %s by %s leads to %s', (state, event, next) => {
    expect(stateAfter(state, event)).toBe(next);
  });

  test('out of a terminal state is none, but for the reversal of a completed item', () => {
    for (const state of states.filter(isTerminal)) {
      const left = allItemEvents.filter((event) => stateAfter(state, event) !== null);
      expect(left, state).toEqual(state === 'completed' ? ['revert'] : []);
    }
  });

  test('never leads back: no item comes to a state twice', () => {
    const walk = (state: ItemState, seen: readonly ItemState[]): void => {
      expect(seen).not.toContain(state);
      for (const next of Object.values(allowed[state])) walk(next, [...seen, state]);
    };
    walk('initiated', []);
  });
});

test('five states are terminal, four are in flight', () => {
  expect(states.filter(isTerminal)).toEqual(['completed', 'failed', 'canceled', 'declined', 'reverted']);
});

describe('a trade’s status', () => {
  const some = fc.array(fc.constantFrom(...states), { minLength: 1, maxLength: 50 });

  test('is that of one of its items', () => {
    fc.assert(
      fc.property(some, (items) => {
        expect(items).toContain(tradeStatus(items));
      }),
    );
  });

  test('does not depend on their order or number', () => {
    fc.assert(
      fc.property(some, (items) => {
        const status = tradeStatus(items);
        expect(tradeStatus(items.toReversed())).toBe(status);
        expect(tradeStatus([...items, ...items])).toBe(status);
        expect(tradeStatus([...new Set(items)].sort())).toBe(status);
      }),
    );
  });

  test('is in flight exactly while an item is, and then the least advanced of them', () => {
    const order: ItemState[] = ['initiated', 'pending', 'active', 'hold'];
    fc.assert(
      fc.property(some, (items) => {
        const first = order.find((state) => items.includes(state));
        expect(isTerminal(tradeStatus(items))).toBe(first === undefined);
        if (first) expect(tradeStatus(items)).toBe(first);
      }),
    );
  });

  test('at the end is completed if any is, else reverted, declined, canceled, failed', () => {
    const order: ItemState[] = ['completed', 'reverted', 'declined', 'canceled', 'failed'];
    for (const [n, best] of order.entries()) {
      for (const worse of order.slice(n)) expect(tradeStatus([worse, best])).toBe(best);
    }
  });

  test('of no items does not exist', () => {
    expect(() => tradeStatus([])).toThrow(/without items/);
  });
});

describe('a supplier’s order status', () => {
  const statuses: ProgressStatus[] = ['offered', 'accepted', 'settled', 'failed', 'declined', 'reverted'];

  /** State → status → the events on the way; null: it contradicts what is known. CS2, with a protection window. */
  const expected: Readonly<Record<ItemState, Record<ProgressStatus, readonly ItemEvent[] | null>>> = {
    initiated: { offered: null, accepted: null, settled: null, failed: null, declined: null, reverted: null },
    pending: {
      offered: ['offer'],
      accepted: ['offer', 'accept'],
      settled: ['offer', 'accept', 'complete'],
      failed: ['fail'],
      declined: ['decline'],
      reverted: ['revert'],
    },
    active: {
      offered: [],
      accepted: ['accept'],
      settled: ['accept', 'complete'],
      failed: ['fail'],
      declined: ['decline'],
      reverted: ['revert'],
    },
    hold: { offered: [], accepted: [], settled: ['complete'], failed: null, declined: null, reverted: ['revert'] },
    completed: { offered: [], accepted: [], settled: [], failed: null, declined: null, reverted: ['revert'] },
    failed: { offered: null, accepted: null, settled: null, failed: [], declined: null, reverted: null },
    canceled: { offered: null, accepted: null, settled: null, failed: null, declined: null, reverted: null },
    declined: { offered: null, accepted: null, settled: null, failed: null, declined: [], reverted: null },
    reverted: { offered: [], accepted: [], settled: [], failed: null, declined: null, reverted: [] },
  };

  test.each(states.flatMap((state) => statuses.map((status) => [state, status, expected[state][status]] as const)))(
    'at %s, %s: %j',
    (state, status, events) => {
      expect(eventsToward(state, status, true)).toEqual(events);
    },
  );

  test('settled without a protection window goes from active straight to completed', () => {
    expect(eventsToward('pending', 'settled', false)).toEqual(['offer', 'complete']);
    expect(eventsToward('active', 'settled', false)).toEqual(['complete']);
    expect(eventsToward('completed', 'settled', false)).toEqual([]);
  });

  test('leads along steps that the table has, and reported again leads nowhere', () => {
    for (const hasHold of [true, false]) {
      for (const state of states) {
        for (const status of statuses) {
          const events = eventsToward(state, status, hasHold);
          if (events === null) continue;
          const end = events.reduce<ItemState | null>((at, event) => (at ? stateAfter(at, event) : null), state);
          expect(end, `${state} ${status}`).not.toBeNull();
          if (end) expect(eventsToward(end, status, hasHold), `${state} ${status} again`).toEqual([]);
        }
      }
    }
  });
});
