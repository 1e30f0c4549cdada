import type { Game } from '../core/games.ts';
import type { Listing } from '../suppliers/supplier.ts';
import type { Offer } from './market.ts';

/** What an update says of one catalogue item. */
export interface ItemUpdate {
  readonly game: Game;
  readonly catalogId: string;
  readonly listings: Listing[];
  readonly gone: Offer[];
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

  addGone(offer: Offer): void {
    this.#of(offer.listing).gone.push(offer);
  }

  has(game: Game, catalogId: string): boolean {
    return this.#games.get(game)?.has(catalogId) ?? false;
  }

  *all(): Iterable<ItemUpdate> {
    for (const items of this.#games.values()) yield* items.values();
  }

  #of({ game, catalogId }: Listing): ItemUpdate {
    const items = this.#games.get(game) ?? new Map<string, ItemUpdate>();
    this.#games.set(game, items);
    const item = items.get(catalogId) ?? { game, catalogId, listings: [], gone: [], isWhole: this.#isWhole };
    items.set(catalogId, item);
    return item;
  }
}
