import type { Listing } from '../suppliers/supplier.ts';
import { ItemUpdates } from './item-updates.ts';
import type { FeedUpdate } from './market-cache.ts';
import type { OfferStore } from './offer-store.ts';
import { isSameListing } from './same-listing.ts';

/** So many listings are one part of the work. */
const GROUPED_AT_ONCE = 256;

/** All listings of a supplier, item by item. */
export function* allListings(store: OfferStore, supplierId: string): Generator<void, Listing[]> {
  // An item that is withheld in part comes twice, and may move while this goes on.
  const all = new Map<string, Listing>();
  for (const item of store.items()) {
    for (const listing of store.listingsOf(supplierId, item)) all.set(listing.nativeId, listing);
    yield;
  }
  return [...all.values()];
}

/** What changes if a supplier sells these listings and nothing else. */
export function* difference(
  store: OfferStore,
  supplierId: string,
  listings: readonly Listing[],
): Generator<void, FeedUpdate> {
  const listed = new ItemUpdates(true);
  for (const [index, listing] of listings.entries()) {
    listed.add(listing);
    if (index % GROUPED_AT_ONCE === 0) yield;
  }
  const changed = new Map<string, Listing>();
  const gone = new Set<string>();
  for (const item of listed.all()) {
    const known = new Map<string, Listing>();
    for (const each of store.listingsOf(supplierId, item)) known.set(each.nativeId, each);
    for (const listing of item.listings) {
      const before = known.get(listing.nativeId);
      known.delete(listing.nativeId);
      if (!before || !isSameListing(before, listing)) changed.set(listing.nativeId, listing);
    }
    for (const nativeId of known.keys()) gone.add(nativeId);
    yield;
  }
  for (const item of store.items()) {
    if (listed.has(item)) continue;
    for (const { nativeId } of store.listingsOf(supplierId, item)) gone.add(nativeId);
    yield;
  }
  // A listing that its marketplace calls another item now is not gone.
  for (const nativeId of changed.keys()) gone.delete(nativeId);
  return { isWhole: false, listings: [...changed.values()], gone: [...gone] };
}
