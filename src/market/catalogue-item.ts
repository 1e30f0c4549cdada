import type { Mills } from '../money.ts';
import type { Offer } from './market.ts';

/** A line of a market page: an offer, and the catalogue item that it is one copy of. */
export interface Row {
  readonly item: CatalogueItem;
  readonly offer: Offer;
}

/**
 * All offers of one catalogue item, never empty. It never changes: when an offer does, another one takes its place, so
 * that what was made of it may be kept as long as it is there.
 */
export class CatalogueItem {
  readonly catalogId: string;
  readonly marketHashName: string;
  /** The name as searches compare it. */
  readonly searchName: string;
  /** Cheapest first. */
  readonly offers: readonly Offer[];
  /** What market pages show of it: all of its offers, or only the cheapest. Cheapest first. */
  readonly rows: readonly Row[];

  /** @param offers at least one, in any order */
  constructor(first: Offer, offers: readonly Offer[], showsAll: boolean) {
    this.catalogId = first.listing.catalogId;
    this.marketHashName = first.listing.marketHashName;
    this.searchName = first.listing.marketHashName.toLowerCase();
    this.offers = offers.toSorted(byPrice);
    this.rows = (showsAll ? this.offers : this.offers.slice(0, 1)).map((offer) => ({ item: this, offer }));
  }
}

/** Offers at the same price keep one order, whatever changes around them. */
export function byPrice(a: Offer, b: Offer): number {
  return compare(a.listing.priceMills, b.listing.priceMills) || compare(a.id, b.id);
}

export function rowsByPrice(a: Row, b: Row): number {
  return compare(priceOf(a), priceOf(b)) || byName(a.item, b.item) || compare(a.offer.id, b.offer.id);
}

/** By code units: the same on every machine, and ten times as fast as a language's own order. */
export function byName(a: CatalogueItem, b: CatalogueItem): number {
  return compare(a.searchName, b.searchName) || compare(a.catalogId, b.catalogId);
}

export function priceOf(row: Row): Mills {
  return row.offer.listing.priceMills;
}

function compare<T extends string | bigint>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
