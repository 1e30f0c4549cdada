import type { ItemEvent } from '../core/item-states.ts';
import { declinePenalty, type Mills, NOTHING, subtract } from '../core/money.ts';
import type { ItemRow, NewTransfer, TransferKind } from '../db/tables.ts';
import { AVAILABLE, LOCKED, REVENUE, supplierAccount } from './book.ts';

/** Which money moves at which step of an item: every rule about money in one place. */

/**
 * An item's price is taken, and given back after that, in two transfers: what the supplier gets or returns, and what is
 * ours. They are booked together, and are one to the merchant, who sees neither the cost nor the fee. The key of one
 * starts with the name on the left, that of the other with the one on the right.
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
 * What `event` does to the money of an item that is still in the state before it.
 * @returns no transfer for steps that move none
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

/** What was never bought is released; what was bought is refunded. The amounts are the same, the books say which. */
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

/** A supplier that charged more than was agreed does so at our expense: the books hold what the merchant paid. */
function costOf(item: MoneyFacts): Mills {
  if (item.cost_mills === null) throw new Error(`item ${item.id} was never bought, so it has no cost`);
  return item.cost_mills < item.price_mills ? item.cost_mills : item.price_mills;
}

function accountOfSupplier(item: MoneyFacts): string {
  if (item.supplier === null) throw new Error(`item ${item.id} was never found, so nobody sold it`);
  return supplierAccount(item.supplier);
}

/** `key` makes the movement happen once for the item, whatever repeats it. */
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
