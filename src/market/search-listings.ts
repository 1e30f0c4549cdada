import type { Caller } from '../auth/authenticate.ts';
import type { Deps } from '../deps.ts';
import { errors } from '../errors.ts';
import { CS2, type ListingQuery, type Supplier } from '../suppliers/supplier.ts';
import { type ListingWire, listingToWire } from './wire.ts';

const RETRY_AFTER_SECONDS = 2;

/**
 * Listings of one CS2 item from all suppliers that have it, cheapest first.
 * @throws LISTING_NOT_FOUND when no supplier has one; SERVICE_UNAVAILABLE when none gave a clear answer
 */
export async function searchListings(deps: Deps, caller: Caller, query: ListingQuery): Promise<ListingWire[]> {
  const sellers = deps.suppliers.all.filter((supplier) => supplier.games.includes(CS2));
  const answers = await Promise.all(sellers.map((supplier) => search(deps, supplier, query)));
  const clear = answers.filter((answer) => answer !== null);
  if (clear.length === 0 && sellers.length > 0) {
    throw errors.of('SERVICE_UNAVAILABLE', { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  const listings = clear.flatMap(({ supplier, listings: found }) =>
    found.map((listing) => listingToWire(supplier, listing, caller.feeBps)),
  );
  if (listings.length === 0 && query.page === 1) throw errors.of('LISTING_NOT_FOUND');
  return listings.sort((a, b) => a.offer.price - b.offer.price).slice(0, query.perPage);
}

async function search(deps: Deps, supplier: Supplier, query: ListingQuery) {
  const answer = await supplier.search(query);
  deps.metrics.supplierCalls.inc({ supplier: supplier.id, call: 'search', outcome: answer.outcome });
  if (answer.outcome === 'found') return { supplier, listings: answer.listings };
  deps.log.warn({ supplier: supplier.id, cause: answer.cause }, 'a search got no clear answer');
  return null;
}
