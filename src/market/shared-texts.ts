import type { Listing } from '../suppliers/supplier.ts';

/**
 * Returns the listing with strings shared with an equal listing of the same item. JSON parsing creates new strings for
 * each listing; for a hundred thousand listings that is tens of megabytes.
 */
export function sharedTexts(listing: Listing, copy: Listing): Listing {
  const shared: Record<string, unknown> = { ...listing };
  // No list of entries is made, because this runs for each listing of a large feed.
  for (const name in copy) {
    const value = copy[name as keyof Listing]; // the keys of a listing
    if (typeof value === 'string' && shared[name] === value) shared[name] = value;
  }
  // Values are replaced only by equal values, so the type stays the same.
  return shared as unknown as Listing;
}
