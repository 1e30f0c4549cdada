import { CS2 } from '../../src/core/games.ts';
import { packListingId, unpackListingId } from '../../src/core/ids.ts';
import { type Mills, parseDollars, toDecimalText } from '../../src/core/money.ts';
import type { ItemError } from '../../src/core/trade-errors.ts';
import type { FoundOrder, Listing, ListingIds, OrderStatus, SupplierFault } from '../../src/suppliers/supplier.ts';
import type { WireListing, WireOrder } from './shapes.ts';

/** Translates the marketplace's words and ids into ours. A word that is not listed here is unknown. */

/** Part of every public listing id of this supplier. Never change it: ids that merchants have would stop working. */
const SUPPLIER_CODE = 0xffff;

export const listingIds: ListingIds = {
  toPublic: (nativeId) => packListingId(SUPPLIER_CODE, nativeId),
  toNative: (publicId) => unpackListingId(SUPPLIER_CODE, publicId),
};

export const NOT_ON_SALE = 'not_on_sale';

/** A purchase is refused with it if an earlier one had its reference. */
export const REFERENCE_USED = 'reference_used';

/** Errors that prove that no purchase was made. `REFERENCE_USED` is left out on purpose: there is an order. */
export const buyRefusals: ReadonlyMap<string, ItemError> = new Map([
  [NOT_ON_SALE, 'LISTING_UNAVAILABLE'],
  ['price_changed', 'PRICE_CHANGED'],
  ['wrong_trade_url', 'TRADE_URL_INVALID'],
  ['no_money', 'MARKET_UNAVAILABLE'],
  ['no_access', 'MARKET_UNAVAILABLE'],
]);

/** Errors that only the operator can mend. */
export const faults: ReadonlyMap<string, SupplierFault> = new Map([
  ['no_money', 'balance'],
  ['no_access', 'misconfigured'],
]);

export function toOrderStatus({ status, offerId }: WireOrder): OrderStatus {
  const offer = offerId ? { steamOfferId: offerId } : {};
  switch (status) {
    case 'ordered':
      return { kind: 'waiting' };
    case 'sent':
      return { kind: 'offered', ...offer };
    case 'taken':
      return { kind: 'accepted', ...offer };
    case 'final':
      return { kind: 'settled', ...offer };
    case 'given_up':
      return { kind: 'failed', error: 'PURCHASE_FAILED' };
    default:
      return { kind: 'unrecognised', raw: String(status) };
  }
}

/** null: the price cannot be read. */
export function orderOf(order: WireOrder): FoundOrder | null {
  const costMills = moneyOf(order.price);
  if (costMills === null) return null;
  return { reference: order.reference, orderId: order.id, costMills, status: toOrderStatus(order) };
}

/** null: its price cannot be read, so that it cannot be bought. */
export function listingOf({ id, name, price }: WireListing): Listing | null {
  const priceMills = moneyOf(price);
  if (priceMills === null || priceMills === 0n) return null;
  return { nativeId: id, game: CS2, catalogId: name, marketHashName: name, delivery: 'standard', priceMills };
}

/** The marketplace writes dollars with two decimals. null: it cannot be read. */
export function moneyOf(dollars: string): Mills | null {
  return parseDollars(dollars, 2);
}

/** Rounded down, because a ceiling is the most that may be paid. */
export function toCentsText(ceilingMills: Mills): string {
  return toDecimalText(ceilingMills).slice(0, -1);
}
