import { errors } from '../core/errors.ts';
import { CS2, type Game } from '../core/games.ts';
import type { Mills } from '../core/money.ts';
import type { MarketView, Offer, OfferQuery } from '../market/market.ts';
import { quoteOffer } from '../market/pricing.ts';

/** What a quick buy looks for, as the merchant describes it. */
export interface QuickSearch {
  readonly game: Game;
  /** CS2: the catalogue id; Rust: a listing, which stands for all listings of its name. */
  readonly itemId?: string | undefined;
  readonly marketHashName?: string | undefined;
  readonly delivery: 'standard' | 'instant';
  readonly phase?: string | undefined;
}

const RETRY_AFTER_SECONDS = 2;

/**
 * The search as a query of the market.
 * @throws SERVICE_UNAVAILABLE until this node has read the whole market of the game; LISTING_NOT_FOUND for a Rust
 *   listing that is not on sale
 */
export function toOfferQuery(market: MarketView, search: QuickSearch): OfferQuery {
  const { game, itemId, marketHashName, delivery, phase } = search;
  if (!market.isKnown(game)) throw errors.of('SERVICE_UNAVAILABLE', { retryAfterSeconds: RETRY_AFTER_SECONDS });
  // Rust has one way of delivering only.
  if (game !== CS2) return { game, marketHashName: nameOf(market, itemId) ?? marketHashName ?? '' };
  return {
    game,
    ...(itemId === undefined ? { marketHashName: marketHashName ?? '' } : { catalogId: itemId }),
    delivery,
    ...(phase === undefined ? {} : { phase }),
  };
}

function nameOf(market: MarketView, listingId: string | undefined): string | undefined {
  if (listingId === undefined) return undefined;
  const offer = market.offer(listingId);
  if (!offer) throw errors.of('LISTING_NOT_FOUND', { details: { itemId: listingId } });
  return offer.listing.marketHashName;
}

/**
 * The offers that cost this merchant no more than `maxPrice`.
 * @param offers cheapest first
 */
export function within(offers: readonly Offer[], maxPrice: Mills, feeBps: number): readonly Offer[] {
  const end = offers.findIndex((offer) => quoteOffer(offer, feeBps) > maxPrice);
  return end < 0 ? offers : offers.slice(0, end);
}
