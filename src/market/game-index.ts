import { byName, byPrice, CatalogueItem } from './catalogue-item.ts';
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
  readonly #showsAll: boolean;
  readonly #items = new Map<string, CatalogueItem>();
  readonly #byMarketName = new Map<string, readonly CatalogueItem[]>();
  #byName: readonly CatalogueItem[] = [];
  #shown: readonly Offer[] = [];
  /** Items of the sorted lists that have changed since, as they are there. */
  readonly #outdated = new Set<CatalogueItem>();
  /** Items that are not in the sorted lists yet. */
  readonly #unsorted = new Set<CatalogueItem>();
  #changedRows = 0;

  /** @param showsAll whether market pages show every offer, or only the cheapest of each catalogue item */
  constructor(showsAll: boolean) {
    this.#showsAll = showsAll;
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

  /** Removes and adds offers; a changed offer is both removed and added. */
  change(gone: ReadonlySet<Offer>, added: readonly Offer[]): void {
    const coming = Map.groupBy(added, (offer) => offer.listing.catalogId);
    const touched = new Set([...coming.keys(), ...gone.values().map((offer) => offer.listing.catalogId)]);
    if (touched.size === 0) return;
    const [old, fresh]: [CatalogueItem[], CatalogueItem[]] = [[], []];
    for (const catalogId of touched) {
      const before = this.#items.get(catalogId);
      const after = this.#changedItem(before, gone, coming.get(catalogId) ?? []);
      if (before) old.push(before);
      if (after) fresh.push(after);
      if (after) this.#items.set(catalogId, after);
      else this.#items.delete(catalogId);
    }
    this.#indexNames(old, fresh);
    for (const item of old) if (!this.#unsorted.delete(item)) this.#outdated.add(item);
    for (const item of fresh) this.#unsorted.add(item);
    for (const { shownCount } of [...old, ...fresh]) this.#changedRows += shownCount;
    if (this.#changedRows >= CHANGED_ROWS_MAX) this.#sort();
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

  #changedItem(
    before: CatalogueItem | undefined,
    gone: ReadonlySet<Offer>,
    coming: readonly Offer[],
  ): CatalogueItem | null {
    const kept = (before?.copies ?? []).filter((offer) => !gone.has(offer));
    const offers = [...kept, ...coming];
    const [first] = offers;
    return first ? new CatalogueItem(first, offers, this.#showsAll) : null;
  }

  #indexNames(old: readonly CatalogueItem[], fresh: readonly CatalogueItem[]): void {
    for (const item of old) {
      const others = this.named(item.marketHashName).filter((other) => other !== item);
      if (others.length > 0) this.#byMarketName.set(item.marketHashName, others);
      else this.#byMarketName.delete(item.marketHashName);
    }
    for (const item of fresh) {
      this.#byMarketName.set(item.marketHashName, [...this.named(item.marketHashName), item]);
    }
  }
}
