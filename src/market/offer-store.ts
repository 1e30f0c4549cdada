import { CS2, type Game, RUST } from '../core/games.ts';
import { markedUp } from '../core/money.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import { byPrice, type CatalogueItem } from './catalogue-item.ts';
import type { ChangeList } from './change-list.ts';
import type { ItemUpdate } from './item-updates.ts';
import type { Offer } from './market.ts';
import { OfferOrders } from './offer-orders.ts';
import { OfferTable } from './offer-table.ts';
import { isSameListing } from './same-listing.ts';
import { sharedTexts } from './shared-texts.ts';
import { isOffered, type Terms } from './terms.ts';

/**
 * The offers of all suppliers, by id and in the orders of market pages. Changes show in those orders at the next `commit`,
 * which the caller makes before it lets any other code run. So readers see each catalogue item as it was before a change
 * or as it is after it, in all places at once.
 */
export class OfferStore {
  readonly offered = new OfferOrders();
  /** Listings that are not offered. They return to the others as soon as their supplier is available again. */
  readonly withheld = new OfferOrders();
  readonly #byId = new OfferTable();
  /** Those of `withheld`: while terms change, it cannot be told from the terms where an offer is. */
  readonly #withheldById = new OfferTable();

  /** What an account sells under a public listing id. */
  get(account: string, id: string): Offer | undefined {
    return this.#byId.get(account, id);
  }

  /**
   * The best offer of a listing, without those of some accounts.
   * @returns one that is withheld only if none is offered
   */
  best(id: string, without: ReadonlySet<string>): { readonly offer: Offer; readonly isOffered: boolean } | undefined {
    const known = this.#byId.all(id).filter(({ supplier }) => !without.has(supplier.id));
    const offered = known.filter((offer) => !this.#isWithheld(offer));
    const [offer] = (offered.length > 0 ? offered : known).sort(byPrice);
    return offer && { offer, isOffered: offered.length > 0 };
  }

  /** The number of changes since the last commit. */
  get uncommitted(): number {
    return this.offered.uncommitted + this.withheld.uncommitted;
  }

  /** The catalogue items of each game as they are when the first of them is read. One that is withheld in part comes twice. */
  *items(): Iterable<{ readonly game: Game; readonly catalogId: string }> {
    for (const game of [CS2, RUST]) {
      // A commit makes new lists.
      const lists: readonly (readonly CatalogueItem[])[] = [
        this.offered.indexes[game].items,
        this.withheld.indexes[game].items,
      ];
      for (const list of lists) for (const { catalogId } of list) yield { game, catalogId };
    }
  }

  /** What a supplier sells of one catalogue item, whether it is offered or not. */
  listingsOf(supplierId: string, game: Game, catalogId: string): Listing[] {
    return this.#ofItem(supplierId, game, catalogId).map(({ listing }) => listing);
  }

  /** Takes over what an update says of one catalogue item. */
  putItem(supplier: Supplier, terms: Terms, item: ItemUpdate, changes: ChangeList): void {
    const { game, catalogId, listings, gone, isWhole } = item;
    for (const offer of gone) if (this.#byId.get(supplier.id, offer.id) === offer) this.#remove(offer, changes);
    const known = new Map<string, Offer>();
    for (const offer of this.#ofItem(supplier.id, game, catalogId)) known.set(offer.listing.nativeId, offer);
    let copy = this.#copyOf(game, catalogId);
    for (const listing of listings) {
      const before = known.get(listing.nativeId);
      known.delete(listing.nativeId);
      const isSame = before !== undefined && isSameListing(before.listing, listing);
      const kept: Listing = isSame ? before.listing : copy ? sharedTexts(listing, copy) : listing;
      copy = kept;
      // Making an id costs a digest, so it is made only for what is new here.
      const id = before?.id ?? supplier.listingIds.toPublic(listing.nativeId);
      this.#put(
        before ?? this.#byId.get(supplier.id, id),
        isSame ? onTerms(before, terms) : toOffer(supplier, id, kept, terms),
        terms,
        changes,
      );
    }
    if (isWhole) for (const offer of known.values()) this.#remove(offer, changes);
  }

  /** Prices all that a supplier sells of one catalogue item, and offers or withholds it, as the terms say. */
  applyTerms(supplierId: string, terms: Terms, game: Game, catalogId: string, changes: ChangeList): void {
    for (const offer of this.#ofItem(supplierId, game, catalogId)) {
      this.#put(offer, onTerms(offer, terms), terms, changes);
    }
  }

  /** Removes all that a supplier sells of one catalogue item. */
  removeItem(supplier: Supplier, game: Game, catalogId: string, changes: ChangeList): void {
    for (const offer of this.#ofItem(supplier.id, game, catalogId)) this.#remove(offer, changes);
  }

  commit(): void {
    this.offered.commit();
    this.withheld.commit();
  }

  #ofItem(supplierId: string, game: Game, catalogId: string): readonly Offer[] {
    const withheld = this.withheld.ofItem(supplierId, game, catalogId);
    const offered = this.offered.ofItem(supplierId, game, catalogId);
    return withheld.length > 0 ? [...offered, ...withheld] : offered;
  }

  /** A listing of the item. */
  #copyOf(game: Game, catalogId: string): Listing | undefined {
    const item = this.offered.indexes[game].item(catalogId) ?? this.withheld.indexes[game].item(catalogId);
    return item?.offers[0]?.listing;
  }

  #isWithheld(offer: Offer): boolean {
    return this.#withheldById.get(offer.supplier.id, offer.id) === offer;
  }

  /** @param before the account's offer with the same id, if there is one; it may be the same object */
  #put(before: Offer | undefined, offer: Offer, { availability }: Terms, changes: ChangeList): void {
    const isShown = isOffered(offer, availability);
    const wasShown = before !== undefined && !this.#isWithheld(before);
    if (before === offer && isShown === wasShown) return;
    if (before) this.#takeOut(before);
    this.#byId.set(offer);
    if (isShown) this.offered.add(offer);
    else {
      this.withheld.add(offer);
      this.#withheldById.set(offer);
    }
    if (isShown || wasShown) changes.add(offer);
  }

  #remove(offer: Offer, changes: ChangeList): void {
    if (!this.#isWithheld(offer)) changes.add(offer);
    this.#takeOut(offer);
    this.#byId.delete(offer);
  }

  #takeOut(offer: Offer): void {
    if (this.#isWithheld(offer)) {
      this.withheld.remove(offer);
      this.#withheldById.delete(offer);
    } else this.offered.remove(offer);
  }
}

function toOffer(supplier: Supplier, id: string, listing: Listing, { policies }: Terms): Offer {
  const policy = policies[listing.game];
  return { id, supplier, listing, policy, weight: markedUp(listing.priceMills, policy.markupBps) };
}

/** The same object where the terms change nothing. */
function onTerms(offer: Offer, terms: Terms): Offer {
  const { id, supplier, listing } = offer;
  return offer.policy === terms.policies[listing.game] ? offer : toOffer(supplier, id, listing, terms);
}
