import type { Offer } from './market.ts';

/**
 * All offers of one catalogue item, never none. It never changes: when an offer does, another one takes its place.
 */
export class CatalogueItem {
  readonly catalogId: string;
  readonly marketHashName: string;
  /** The name as searches compare it. */
  readonly searchName: string;
  /** Cheapest first. */
  readonly offers: readonly Offer[];
  /** What market pages show of it: all of its offers, or only the cheapest. Cheapest first. */
  readonly shown: readonly Offer[];
  // For those who walk over all items: what they look at lies in the item itself, and each step into an offer, a listing
  // and a bigint costs another look into memory. Of 20,000 items that was 8 of the 10 ms that a page took.
  readonly shownCount: number;
  readonly lowestMills: number;
  readonly highestMills: number;

  /** @param offers in any order; `first` is one of them */
  constructor(first: Offer, offers: readonly Offer[], showsAll: boolean) {
    this.catalogId = first.listing.catalogId;
    this.marketHashName = first.listing.marketHashName;
    this.searchName = first.listing.marketHashName.toLowerCase();
    this.offers = offers.toSorted(byPrice);
    this.shown = showsAll ? this.offers : this.offers.slice(0, 1);
    this.shownCount = this.shown.length;
    this.lowestMills = Number(this.shown.at(0)?.listing.priceMills);
    this.highestMills = Number(this.shown.at(-1)?.listing.priceMills);
  }
}

/** Offers at the same price keep one order, whatever changes around them. */
export function byPrice(a: Offer, b: Offer): number {
  return compare(a.listing.priceMills, b.listing.priceMills) || compare(a.id, b.id);
}

/** By code units: the same on every machine, and ten times as fast as a language's own order. */
export function byName(a: CatalogueItem, b: CatalogueItem): number {
  return compare(a.searchName, b.searchName) || compare(a.catalogId, b.catalogId);
}

function compare<T extends string | bigint>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
