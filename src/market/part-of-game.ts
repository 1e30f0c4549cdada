import { byPrice } from './account-offers.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { Offer, OfferIndex } from './market.ts';
import { reordered } from './ordered.ts';

/**
 * The offers of one game without those of some accounts. It holds no offers of its own: an item is derived once from that of
 * the whole game, which never changes, and the sorted lists follow when they are read.
 */
export class PartOfGame implements OfferIndex {
  readonly #whole: OfferIndex;
  readonly #without: ReadonlySet<string>;
  readonly #parts = new WeakMap<CatalogueItem, readonly CatalogueItem[]>();
  /** The items of the whole game from which the lists were made. */
  #source: readonly CatalogueItem[] = [];
  #items: readonly CatalogueItem[] = [];
  #shown: readonly Offer[] = [];

  constructor(whole: OfferIndex, without: ReadonlySet<string>) {
    this.#whole = whole;
    this.#without = without;
  }

  get items(): readonly CatalogueItem[] {
    this.#follow();
    return this.#items;
  }

  get shown(): readonly Offer[] {
    this.#follow();
    return this.#shown;
  }

  item(catalogId: string): CatalogueItem | undefined {
    const item = this.#whole.item(catalogId);
    return item && this.#partOf(item)[0];
  }

  named(marketHashName: string): readonly CatalogueItem[] {
    return this.#whole.named(marketHashName).flatMap((item) => this.#partOf(item));
  }

  /** Sorted lists change as a whole, so the same list has the same items. */
  #follow(): void {
    const source = this.#whole.items;
    if (source === this.#source) return;
    this.#source = source;
    const items = source.flatMap((item) => this.#partOf(item));
    const [before, after] = [new Set(this.#items.flatMap(shownOf)), new Set(items.flatMap(shownOf))];
    this.#items = items;
    this.#shown = reordered(this.#shown, before.difference(after), [...after.difference(before)], byPrice);
  }

  /** Empty: only accounts that are left out offer the item. */
  #partOf(item: CatalogueItem): readonly CatalogueItem[] {
    const known = this.#parts.get(item);
    if (known) return known;
    const part = [item.without(this.#without) ?? []].flat();
    this.#parts.set(item, part);
    return part;
  }
}

function shownOf({ shown }: CatalogueItem): readonly Offer[] {
  return shown;
}
