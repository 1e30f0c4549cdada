import { type AccountOffers, byPrice } from './account-offers.ts';
import { byName, CatalogueItem } from './catalogue-item.ts';
import type { Offer, OfferIndex } from './market.ts';
import { reordered } from './ordered.ts';

/**
 * With so many changed rows the sorted lists are made anew even if nobody reads them, so that the one who reads them next
 * waits for a millisecond or two.
 */
const CHANGED_ROWS_MAX = 1000;

/**
 * The offers of one game, sorted for the market pages. The sorted lists follow when they are read: a large update changes
 * the game thousands of times, and copying its lists each time cost more than all the rest of the update.
 */
export class GameIndex implements OfferIndex {
  /** Whether market pages show every offer, or only the cheapest of each catalogue item. */
  readonly showsAll: boolean;
  readonly #items = new Map<string, CatalogueItem>();
  readonly #byMarketName = new Map<string, readonly CatalogueItem[]>();
  #byName: readonly CatalogueItem[] = [];
  #shown: readonly Offer[] = [];
  /** Items of the sorted lists that have changed since, as they are there. */
  readonly #outdated = new Set<CatalogueItem>();
  /** Items that are not in the sorted lists yet. */
  readonly #unsorted = new Set<CatalogueItem>();
  #changedRows = 0;

  constructor(showsAll: boolean) {
    this.showsAll = showsAll;
  }

  /** Catalogue items, sorted by name. */
  get items(): readonly CatalogueItem[] {
    this.#sort();
    return this.#byName;
  }

  /** The offers that market pages show, cheapest first. */
  get shown(): readonly Offer[] {
    this.#sort();
    return this.#shown;
  }

  item(catalogId: string): CatalogueItem | undefined {
    return this.#items.get(catalogId);
  }

  /** More than one item when suppliers use different catalogue ids for the same name. */
  named(marketHashName: string): readonly CatalogueItem[] {
    return this.#byMarketName.get(marketHashName) ?? [];
  }

  /** Replaces what accounts offer of one catalogue item; empty: there is no such item any more. */
  put(catalogId: string, accounts: readonly AccountOffers[]): void {
    const before = this.#items.get(catalogId);
    if (before) this.#remove(before);
    if (accounts.length > 0) this.#add(new CatalogueItem(before?.catalogId ?? catalogId, accounts, this.showsAll));
    if (this.#changedRows >= CHANGED_ROWS_MAX) this.#sort();
  }

  #add(item: CatalogueItem): void {
    const { catalogId, marketHashName, shownCount } = item;
    this.#items.set(catalogId, item);
    this.#byMarketName.set(marketHashName, [...this.named(marketHashName), item]);
    this.#unsorted.add(item);
    this.#changedRows += shownCount;
  }

  #remove(item: CatalogueItem): void {
    const { catalogId, marketHashName, shownCount } = item;
    this.#items.delete(catalogId);
    const others = this.named(marketHashName).filter((other) => other !== item);
    if (others.length > 0) this.#byMarketName.set(marketHashName, others);
    else this.#byMarketName.delete(marketHashName);
    if (!this.#unsorted.delete(item)) this.#outdated.add(item);
    this.#changedRows += shownCount;
  }

  #sort(): void {
    const [old, fresh] = [[...this.#outdated], [...this.#unsorted]];
    if (old.length + fresh.length === 0) return;
    this.#outdated.clear();
    this.#unsorted.clear();
    this.#changedRows = 0;
    this.#byName = reordered(this.#byName, old, fresh, byName);
    const before = new Set(old.flatMap((item) => item.shown));
    const after = new Set(fresh.flatMap((item) => item.shown));
    this.#shown = reordered(this.#shown, before.difference(after), [...after.difference(before)], byPrice);
  }
}
