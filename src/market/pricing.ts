import { greatestWithin, type Mills, plusBps, withFeeRoundedUp } from '../core/money.ts';
import type { Offer } from './market.ts';

/**
 * The merchant's price of a listing: the supplier's price plus the operator's markup for the supplier, plus the merchant's fee
 * on both, rounded up once to the cent. Every price that a merchant sees is calculated here.
 */
export function quote(supplierPrice: Mills, feeBps: number, markupBps = 0): Mills {
  return withFeeRoundedUp(supplierPrice, feeBps, markupBps);
}

/** The highest supplier price whose quote is within `limit`: the inverse of `quote`. */
export function ceilingFor(limit: Mills, feeBps: number, markupBps = 0): Mills {
  return greatestWithin(limit, feeBps, markupBps);
}

/** The merchant's price of an offer. */
export function quoteOffer({ listing, policy }: Offer, feeBps: number): Mills {
  return quote(listing.priceMills, feeBps, policy.markupBps);
}

/** The price that the merchant accepts for one item. */
export interface PriceTolerance {
  readonly price: Mills;
  /** The maximum price; when set, `price` and `slippageBps` do not apply. */
  readonly maxPrice: Mills | null;
  /** Accepted hundredths of a percent above `price`. */
  readonly slippageBps: number;
}

/** Compares with the maximum price if there is one, otherwise with the price and its tolerance, without division. */
export function fits(current: Mills, { price, maxPrice, slippageBps }: PriceTolerance): boolean {
  if (maxPrice !== null) return current <= maxPrice;
  return current * 10_000n <= price * BigInt(10_000 + slippageBps);
}

/**
 * The highest accepted price in whole cents. This amount is reserved, and the purchase may cost up to it. If the price
 * changes between request and purchase, the new price is charged and the rest is released.
 */
export function highestAccepted({ price, maxPrice, slippageBps }: PriceTolerance): Mills {
  return maxPrice ?? plusBps(price, slippageBps);
}
