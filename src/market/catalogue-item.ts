import { compare } from '../core/compare.ts';
import { type AccountOffers, byPrice, firstOfEachKind } from './account-offers.ts';
import type { Offer } from './market.ts';

/**
 * The offers of one catalogue item, at least one. Immutable: a change creates a new object. Several accounts at one marketplace
 * offer the same listings: a listing is one offer then, that of the account from which it is best bought.
 */
export class CatalogueItem {
  readonly catalogId: string;
  readonly marketHashName: string;
  /** The name in lower case, for searches. */
  readonly searchName: string;
  /** What each account offers. */
  readonly accounts: readonly AccountOffers[];
  /** The cheapest offer of each delivery and phase. Cheapest first. */
  readonly cheapest: readonly Offer[];
  /** The offers that market pages show: all of them, or only the cheapest. Cheapest first. */
  readonly shown: readonly Offer[];
  // Copied into the item for loops over all items: each access to an offer, a listing and a bigint costs another memory
  // access. For 20,000 items these accesses took 8 of the 10 ms of a page.
  readonly shownCount: number;
  /** Weights. */
  readonly lowest: number;
  readonly highest: number;
  readonly #showsAll: boolean;

  /** @param accounts at least one */
  constructor(catalogId: string, accounts: readonly AccountOffers[], showsAll: boolean) {
    this.accounts = accounts;
    const cheapest = accounts.flatMap((account) => account.cheapest).sort(byPrice);
    this.cheapest = firstOfEachKind(cheapest, ({ listing }) => listing);
    this.catalogId = catalogId;
    this.marketHashName = this.cheapest[0]?.listing.marketHashName ?? '';
    this.searchName = this.marketHashName.toLowerCase();
    this.#showsAll = showsAll;
    this.shown = showsAll ? this.offers : this.cheapest.slice(0, 1);
    this.shownCount = this.shown.length;
    this.lowest = Number(this.shown.at(0)?.weight);
    this.highest = Number(this.shown.at(-1)?.weight);
  }

  /** Each listing once. Cheapest first. */
  get offers(): readonly Offer[] {
    return onceEach(this.copies);
  }

  /** Each listing once for each account that offers it. Cheapest first. */
  get copies(): readonly Offer[] {
    const [first, ...others] = this.accounts.map((account) => account.all());
    // Most items are offered by one account.
    return others.length === 0 ? (first ?? []) : [...(first ?? []), ...others.flat()].sort(byPrice);
  }

  /** The item as it is without some accounts; null: only they offer it. */
  without(accounts: ReadonlySet<string>): CatalogueItem | null {
    const left = this.accounts.filter(({ supplier }) => !accounts.has(supplier.id));
    if (left.length === this.accounts.length) return this;
    return left.length === 0 ? null : new CatalogueItem(this.catalogId, left, this.#showsAll);
  }
}

/**
 * The first offer of each listing.
 * @returns the same list if none is offered twice
 */
function onceEach(copies: readonly Offer[]): readonly Offer[] {
  const [first] = copies;
  // An account offers no listing twice.
  if (!first || copies.every(({ supplier }) => supplier === first.supplier)) return copies;
  const seen = new Set<string>();
  const offers = copies.filter(({ id }) => seen.size < seen.add(id).size);
  return offers.length === copies.length ? copies : offers;
}

export function byName(a: CatalogueItem, b: CatalogueItem): number {
  return compare(a.searchName, b.searchName) || compare(a.catalogId, b.catalogId);
}
