import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cancellationStates, isOpen } from '../../src/core/cancellation-states.ts';
import {
  allItemStates,
  type ItemState,
  isTerminal,
  itemEvents,
  itemStates,
  tradeStatus,
} from '../../src/core/item-states.ts';
import { itemErrors } from '../../src/core/trade-errors.ts';
import type { CancellationState } from '../../src/db/tables.ts';
import { arrows, page, table } from './tables.ts';

/** `docs/reference/states.md`, the constants in the code and the checks in `schema.sql` say the same. */

const text = page('reference/states.md');
const steps = Object.entries(itemStates).flatMap(([from, row]) =>
  Object.entries(row).map(([event, to]) => [from, event, to]),
);
const sorted = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(' ')).sort();

describe('the page of states', () => {
  test('has every state of an item, and says which are over', () => {
    const rows = table(text, 'state', 'meaning', 'money');
    expect(rows.map(([state]) => state)).toEqual(allItemStates);
    for (const [state, meaning, money, over] of rows) {
      expect(meaning, state).toBeTruthy();
      expect(over, state).toBe(isTerminal(state as ItemState) ? 'yes' : 'no'); // one of them, as checked above
      const expected = { completed: 'spent', declined: 'returned less 2 %, at most $9' }[state ?? ''];
      expect(money, state).toBe(expected ?? (over === 'yes' ? 'returned' : 'reserved'));
    }
  });

  test('has every step, in its table and in its picture, and no other', () => {
    expect(sorted(table(text, 'from', 'event', 'to'))).toEqual(sorted(steps));
    const [start, ...drawn] = arrows(text, 0);
    expect(start).toEqual(['[*]', 'initiated', '']);
    expect(sorted(drawn.map(([from = '', to = '', event = '']) => [from, event, to]))).toEqual(sorted(steps));
  });

  test('explains every event in the words of the code', () => {
    expect(Object.fromEntries(table(text, 'event', 'what has happened'))).toEqual(itemEvents);
  });

  test('explains every reason of a failure', () => {
    const rows = table(text, 'error', 'meaning');
    expect(rows.map(([error]) => error)).toEqual([...itemErrors]);
    for (const [error, meaning] of rows) expect(meaning, error).toBeTruthy();
  });

  test('orders a trade’s states as the code does', () => {
    const lists = [...text.matchAll(/^(`\w+`(?:, `\w+`)+)$/gm)].map(
      (match) => (match[1] ?? '').replaceAll('`', '').split(', ') as ItemState[], // compared with the real ones below
    );
    expect(lists).toHaveLength(2);
    const order = lists.flat();
    expect(order.toSorted()).toEqual(allItemStates.toSorted());
    for (const [n, state] of order.entries()) expect(tradeStatus(order.slice(n))).toBe(state);
  });

  test('has every state of a cancellation request, where it leads and whether it is open', () => {
    const rows = table(text, 'state', 'open?');
    expect(rows.map(([state]) => state).sort()).toEqual(Object.keys(cancellationStates).sort());
    for (const [state, open, meaning, next] of rows) {
      const known = state as CancellationState; // as checked above
      expect(open, state).toBe(isOpen(known) ? 'yes' : 'no');
      expect(meaning, state).toBeTruthy();
      const named = [...(next ?? '').matchAll(/\w+/g)].map(([word]) => word);
      expect(named.sort(), state).toEqual([...cancellationStates[known]].sort());
    }
  });

  test('draws the same life of a request', () => {
    const drawn = arrows(text, 1).map(([from = '', to = '']) => [from, to]);
    const known = Object.entries(cancellationStates).flatMap(([from, next]) => next.map((to) => [from, to]));
    const starts = drawn.filter(([from]) => from === '[*]').map(([, to]) => to);
    expect(starts.sort()).toEqual(['requested', 'unknown']);
    expect(sorted(drawn.filter(([from]) => from !== '[*]'))).toEqual(sorted(known));
  });
});

describe('the database', () => {
  const schema = readFileSync(new URL('../../schema.sql', import.meta.url), 'utf8');

  /** The texts that a check, or the condition of an index, allows for a column. */
  function allowed(definition: string): string[] {
    return [...definition.matchAll(/'([^']*)'::text/g)].map((match) => match[1] ?? '').sort();
  }

  function checkOf(tableName: string, column: string): string[] {
    const checks = schema.split('\n').filter((line) => line.includes(`constraint ${tableName}_${column}_check CHECK `));
    expect(checks, `checks of ${tableName}.${column}`).toHaveLength(1);
    return allowed(checks[0] ?? '');
  }

  test.each([
    ['item', 'state'],
    ['trade', 'status'],
  ])('allows %s.%s exactly the states of the table', (tableName, column) => {
    expect(checkOf(tableName, column)).toEqual(allItemStates.toSorted());
  });

  test('allows a request exactly the states of its table', () => {
    expect(checkOf('cancellation', 'state')).toEqual(Object.keys(cancellationStates).sort());
  });

  test('keeps an item to one request in the states that are open', () => {
    const index = schema.split('\n').find((line) => line.startsWith('CREATE UNIQUE INDEX cancellation_one_open '));
    expect(index).toMatch(/ \(merchant_id, item_id\) WHERE /);
    const open = Object.keys(cancellationStates).filter((state) => isOpen(state as CancellationState)); // its own keys
    expect(allowed(index ?? '')).toEqual(open.sort());
  });
});
