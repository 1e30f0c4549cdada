import type { Caller } from '../auth/authenticate.ts';
import { errors } from '../core/errors.ts';
import type { MarketView, OfferQuery } from './market.ts';
import { requireKnown } from './search-market.ts';
import { type ListingWire, listingToWire } from './wire.ts';

/**
 * A page of the listings of one item, cheapest first.
 * @throws LISTING_NOT_FOUND when the item has no listing; SERVICE_UNAVAILABLE while the market is not loaded
 */
export function itemListings(
  market: MarketView,
  caller: Pick<Caller, 'feeBps'>,
  query: OfferQuery,
  { page, perPage }: { readonly page: number; readonly perPage: number },
): ListingWire[] {
  requireKnown(market, query.game);
  const offers = market.offers(query);
  if (offers.length === 0) throw errors.of('LISTING_NOT_FOUND');
  return offers.slice((page - 1) * perPage, page * perPage).map((offer) => listingToWire(offer, caller.feeBps));
}
