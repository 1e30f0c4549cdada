import type { Game } from '../core/games.ts';
import { GameIndex } from './game-index.ts';
import type { Offer } from './market.ts';

/** Offers in the orders of market pages. Changes show there at the next `commit`. */
export class OfferOrders {
  // A CS2 item can have hundreds of listings, which have a route of their own. Rust has no such route, so all are shown.
  readonly indexes = { '730': new GameIndex(false), '252490': new GameIndex(true) } as const satisfies Record<
    Game,
    GameIndex
  >;
  readonly #counts = new Map<string, number>();
  readonly #gone = new Set<Offer>();
  readonly #added = new Set<Offer>();

  /** The number of an account's offers, also of those that are better bought with another account. */
  countOf(supplierId: string): number {
    return this.#counts.get(supplierId) ?? 0;
  }

  /** The number of changes since the last commit. */
  get uncommitted(): number {
    return this.#gone.size + this.#added.size;
  }

  /** The offers of one catalogue item at the last commit, without those that were removed since. */
  ofItem(supplierId: string, game: Game, catalogId: string): readonly Offer[] {
    const copies = this.indexes[game].item(catalogId)?.copies ?? [];
    return copies.filter((offer) => offer.supplier.id === supplierId && !this.#gone.has(offer));
  }

  add(offer: Offer): void {
    // An offer that was removed since the last commit still is in the orders.
    if (!this.#gone.delete(offer)) this.#added.add(offer);
    this.#count(offer, 1);
  }

  remove(offer: Offer): void {
    // An offer that was added since the last commit is in no order yet.
    if (!this.#added.delete(offer)) this.#gone.add(offer);
    this.#count(offer, -1);
  }

  commit(): void {
    const gone = Map.groupBy(this.#gone, gameOf);
    const added = Map.groupBy(this.#added, gameOf);
    this.#gone.clear();
    this.#added.clear();
    for (const game of new Set([...gone.keys(), ...added.keys()])) {
      this.indexes[game].change(new Set(gone.get(game)), added.get(game) ?? []);
    }
  }

  #count({ supplier: { id } }: Offer, change: number): void {
    this.#counts.set(id, this.countOf(id) + change);
  }
}

function gameOf({ listing }: Offer): Game {
  return listing.game;
}
