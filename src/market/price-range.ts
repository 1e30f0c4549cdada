import type { Mills } from '../core/money.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { Offer } from './market.ts';
import { firstWhere } from './ordered.ts';
import { quote } from './pricing.ts';

interface Bounds {
  /** What the merchant pays, its fee included; null: open. Both ends count. */
  readonly minPrice: Mills | null;
  readonly maxPrice: Mills | null;
}

/** What is between two prices of one merchant. */
export class PriceRange {
  /** All of them, cheapest first. */
  readonly offers: readonly Offer[];
  // What suppliers ask at both ends, so that nothing else has to be quoted. Numbers are exact up to trillions of dollars.
  readonly #fromMills: number;
  readonly #toMills: number;

  /**
   * A dearer listing never costs a merchant less, so that the suppliers' order is that of every merchant's prices.
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

  /** How many of what an item shows are in it. */
  countOf(item: CatalogueItem): number {
    if (item.lowestMills >= this.#fromMills && item.highestMills <= this.#toMills) return item.shownCount;
    return item.shownCount === 1 ? 0 : this.of(item).length;
  }

  /** What an item shows, as far as it is in it. */
  of(item: CatalogueItem): readonly Offer[] {
    return item.shown.filter(
      ({ listing: { priceMills } }) => priceMills >= this.#fromMills && priceMills <= this.#toMills,
    );
  }
}
