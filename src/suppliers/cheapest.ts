import type { Mills } from '../core/money.ts';
import type { TimeSlices } from '../core/time-slices.ts';
import type { Listing } from './supplier.ts';

/**
 * Collects the cheapest listings of each name from a feed that is too large to be kept: a whole marketplace has millions of
 * listings, and nobody buys the hundredth copy of an item.
 */
export class CheapestByName {
  readonly #max: number;
  readonly #byName = new Map<string, readonly Listing[]>();

  /** @param max how many listings of a name are kept, from 1 */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether a listing would be kept, for callers to whom it is work to make one. */
  isWanted(marketHashName: string, priceMills: Mills): boolean {
    const kept = this.#byName.get(marketHashName);
    const dearest = kept?.at(-1);
    return kept?.length !== this.#max || !dearest || priceMills < dearest.priceMills;
  }

  add(listing: Listing): void {
    if (!this.isWanted(listing.marketHashName, listing.priceMills)) return;
    const kept = this.#byName.get(listing.marketHashName) ?? [];
    const at = kept.findLastIndex((other) => other.priceMills <= listing.priceMills) + 1;
    // A new list: one that grows has room for twice as many, and there are tens of thousands.
    this.#byName.set(listing.marketHashName, [...kept.slice(0, at), listing, ...kept.slice(at, this.#max - 1)]);
  }

  /** By name. */
  lists(): Iterable<readonly Listing[]> {
    return this.#byName.values();
  }
}

/** All kept listings. Hundreds of thousands are put together in slices: `flat` blocked the event loop for 60 ms. */
export async function allOf(collected: Iterable<CheapestByName>, slices: TimeSlices): Promise<Listing[]> {
  const all: Listing[] = [];
  for (const cheapest of collected) {
    for (const list of cheapest.lists()) {
      for (const listing of list) all.push(listing);
      if (slices.isOver) await slices.next();
    }
  }
  return all;
}
