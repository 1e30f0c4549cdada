// What the marketplace's own list of orders says, against our purchases: every kind of difference, and what is none.
import { describe, expect, test } from 'vitest';
import { later, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { allItemStates } from '../../src/core/item-states.ts';
import { type Mills, toMills } from '../../src/core/money.ts';
import { allDifferenceKinds, compare, type History, type OwnPurchase } from '../../src/reconciliation/policy.ts';
import type { HistoryOrder } from '../../src/suppliers/history.ts';

const MIDNIGHT = new Date('2026-11-21T00:00:00Z');
const day = { from: new Date('2026-11-20T00:00:00Z'), to: MIDNIGHT };
const noon = new Date('2026-11-20T12:00:00Z');
const mills = (amount: number): Mills => toMills(BigInt(amount));
const COST = mills(12_340);
const NOTHING = mills(0);

function bought(differs: Partial<OwnPurchase> = {}): OwnPurchase {
  const usual = { tradeId: 'T-1', itemId: 'I-1', reference: 'R-1', orderId: 'O-1', costMills: COST, at: noon };
  return { ...usual, since: differs.at ?? noon, state: 'done', itemState: 'completed', ...differs };
}

function ordered(differs: Partial<HistoryOrder> = {}): HistoryOrder {
  const money = { costMills: COST, refundMills: NOTHING, feeMills: null };
  return {
    orderId: 'O-1',
    reference: 'R-1',
    ...money,
    status: { kind: 'settled' },
    nativeListingIds: [],
    orderedAt: noon,
    ...differs,
  };
}

const failed = { refundMills: COST, status: { kind: 'failed', error: 'PURCHASE_FAILED' } } as const;

/** Kind and amount of each difference, in thousandths of a dollar. */
function found(purchases: readonly OwnPurchase[], orders: readonly HistoryOrder[], more: Partial<History> = {}) {
  const differences = compare(day, purchases, { orders, unreadable: [], isWhole: true, ...more });
  return differences.map(({ kind, amountMills }) => [kind, amountMills === null ? null : Number(amountMills)]);
}

describe('no difference', () => {
  test.each(['pending', 'active', 'hold', 'completed'] as const)(
    'is an order in effect whose item is %s',
    (itemState) => {
      expect(found([bought({ itemState })], [ordered()])).toEqual([]);
    },
  );

  test.each(['failed', 'declined', 'reverted'] as const)('is an order that was paid back and is %s', (itemState) => {
    expect(found([bought({ itemState })], [ordered(failed)])).toEqual([]);
  });

  test('is an order without our reference that has the id of a purchase', () => {
    expect(found([bought()], [ordered({ reference: null })])).toEqual([]);
  });

  test.each(['refused', 'unknown', 'asked'] as const)('is a %s purchase whose order was paid back', (state) => {
    const purchase = bought({ state, orderId: null, itemState: 'failed', costMills: null });
    expect(found([purchase], [ordered(failed)])).toEqual([]);
  });

  test.each(['refused', 'unknown', 'asked', 'recorded'] as const)('is a %s purchase that has no order', (state) => {
    expect(found([bought({ state, orderId: null, itemState: 'failed' })], [])).toEqual([]);
  });

  test('is another order under a reference that was paid back', () => {
    expect(found([bought()], [ordered({ orderId: 'O-2', ...failed }), ordered()])).toEqual([]);
  });
});

describe('a difference', () => {
  const cases: readonly (readonly [
    kind: string,
    what: string,
    amount: number | null,
    Partial<OwnPurchase> | null,
    Partial<HistoryOrder> | null,
  ])[] = [
    ['unknown_order', 'an order that nobody knows', 12_340, null, { reference: 'R-9', orderId: 'O-9' }],
    ['unknown_order', 'an order made by hand', 12_340, null, { reference: null, orderId: 'O-9' }],
    ['unknown_order', 'an order that nobody knows and that was paid back', 0, null, { reference: 'R-9', ...failed }],
    ['missing_order', 'a purchase whose order they do not have', 12_340, {}, null],
    ['price', 'a price that is a tenth of a cent higher', 1, {}, { costMills: mills(12_341) }],
    ['price', 'a price that is lower', -340, {}, { costMills: mills(12_000) }],
    ['refund_missing', 'an item that failed and was not paid back', 12_340, { itemState: 'failed' }, {}],
    [
      'refund_missing',
      'a part that was not paid back',
      340,
      { itemState: 'reverted' },
      { ...failed, refundMills: mills(12_000) },
    ],
    ['refund_not_recorded', 'a refund of an item that is complete', 12_340, {}, failed],
    ['refund_not_recorded', 'a refund of an item that is in hold', 12_340, { itemState: 'hold' }, failed],
    [
      'refund_not_recorded',
      'an order that is over without a word on its money',
      null,
      {},
      { refundMills: null, status: { kind: 'reverted', by: 'user' } },
    ],
    [
      'refund_unclear',
      'a reversal without a word on the money',
      null,
      { itemState: 'reverted' },
      { refundMills: null, status: { kind: 'reverted', by: 'user' } },
    ],
    ['fee', 'a fee beside the price', 250, {}, { feeMills: mills(250) }],
    [
      'fee',
      'a commission on a return, whose rest came back',
      340,
      { itemState: 'failed' },
      { ...failed, refundMills: mills(12_000), feeMills: mills(340) },
    ],
    ['refused_here', 'an order whose purchase was refused', 12_340, { state: 'refused', itemState: 'failed' }, {}],
    ['outcome_open', 'an order whose purchase is unknown', 12_340, { state: 'unknown', itemState: 'pending' }, {}],
    ['unreadable', 'a status that is not understood', null, {}, { status: { kind: 'unrecognised', raw: '77' } }],
  ];

  test.each(cases)('%s is %s', (kind, _what, amount, ours, theirs) => {
    expect(found(ours ? [bought(ours)] : [], theirs ? [ordered(theirs)] : [])).toEqual([[kind, amount]]);
  });

  test('second_order is another order under a reference, paid for twice', () => {
    const differences = compare(day, [bought()], {
      orders: [ordered({ orderId: 'O-2', costMills: mills(5_000) }), ordered()],
      unreadable: [],
      isWhole: true,
    });
    expect(differences).toMatchObject([{ kind: 'second_order', orderId: 'O-2', tradeId: 'T-1', amountMills: 5_000n }]);
  });

  test('unreadable is an order that cannot be read, which is not missing for that', () => {
    const unreadable = [{ orderId: 'O-1', reference: null, orderedAt: null }];
    expect(found([bought()], [], { unreadable })).toEqual([['unreadable', null]]);
  });

  test('names price, refund and fee of one order apart', () => {
    const order = ordered({ costMills: mills(12_350), feeMills: mills(100) });
    expect(found([bought({ itemState: 'declined' })], [order])).toEqual([
      ['price', 10],
      ['refund_missing', 12_250],
      ['fee', 100],
    ]);
  });

  test('every kind has a case above', () => {
    const named = [...cases.map(([kind]) => kind), 'second_order'];
    expect(new Set(named)).toEqual(new Set(allDifferenceKinds));
  });
});

test('a part of a list proves that an order is there, never that one is missing', () => {
  const orders = [ordered({ costMills: mills(12_350) })];
  const purchases = [bought(), bought({ reference: 'R-2', orderId: 'O-2' })];
  expect(found(purchases, orders, { isWhole: false })).toEqual([['price', 10]]);
  expect(found(purchases, orders)).toEqual([
    ['price', 10],
    ['missing_order', 12_340],
  ]);
});

describe('at midnight', () => {
  const [before, after] = [later(MIDNIGHT, -SECOND_MS), later(MIDNIGHT, SECOND_MS)];

  test.each([
    ['before it here and after it there', before, after],
    ['after it here and before it there', after, before],
  ])('an order that was made %s is no difference, and its price is compared', (_, at, orderedAt) => {
    expect(found([bought({ at })], [ordered({ orderedAt })])).toEqual([]);
    expect(found([bought({ at })], [ordered({ orderedAt, costMills: mills(1) })])).toEqual([['price', -12_339]]);
  });

  test('what both date outside the day is left to the next one', () => {
    expect(found([bought({ at: MIDNIGHT })], [])).toEqual([]);
    expect(found([], [ordered({ orderedAt: MIDNIGHT })])).toEqual([]);
    expect(found([], [ordered({ orderedAt: later(day.from, -MINUTE_MS) })])).toEqual([]);
    expect(found([bought({ at: day.from })], [])).toEqual([['missing_order', 12_340]]);
  });
});

test('an item may be late only while its order is followed', () => {
  const late = (itemState: OwnPurchase['itemState']) =>
    compare(day, [bought({ itemState })], { orders: [ordered(failed)], unreadable: [], isWhole: true });
  const followed = allItemStates.filter((state) => late(state).some(({ mayBeLate }) => mayBeLate));
  expect(followed).toEqual(['initiated', 'pending', 'active', 'hold']);
});
