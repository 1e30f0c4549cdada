import type { Mills } from '../core/money.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { Offer } from './market.ts';
import { firstWhere } from './ordered.ts';
import { quoteOffer } from './pricing.ts';

interface Bounds {
  /** The merchant's price including its fee; null: no limit. Both limits are inclusive. */
  readonly minPrice: Mills | null;
  readonly maxPrice: Mills | null;
}

/** The offers between two prices of a merchant. */
export class PriceRange {
  /** The offers in the range, cheapest first. */
  readonly offers: readonly Offer[];
  // The weights at both ends, so that other offers need no quote. Numbers are exact up to $900 million.
  readonly #from: number;
  readonly #to: number;

  /**
   * A higher weight never has a lower quote, so the order by weight is the order by every merchant's price.
   * @param shown cheapest first
   */
  constructor(shown: readonly Offer[], feeBps: number, { minPrice, maxPrice }: Bounds) {
    const paid = (offer: Offer) => quoteOffer(offer, feeBps);
    const low = minPrice === null ? 0 : firstWhere(shown, (offer) => paid(offer) >= minPrice);
    const high = maxPrice === null ? shown.length : firstWhere(shown, (offer) => paid(offer) > maxPrice);
    this.offers = high - low === shown.length ? shown : shown.slice(low, Math.max(low, high));
    this.#from = Number(this.offers.at(0)?.weight);
    this.#to = Number(this.offers.at(-1)?.weight);
  }

  /** The number of the item's shown offers in the range. */
  countOf(item: CatalogueItem): number {
    if (item.lowest >= this.#from && item.highest <= this.#to) return item.shownCount;
    return item.shownCount === 1 ? 0 : this.of(item).length;
  }

  /** The item's shown offers in the range. */
  of(item: CatalogueItem): readonly Offer[] {
    return item.shown.filter(({ weight }) => weight >= this.#from && weight <= this.#to);
  }
}
