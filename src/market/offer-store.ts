import { CS2, RUST } from '../core/games.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import { byPrice, type Selling } from './account-offers.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { ChangeList } from './change-list.ts';
import type { ItemName, ItemUpdate } from './item-updates.ts';
import { ListingPlaces } from './listing-places.ts';
import type { Offer } from './market.ts';
import { OfferOrders } from './offer-orders.ts';
import { isSameListing } from './same-listing.ts';
import { isOffered, type Terms } from './terms.ts';

/** A listing on sale, and whether it is offered. */
export interface FoundOffer {
  readonly offer: Offer;
  readonly isOffered: boolean;
}

/** Listings of one account and one catalogue item by their native ids. */
type ById = ReadonlyMap<string, Listing>;

/** What an account sells of one catalogue item. */
interface OnSale {
  readonly offered: ById;
  readonly withheld: ById;
}

/**
 * The offers of all suppliers, by id and in the orders of market pages. A catalogue item changes at once, in all places: readers
 * see it as it was before a change or as it is after it.
 */
export class OfferStore {
  readonly offered = new OfferOrders();
  /**
   * Listings that are not offered. They return to the others as soon as their supplier is available again. While terms change,
   * it cannot be told from the terms where a listing is.
   */
  readonly withheld = new OfferOrders();
  readonly #places = new ListingPlaces();
  readonly #suppliers = new Map<string, Supplier>();

