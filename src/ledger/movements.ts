import type { ItemEvent } from '../core/item-states.ts';
import { declinePenalty, type Mills, NOTHING, subtract } from '../core/money.ts';
import type { ItemRow, NewTransfer, TransferKind } from '../db/tables.ts';
import { AVAILABLE, LOCKED, REVENUE, supplierAccount } from './book.ts';

/** The transfers of each event of an item. All rules about money are in this file. */

/**
 * A capture and its refund are two transfers each: the supplier's part and the fee. They are booked together, and the
 * merchant sees them as one, without the cost and the fee. The key of the supplier's part starts with the name on the left,
 * the key of the fee with the name on the right.
 */
export const priceHalves = { capture: 'fee', refund: 'refund-fee' } as const;

type MoneyFacts = Pick<
  ItemRow,
  'merchant_id' | 'id' | 'trade_id' | 'supplier' | 'state' | 'price_mills' | 'cost_mills'
>;

interface Origin {
  readonly actor: string;
  readonly at: Date;
}

/** available → locked when the item is recorded. */
export function reserve(item: MoneyFacts, origin: Origin): NewTransfer[] {
  return transfer(item, origin, 'reserve', AVAILABLE, LOCKED, item.price_mills);
}

/** locked → available when the supplier charged less than was reserved. `price_mills` is still the old price. */
export function releaseDifference(item: MoneyFacts, newPrice: Mills, origin: Origin): NewTransfer[] {
  return transfer(item, origin, 'release', LOCKED, AVAILABLE, subtract(item.price_mills, newPrice), 'cheaper');
}

/**
 * The transfers of an event. The item must still have its state before the event.
 * @returns an empty list for events without transfers
 */
export function movementsAt(item: MoneyFacts, event: ItemEvent, origin: Origin): NewTransfer[] {
  switch (event) {
    case 'reject':
    case 'withdraw':
      return transfer(item, origin, 'release', LOCKED, AVAILABLE, item.price_mills);
    case 'fail':
      return returnAll(item, origin);
    case 'decline':
      return returnLessPenalty(item, origin);
    case 'revert':
      return item.state === 'completed' ? returnCaptured(item, origin) : returnAll(item, origin);
    case 'complete':
      return capture(item, origin);
    case 'approve':
    case 'offer':
    case 'accept':
      return [];
  }
}

/** An item that was never bought is released; an item that was bought is refunded. Only the kind differs. */
function returnAll(item: MoneyFacts, origin: Origin): NewTransfer[] {
  const kind = item.cost_mills === null ? 'release' : 'refund';
  return transfer(item, origin, kind, LOCKED, AVAILABLE, item.price_mills);
}

function returnLessPenalty(item: MoneyFacts, origin: Origin): NewTransfer[] {
  const penalty = declinePenalty(item.price_mills);
  return [
    ...transfer(item, origin, 'penalty', LOCKED, REVENUE, penalty),
    ...transfer(item, origin, 'refund', LOCKED, AVAILABLE, subtract(item.price_mills, penalty)),
  ];
}

function capture(item: MoneyFacts, origin: Origin): NewTransfer[] {
  const cost = costOf(item);
  return [
    ...transfer(item, origin, 'capture', LOCKED, accountOfSupplier(item), cost),
    ...transfer(item, origin, 'fee', LOCKED, REVENUE, subtract(item.price_mills, cost), priceHalves.capture),
  ];
}

function returnCaptured(item: MoneyFacts, origin: Origin): NewTransfer[] {
  const cost = costOf(item);
  return [
    ...transfer(item, origin, 'refund', accountOfSupplier(item), AVAILABLE, cost),
    ...transfer(item, origin, 'refund', REVENUE, AVAILABLE, subtract(item.price_mills, cost), priceHalves.refund),
  ];
}

/** The ledger holds at most what the merchant paid. When a supplier charges more, the operator bears the difference. */
function costOf(item: MoneyFacts): Mills {
  if (item.cost_mills === null) throw new Error(`item ${item.id} was never bought and has no cost`);
  return item.cost_mills < item.price_mills ? item.cost_mills : item.price_mills;
}

function accountOfSupplier(item: MoneyFacts): string {
  if (item.supplier === null) throw new Error(`item ${item.id} has no supplier`);
  return supplierAccount(item.supplier);
}

/** `key` makes the transfer unique for the item. */
function transfer(
  item: MoneyFacts,
  origin: Origin,
  kind: TransferKind,
  from: string,
  to: string,
  amount: Mills,
  key: string = kind,
): NewTransfer[] {
  if (amount === NOTHING) return [];
  return [
    {
      merchant_id: item.merchant_id,
      key: `${key}:${item.id}`,
      kind,
      from_account: from,
      to_account: to,
      amount_mills: amount,
      trade_id: item.trade_id,
      item_id: item.id,
      actor: origin.actor,
      at: origin.at,
    },
  ];
}
