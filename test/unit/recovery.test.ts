import { describe, expect, test } from 'vitest';
import { newId, referenceOf } from '../../src/core/ids.ts';
import { toMills } from '../../src/core/money.ts';
import type { ClosedOrderRow } from '../../src/db/tables.ts';
import { isClosed } from '../../src/reconciliation/closed-orders.ts';
import { type ChosenOrders, chooseOrders } from '../../src/recovery/choose-orders.ts';
import type { Account, LostOrder } from '../../src/recovery/lost-orders.ts';
import { matchItems } from '../../src/recovery/match.ts';
import type { HistoryOrder } from '../../src/suppliers/history.ts';
import type { ItemWire } from '../../src/trades/wire.ts';

/** An account at a marketplace whose public listing ids are its own ones behind its kind. */
function account(id: string, kind = id): Account {
  return {
    id,
    listingIds: {
      toPublic: (nativeId) => `${kind}:${nativeId}`,
      toNative: (publicId) => (publicId.startsWith(`${kind}:`) ? publicId.slice(kind.length + 1) : null),
    },
  };
}

const [one, other] = [account('first', 'market'), account('second', 'market')];

function lost(supplier: Account, orderId: string, changes: Partial<HistoryOrder> = {}): LostOrder {
  const order: HistoryOrder = {
    orderId,
    reference: referenceOf(newId(new Date())),
    costMills: toMills(10_000n),
    refundMills: toMills(0n),
    feeMills: null,
    status: { kind: 'waiting' },
    nativeListingIds: ['7'],
    orderedAt: null,
    ...changes,
  };
  return { supplier, order, isClosed: false, tradeId: null };
}

const item: ItemWire = { id: 'market:7', appid: 730, tradable: true, status: 'pending', offer: { price: 10 } };

function chosen(orders: readonly LostOrder[], words: Record<string, string> = {}, unread: Record<string, string> = {}) {
  return (told: ItemWire = item) => {
    const word: ChosenOrders = new Map(Object.entries(words));
    return chooseOrders(matchItems([told], [one, other], orders), word, new Map(Object.entries(unread)));
  };
}

describe('an item of a lost trade', () => {
  test('gets the order of its listing, at the account that made it', () => {
    const order = lost(other, '41');
    expect(chosen([lost(one, '40', { nativeListingIds: ['8'] }), order])()).toEqual([
      { item, supplier: 'second', nativeListingId: '7', order: order.order },
    ]);
  });

  test('gets no order that was made without a reference of ours', () => {
    expect(chosen([lost(one, '40', { reference: null })])()).toMatchObject([{ supplier: 'first', order: null }]);
  });

  test('with several orders waits for the operator’s word, and takes the one that is named', () => {
    const orders = [lost(one, '40'), lost(other, '41')];
    expect(chosen(orders)).toThrow('market:7 has several orders; say which it is with --order market:7=<order>');
    expect(chosen(orders, { 'market:7': 'second/41' })()).toMatchObject([{ order: { orderId: '41' } }]);
    expect(chosen(orders, { 'market:7': 'second/40' })).toThrow('second/40 is no order of item market:7');
  });

  test('without an order was not bought', () => {
    expect(chosen([])()).toMatchObject([{ supplier: 'first', order: null }]);
  });

  test.each(['active', 'hold', 'completed', 'declined', 'reverted'] as const)(
    'that was told as %s was bought: without an order only the operator can say what became of it',
    (status) => {
      const told = { ...item, status };
      expect(() => chosen([])(told)).toThrow(`no order of item market:7 was found, but it was told as ${status}`);
      expect(chosen([], { 'market:7': 'none' })(told)).toMatchObject([{ order: null }]);
    },
  );

  test('is not taken as never bought while its marketplace’s orders cannot all be read', () => {
    const unread = { second: 'no answer within 10000 ms' };
    expect(chosen([], {}, unread)).toThrow('not all orders could be read: no answer within 10000 ms');
    expect(chosen([], { 'market:7': 'none' }, unread)()).toMatchObject([{ order: null }]);
  });

  test('of no account, and a word about an item that was not told, are refused', () => {
    expect(() => chosen([])({ ...item, id: 'elsewhere:7' })).toThrow('is a listing of none of the accounts');
    expect(chosen([], { 'market:9': 'none' })).toThrow('was not told with an item market:9');
  });
});

describe('an order that an operator has closed', () => {
  const closedAs = (changes: Partial<ClosedOrderRow> = {}) => {
    const at = {
      supplier: 'first',
      order_id: '40',
      reference: null,
      reason: 'by hand',
      actor: 'operator:a',
      closed_at: new Date(),
    };
    return new Map([['40', { ...at, cost_mills: toMills(10_000n), refund_mills: toMills(0n), ...changes }]]);
  };

  test.each([
    ['as it was', {}, {}, true],
    ['with more paid back', {}, { refundMills: toMills(10_000n) }, true],
    ['whose refund is known by now', { refund_mills: null }, { refundMills: toMills(0n) }, true],
    ['at another price', {}, { costMills: toMills(12_000n) }, false],
    ['with less paid back', { refund_mills: toMills(10_000n) }, {}, false],
    ['whose refund is not told any more', {}, { refundMills: null }, false],
    ['with another id', {}, { orderId: '41' }, false],
  ])('%s', (_what, row, changes, isExplained) => {
    expect(isClosed(closedAs(row), lost(one, '40', changes).order)).toBe(isExplained);
  });
});