  /**
   * The best offer of a listing, without those of some accounts.
   * @param id the public one
   * @returns one that is withheld only if none is offered
   */
  best(id: string, without: ReadonlySet<string>): FoundOffer | undefined {
    const known = [...this.#suppliers.values()]
      .filter((supplier) => !without.has(supplier.id))
      .flatMap((supplier) => this.#find(supplier, supplier.listingIds.toNative(id)));
    return known.sort((a, b) => Number(b.isOffered) - Number(a.isOffered) || byPrice(a.offer, b.offer))[0];
  }

  /** The catalogue items of each game as they are when the first of them is read. One that is withheld in part comes twice. */
  *items(): Iterable<ItemName> {
    for (const game of [CS2, RUST]) {
      // A change makes new lists.
      const lists: readonly (readonly CatalogueItem[])[] = [
        this.offered.indexes[game].items,
        this.withheld.indexes[game].items,
      ];
      for (const list of lists) for (const { catalogId } of list) yield { game, catalogId };
    }
  }

  /** The items of which a listing may be. */
  placesOf(supplierId: string, nativeId: string): readonly ItemName[] {
    return this.#places.of(supplierId, nativeId);
  }

  /** What a supplier sells of one catalogue item, whether it is offered or not. */
  listingsOf(supplierId: string, item: ItemName): Listing[] {
    const { offered, withheld } = this.#onSale(supplierId, item);
    return [...offered.values(), ...withheld.values()];
  }

  /** Takes over what an update says of one catalogue item. */
  putItem(supplier: Supplier, terms: Terms, item: ItemUpdate, changes: ChangeList): void {
    this.#suppliers.set(supplier.id, supplier);
    const before = this.#onSale(supplier.id, item);
    const known = new Map([...before.offered, ...before.withheld]);
    const after = new Map(item.isWhole ? [] : known);
    for (const nativeId of item.gone) after.delete(nativeId);
    for (const listing of item.listings) {
      const { nativeId } = listing;
      const old = known.get(nativeId);
      if (!old) this.#removeElsewhere(supplier, terms, item, nativeId, changes);
      after.set(nativeId, old && isSameListing(old, listing) ? old : listing);
    }
    this.#replace(supplier, terms, item, { before, after }, changes);
  }

  /** Prices all that a supplier sells of one catalogue item, and offers or withholds it, as the terms say. */
  applyTerms(supplierId: string, terms: Terms, item: ItemName, changes: ChangeList): void {
    const [offered, withheld] = [this.offered.of(supplierId, item), this.withheld.of(supplierId, item)];
    const known = [offered ?? [], withheld ?? []].flat();
    const policy = terms.policies[item.game];
    const { availability } = terms;
    // This runs for all items, of which few change.
    const isAsBefore =
      known.every((account) => account.policy === policy) &&
      (!offered || isOffered(offered.highestMills, availability)) &&
      !(withheld && isOffered(withheld.lowestMills, availability));
    const [account] = known;
    if (isAsBefore || !account) return;
    const before = this.#onSale(supplierId, item);
    const after = new Map([...before.offered, ...before.withheld]);
    this.#replace(account.supplier, terms, item, { before, after }, changes);
  }

  /** Removes all that a supplier sells of one catalogue item. */
  removeItem(supplier: Supplier, terms: Terms, item: ItemName, changes: ChangeList): void {
    const before = this.#onSale(supplier.id, item);
    this.#replace(supplier, terms, item, { before, after: new Map() }, changes);
  }

  #find(supplier: Supplier, nativeId: string | null): readonly FoundOffer[] {
    if (nativeId === null) return [];
    return this.#places.of(supplier.id, nativeId).flatMap((item) => {
      const offered = this.offered.of(supplier.id, item)?.find(nativeId);
      const offer = offered ?? this.withheld.of(supplier.id, item)?.find(nativeId);
      return offer ? [{ offer, isOffered: offered !== undefined }] : [];
    });
  }

  #onSale(supplierId: string, item: ItemName): OnSale {
    const byId = (orders: OfferOrders) =>
      new Map((orders.of(supplierId, item)?.listings() ?? []).map((listing) => [listing.nativeId, listing]));
    return { offered: byId(this.offered), withheld: byId(this.withheld) };
  }

  /** For a listing that its marketplace called another item before. */
  #removeElsewhere(supplier: Supplier, terms: Terms, now: ItemName, nativeId: string, changes: ChangeList): void {
    for (const item of this.#places.of(supplier.id, nativeId)) {
      if (item.game === now.game && item.catalogId === now.catalogId) continue;
      const before = this.#onSale(supplier.id, item);
      const after = new Map([...before.offered, ...before.withheld]);
      if (after.delete(nativeId)) this.#replace(supplier, terms, item, { before, after }, changes);
    }
  }

  #replace(
    supplier: Supplier,
    terms: Terms,
    item: ItemName,
    { before, after }: { readonly before: OnSale; readonly after: ById },
    changes: ChangeList,
  ): void {
    const selling = { supplier, policy: terms.policies[item.game] };
    const [offered, withheld] = [new Map<string, Listing>(), new Map<string, Listing>()];
    for (const [nativeId, listing] of after) {
      (isOffered(listing.priceMills, terms.availability) ? offered : withheld).set(nativeId, listing);
    }
    for (const nativeId of this.#put(this.offered, selling, item, { before: before.offered, after: offered })) {
      changes.add(item.game, supplier, nativeId);
    }
    this.#put(this.withheld, selling, item, { before: before.withheld, after: withheld });
    const wasOnSale = (nativeId: string) => before.offered.has(nativeId) || before.withheld.has(nativeId);
    for (const nativeId of after.keys()) if (!wasOnSale(nativeId)) this.#places.add(supplier.id, nativeId, item);
    for (const known of [before.offered, before.withheld]) {
      for (const nativeId of known.keys()) if (!after.has(nativeId)) this.#places.delete(supplier.id, nativeId, item);
    }
  }

  /** @returns the native ids of what has changed */
  #put(
    orders: OfferOrders,
    selling: Selling,
    item: ItemName,
    { before, after }: { readonly before: ById; readonly after: ById },
  ): readonly string[] {
    const { supplier, policy } = selling;
    const isRepriced = orders.of(supplier.id, item)?.policy !== policy;
    const nativeIds = [...new Set([...before.keys(), ...after.keys()])];
    const changed = nativeIds.filter((id) => isRepriced || before.get(id) !== after.get(id));
    if (changed.length > 0) orders.put(selling, item, [...after.values()]);
    return changed;
  }
}
