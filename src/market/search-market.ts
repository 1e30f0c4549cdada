import { errors } from '../core/errors.ts';
import type { Game } from '../core/games.ts';
import type { Mills } from '../core/money.ts';
import type { MarketView } from './market.ts';
import { type OfferPage, pageByName, pageByPrice } from './pages.ts';
import { PriceRange } from './price-range.ts';
import { byRelevance, matching, wordsOf } from './relevance.ts';

export const sorts = ['relevance', 'priceAsc', 'priceDesc', 'nameAsc', 'nameDesc'] as const;

export interface MarketSearch {
  readonly game: Game;
  readonly search: string;
  readonly sort: (typeof sorts)[number];
  /** The merchant's price including its fee; null: no limit. */
  readonly minPrice: Mills | null;
  readonly maxPrice: Mills | null;
  /** From 1. */
  readonly page: number;
  /** -1: all on one page. */
  readonly perPage: number;
}

const RETRY_AFTER_SECONDS = 2;
const ALL = Number.MAX_SAFE_INTEGER;

/** @throws SERVICE_UNAVAILABLE while the market is not loaded, or no marketplace of the game completes purchases */
export function requireKnown(market: MarketView, game: Game): void {
  if (market.isKnown(game)) return;
  throw errors.of('SERVICE_UNAVAILABLE', {
    message: 'The market is not available at the moment. Retry later.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/** A page of the market. CS2: the cheapest listing of each item. Rust: all listings. */
export function searchMarket(market: MarketView, feeBps: number, query: MarketSearch): OfferPage {
  const { search, sort, page, perPage } = query;
  const index = market.index(query.game);
  const span =
    perPage === -1 ? { start: page === 1 ? 0 : ALL, end: ALL } : { start: (page - 1) * perPage, end: page * perPage };
  const range = new PriceRange(index.shown, feeBps, query);
  const words = wordsOf(search);
  const items = matching(index.items, words);
  switch (sort) {
    case 'priceAsc':
    case 'priceDesc':
      return pageByPrice(items, words, range, span, sort === 'priceDesc');
    case 'nameAsc':
      return pageByName(items, range, span);
    case 'nameDesc':
      return pageByName(items.toReversed(), range, span);
    case 'relevance':
      return pageByName(byRelevance(items, search), range, span);
  }
}
