import type { Listing } from '../suppliers/supplier.ts';

/**
 * The same listing, with the texts that another copy of the same item has too taken from there. A name or a picture's
 * address read from JSON is a text of its own for each listing: for a hundred thousand of them that is tens of megabytes.
 */
export function sharedTexts(listing: Listing, copy: Listing): Listing {
  const shared: Record<string, unknown> = { ...listing };
  for (const [name, value] of Object.entries(copy)) {
    if (typeof value === 'string' && shared[name] === value) shared[name] = value;
  }
  // Only replaced by what is equal.
  return shared as unknown as Listing;
}
