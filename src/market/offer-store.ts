import type { Game } from '../core/games.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import type { ChangeList } from './change-list.ts';
import { GameIndex } from './game-index.ts';
import type { ItemUpdate } from './item-updates.ts';
import type { Offer } from './market.ts';
import { OfferTable } from './offer-table.ts';
import { isSameListing } from './same-listing.ts';
import { sharedTexts } from './shared-texts.ts';

/**
 * The offers of all suppliers, by id and in the orders of market pages. Changes show in those orders at the next `commit`,
 * which the caller makes before it lets any other code run. So readers see each catalogue item as it was before a change
 * or as it is after it, in all places at once.
 */
export class OfferStore {
  // A CS2 item can have hundreds of listings, which have a route of their own. Rust has no such route, so all are shown.
  readonly indexes = { '730': new GameIndex(false), '252490': new GameIndex(true) } as const satisfies Record<
    Game,
    GameIndex
  >;
  readonly #byId = new OfferTable();
  readonly #counts = new Map<string, number>();
  readonly #gone = new Set<Offer>();
  readonly #added = new Set<Offer>();

  get(id: string): Offer | undefined {
    return this.#byId.get(id);
  }

  countOf(supplierId: string): number {
    return this.#counts.get(supplierId) ?? 0;
  }

  /** The number of changes since the last commit. */
  get uncommitted(): number {
    return this.#gone.size + this.#added.size;
  }

  /**
   * Takes over what a supplier sells of one catalogue item.
   * @param isWhole the supplier sells nothing else of the item
   */
  putItem(supplier: Supplier, item: ItemUpdate, isWhole: boolean, changes: ChangeList): void {
    const { game, catalogId, listings, gone } = item;
    for (const offer of gone) if (this.#byId.get(offer.id) === offer) this.#remove(offer, changes);
    const known = new Map<string, Offer>();
    for (const offer of this.#ofItem(supplier, game, catalogId)) known.set(offer.listing.nativeId, offer);
    let copy = this.indexes[game].item(catalogId)?.offers[0]?.listing;
    for (const listing of listings) {
      const before = known.get(listing.nativeId);
      known.delete(listing.nativeId);
      if (before && isSameListing(before.listing, listing)) continue;
      // Making an id costs a digest, so it is made only for what is new here.
      const id = before?.id ?? supplier.listingIds.toPublic(listing.nativeId);
      const kept: Listing = copy ? sharedTexts(listing, copy) : listing;
      copy = kept;
      const offer = { id, supplier, listing: kept };
      this.#replace(before ?? this.#byId.get(id), offer);
      changes.upsert(offer);
    }
    if (isWhole) for (const offer of known.values()) this.#remove(offer, changes);
  }

  /** Removes all that a supplier sells of one catalogue item. */
  removeItem(supplier: Supplier, game: Game, catalogId: string, changes: ChangeList): void {
    for (const offer of this.#ofItem(supplier, game, catalogId)) this.#remove(offer, changes);
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

  #remove(offer: Offer, changes: ChangeList): void {
    this.#byId.delete(offer.id);
    this.#takeOut(offer);
    changes.remove(offer);
  }

  /** The orders of market pages still have what was removed since the last commit. */
  #ofItem(supplier: Supplier, game: Game, catalogId: string): readonly Offer[] {
    const offers = this.indexes[game].item(catalogId)?.offers ?? [];
    return offers.filter((offer) => offer.supplier.id === supplier.id && !this.#gone.has(offer));
  }

  #replace(before: Offer | undefined, offer: Offer): void {
    if (before) this.#takeOut(before);
    this.#byId.set(offer);
    this.#added.add(offer);
    this.#count(offer, 1);
  }

  #takeOut(offer: Offer): void {
    // An offer that was added since the last commit is in no order yet.
    if (!this.#added.delete(offer)) this.#gone.add(offer);
    this.#count(offer, -1);
  }

  #count({ supplier: { id } }: Offer, change: number): void {
    this.#counts.set(id, this.countOf(id) + change);
  }
}

function gameOf({ listing }: Offer): Game {
  return listing.game;
}
