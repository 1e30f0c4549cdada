import type { Game } from '../core/games.ts';
import type { Listing } from '../suppliers/supplier.ts';

export interface ItemName {
  readonly game: Game;
  readonly catalogId: string;
}

/** What an update says of one catalogue item. */
export interface ItemUpdate extends ItemName {
  readonly listings: Listing[];
  /** Native ids of listings that are not on sale any more. Some may be of another item. */
  readonly gone: string[];
  /** Whether the supplier sells nothing else of the item. */
  readonly isWhole: boolean;
}

/** An update by catalogue items. */
export class ItemUpdates {
  readonly #isWhole: boolean;
  readonly #games = new Map<Game, Map<string, ItemUpdate>>();

  /** @param isWhole whether the supplier sells nothing else */
  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  add(listing: Listing): void {
    this.#of(listing).listings.push(listing);
  }

  addGone(item: ItemName, nativeId: string): void {
    this.#of(item).gone.push(nativeId);
  }

  has({ game, catalogId }: ItemName): boolean {
    return this.#games.get(game)?.has(catalogId) ?? false;
  }

  *all(): Iterable<ItemUpdate> {
    for (const items of this.#games.values()) yield* items.values();
  }

  #of({ game, catalogId }: ItemName): ItemUpdate {
    const items = this.#games.get(game) ?? new Map<string, ItemUpdate>();
    this.#games.set(game, items);
    const item = items.get(catalogId) ?? { game, catalogId, listings: [], gone: [], isWhole: this.#isWhole };
    items.set(catalogId, item);
    return item;
  }
}
