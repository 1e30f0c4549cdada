import { byPrice, type CatalogueItem } from './catalogue-item.ts';
import type { Offer } from './market.ts';
import type { PriceRange } from './price-range.ts';
import { holdsAll } from './relevance.ts';

export interface FoundPage {
  readonly offers: readonly Offer[];
  /** All that match, on whatever page. */
  readonly count: number;
}

/** Which of those that match are on the page; `end` is not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Up to this share of the market it is faster to sort what was found than to walk over everything in its order. */
const SORT_THRESHOLD = 1 / 8;

/** Counts them all, and brings only those of the page: most of what matches is on no page that is asked for. */
export function pageByName(items: readonly CatalogueItem[], range: PriceRange, { start, end }: Span): FoundPage {
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

/** @param items those whose names hold the words */
export function pageByPrice(
  items: readonly CatalogueItem[],
  words: readonly string[],
  range: PriceRange,
  { start, end }: Span,
  isDescending: boolean,
): FoundPage {
  if (words.length === 0)
    return { offers: sliceOf(range.offers, start, end, isDescending), count: range.offers.length };
  const count = items.reduce((sum, item) => sum + range.countOf(item), 0);
  if (count < range.offers.length * SORT_THRESHOLD) {
    const found = items.flatMap((item) => range.of(item)).sort(byPrice);
    return { offers: sliceOf(found, start, end, isDescending), count };
  }
  return { offers: walk(range.offers, words, { start, end: Math.min(end, count) }, isDescending), count };
}

/** Goes over offers in their order, as far as the page reaches. */
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
    if (!offer || !holdsAll(offer.listing.marketHashName.toLowerCase(), words)) continue;
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
