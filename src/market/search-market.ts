import { errors } from '../errors.ts';
import type { Mills } from '../money.ts';
import type { Game } from '../suppliers/supplier.ts';
import { type CatalogueItem, priceOf, type Row } from './catalogue-item.ts';
import type { Market } from './market.ts';
import { firstWhere } from './ordered.ts';
import { quote } from './pricing.ts';
import { byRelevance, matching, wordsOf } from './relevance.ts';
import type { Shelf } from './shelf.ts';

export const sorts = ['relevance', 'priceAsc', 'priceDesc', 'nameAsc', 'nameDesc'] as const;

export interface MarketSearch {
  readonly game: Game;
  readonly search: string;
  readonly sort: (typeof sorts)[number];
  /** What the merchant pays, its fee included; null: open. */
  readonly minPrice: Mills | null;
  readonly maxPrice: Mills | null;
  /** From 1. */
  readonly page: number;
  /** -1: all on one page. */
  readonly perPage: number;
}

export interface FoundRows {
  readonly rows: readonly Row[];
  /** All that match, on whatever page. */
  readonly count: number;
}

const RETRY_AFTER_SECONDS = 2;

/** @throws SERVICE_UNAVAILABLE while nobody can say what is on sale */
export function requireKnown(market: Market, game: Game): void {
  if (market.isKnown(game)) return;
  throw errors.of('SERVICE_UNAVAILABLE', {
    message: 'The marketplace has not told yet what is on sale.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/** A page of what is on sale, by name and price: of CS2 a row for each catalogue item, of Rust one for each listing. */
export function searchMarket(market: Market, feeBps: number, query: MarketSearch): FoundRows {
  const { page, perPage } = query;
  const found = findRows(market.shelf(query.game), feeBps, query);
  const rows = perPage === -1 ? (page === 1 ? found : []) : found.slice((page - 1) * perPage, page * perPage);
  return { rows, count: found.length };
}

/** Rows at one price, or of one name, keep one order: cheapest first, and those of the same price by their ids. */
function findRows(shelf: Shelf, feeBps: number, { search, sort, minPrice, maxPrice }: MarketSearch): readonly Row[] {
  const { rows } = shelf;
  // A dearer listing never costs a merchant less, so that the order of the shelf is everybody's.
  const low = minPrice === null ? 0 : firstWhere(rows, (row) => quote(priceOf(row), feeBps) >= minPrice);
  const high = maxPrice === null ? rows.length : firstWhere(rows, (row) => quote(priceOf(row), feeBps) > maxPrice);
  const words = wordsOf(search);
  const items = matching(shelf.items, words);
  if (sort === 'priceAsc' || sort === 'priceDesc') {
    const within = rows.slice(low, Math.max(low, high));
    const found = words.length === 0 ? within : ofItems(within, items);
    return sort === 'priceAsc' ? found : found.reverse();
  }
  const ordered = sort === 'nameDesc' ? items.toReversed() : sort === 'nameAsc' ? items : byRelevance(items, words);
  const [from, to] = [rows[low], rows[high]];
  if (low >= high || from === undefined) return [];
  return ordered.flatMap((item) => between(item.rows, priceOf(from), to && priceOf(to)));
}

function ofItems(rows: readonly Row[], items: readonly CatalogueItem[]): Row[] {
  const wanted = new Set(items);
  return rows.filter(({ item }) => wanted.has(item));
}

/** @param to the first price that is too high; undefined: none is */
function between(rows: readonly Row[], from: Mills, to: Mills | undefined): readonly Row[] {
  return rows.filter((row) => priceOf(row) >= from && (to === undefined || priceOf(row) < to));
}
