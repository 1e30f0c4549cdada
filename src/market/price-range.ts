import type { Mills } from '../core/money.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { Offer } from './market.ts';
import { firstWhere } from './ordered.ts';
import { quote } from './pricing.ts';

interface Bounds {
  /** The merchant's price including its fee; null: no limit. Both limits are inclusive. */
  readonly minPrice: Mills | null;
  readonly maxPrice: Mills | null;
}

/** The offers between two prices of a merchant. */
export class PriceRange {
  /** The offers in the range, cheapest first. */
  readonly offers: readonly Offer[];
  // The supplier prices at both ends, so that other offers need no quote. Numbers are exact up to trillions of dollars.
  readonly #fromMills: number;
  readonly #toMills: number;

  /**
   * A higher supplier price never has a lower quote, so the order by supplier price is the order by every merchant's price.
   * @param shown cheapest first
   */
  constructor(shown: readonly Offer[], feeBps: number, { minPrice, maxPrice }: Bounds) {
    const paid = (offer: Offer) => quote(offer.listing.priceMills, feeBps);
    const low = minPrice === null ? 0 : firstWhere(shown, (offer) => paid(offer) >= minPrice);
    const high = maxPrice === null ? shown.length : firstWhere(shown, (offer) => paid(offer) > maxPrice);
    this.offers = high - low === shown.length ? shown : shown.slice(low, Math.max(low, high));
    this.#fromMills = Number(this.offers.at(0)?.listing.priceMills);
    this.#toMills = Number(this.offers.at(-1)?.listing.priceMills);
  }

  /** The number of the item's shown offers in the range. */
  countOf(item: CatalogueItem): number {
    if (item.lowestMills >= this.#fromMills && item.highestMills <= this.#toMills) return item.shownCount;
    return item.shownCount === 1 ? 0 : this.of(item).length;
  }

  /** The item's shown offers in the range. */
  of(item: CatalogueItem): readonly Offer[] {
    return item.shown.filter(
      ({ listing: { priceMills } }) => priceMills >= this.#fromMills && priceMills <= this.#toMills,
    );
  }
}
