import { greatestWithin, type Mills, plusBps, withFeeRoundedUp } from '../core/money.ts';

/**
 * What a merchant pays for a listing: the supplier's price and the merchant's fee, rounded up once to the cent.
 * Every price that a merchant sees comes from here.
 */
export function quote(supplierPrice: Mills, feeBps: number): Mills {
  return withFeeRoundedUp(supplierPrice, feeBps);
}

/** The most that a supplier may charge so that its quote stays within `limit`: `quote` backwards. */
export function ceilingFor(limit: Mills, feeBps: number): Mills {
  return greatestWithin(limit, feeBps);
}

/** What the merchant was willing to pay for one item. */
export interface PriceTolerance {
  readonly price: Mills;
  /** The most that the item may cost, whatever `price` and the tolerance would allow. */
  readonly maxPrice: Mills | null;
  /** Hundredths of a percent above `price`. */
  readonly slippageBps: number;
}

/** The maximum price decides where there is one; else the price with its tolerance, compared without dividing, so exact. */
export function fits(current: Mills, { price, maxPrice, slippageBps }: PriceTolerance): boolean {
  if (maxPrice !== null) return current <= maxPrice;
  return current * 10_000n <= price * BigInt(10_000 + slippageBps);
}

/**
 * The dearest whole cents that still fit. They are reserved, and the purchase may go up to them: a price that moves
 * between the buy and the purchase is charged as it is then, and the rest is released.
 */
export function mostAccepted({ price, maxPrice, slippageBps }: PriceTolerance): Mills {
  return maxPrice ?? plusBps(price, slippageBps);
}
