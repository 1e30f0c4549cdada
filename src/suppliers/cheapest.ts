import type { Listing } from './supplier.ts';

/**
 * Collects the cheapest listings of each name from a feed that is too large to be kept: a whole marketplace has millions of
 * listings, and nobody buys the hundredth copy of an item.
 */
export class CheapestByName {
  readonly #max: number;
  readonly #byName = new Map<string, Listing[]>();

  /** @param max how many listings of a name are kept, from 1 */
  constructor(max: number) {
    this.#max = max;
  }

  add(listing: Listing): void {
    const kept = this.#byName.get(listing.marketHashName);
    if (!kept) {
      this.#byName.set(listing.marketHashName, [listing]);
      return;
    }
    const dearest = kept.at(-1);
    if (kept.length === this.#max && dearest && listing.priceMills >= dearest.priceMills) return;
    const at = kept.findLastIndex((other) => other.priceMills <= listing.priceMills);
    kept.splice(at + 1, 0, listing);
    if (kept.length > this.#max) kept.pop();
  }

  all(): Listing[] {
    return [...this.#byName.values()].flat();
  }
}
