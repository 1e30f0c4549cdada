import { byPrice } from './account-offers.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { Offer } from './market.ts';
import type { PriceRange } from './price-range.ts';
import { containsAll } from './relevance.ts';

export interface OfferPage {
  readonly offers: readonly Offer[];
  /** The number of all matching offers, on all pages. */
  readonly count: number;
}

/** The range of matching offers on the page; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Below this share of the market, sorting the matches is faster than walking over all sorted offers. */
const SORT_THRESHOLD = 1 / 8;

/** Counts all matches, but collects only the offers of the page. */
export function pageByName(items: readonly CatalogueItem[], range: PriceRange, { start, end }: Span): OfferPage {
  const offers: Offer[] = [];
  let count = 0;
  for (const item of items) {
    const found = range.countOf(item);
    if (found > 0 && count < end && count + found > start) {
      const from = Math.max(0, start - count);
      for (const offer of range.of(item).slice(from, end - count)) offers.push(offer);
    }
    count += found;
  }
  return { offers, count };
}

/** @param items the items whose names contain the words */
export function pageByPrice(
  items: readonly CatalogueItem[],
  words: readonly string[],
  range: PriceRange,
  { start, end }: Span,
  isDescending: boolean,
): OfferPage {
  if (words.length === 0)
    return { offers: sliceOf(range.offers, start, end, isDescending), count: range.offers.length };
  const count = items.reduce((sum, item) => sum + range.countOf(item), 0);
  if (count < range.offers.length * SORT_THRESHOLD) {
    const found = items.flatMap((item) => range.of(item)).sort(byPrice);
    return { offers: sliceOf(found, start, end, isDescending), count };
  }
  return { offers: walk(range.offers, words, { start, end: Math.min(end, count) }, isDescending), count };
}

/** Collects matching offers in order, until the page is full. */
function walk(
  ordered: readonly Offer[],
  words: readonly string[],
  { start, end }: Span,
  isDescending: boolean,
): Offer[] {
  const offers: Offer[] = [];
  let found = 0;
  for (let step = 0; step < ordered.length && found < end; step++) {
    const offer = ordered[isDescending ? ordered.length - 1 - step : step];
    if (!offer || !containsAll(offer.listing.marketHashName.toLowerCase(), words)) continue;
    if (found >= start) offers.push(offer);
    found++;
  }
  return offers;
}

function sliceOf(ordered: readonly Offer[], start: number, end: number, isDescending: boolean): readonly Offer[] {
  if (!isDescending) return ordered.slice(start, end);
  const { length } = ordered;
  return ordered.slice(Math.max(0, length - end), Math.max(0, length - start)).reverse();
}
