import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { isFailure } from '../../api/failure.ts';
import type { MarketListing, MarketListings, operations } from '../../api/schema.d.ts';

export type { MarketListing, MarketListings };

type Query = NonNullable<operations['getMarket']['parameters']['query']>;
export type Game = NonNullable<Query['game']>;
export type Sort = NonNullable<Query['sort']>;

export const games: readonly Game[] = ['730', '252490'];
export const sorts: Readonly<Record<Sort, string>> = {
  relevance: 'Best match first',
  priceAsc: 'Cheapest first',
  priceDesc: 'Most expensive first',
  nameAsc: 'By name',
  nameDesc: 'By name, reversed',
};

/** Of an address, which can name a game that does not exist. */
export function gameIn(text: string | undefined): Game {
  return games.find((game) => game === text) ?? '730';
}

export function isSort(text: string | undefined): text is Sort {
  return text !== undefined && Object.hasOwn(sorts, text);
}

export interface MarketFilters {
  readonly game?: string;
  readonly q?: string;
  readonly sort?: string;
  /** Dollars. */
  readonly min?: string;
  readonly max?: string;
  /** The id of the merchant. */
  readonly merchant?: string;
}

export const PER_PAGE = 50;

/** Each request counts for the limits of a member's merchant, and prices move slowly. */
const REFRESH_MS = 30_000;
const UNAVAILABLE_MS = 5000;

export interface MarketPage extends MarketListings {
  /** Why there are no rows: no marketplace has said yet what it sells, or none does any more. */
  readonly unavailable?: string;
}

export function useMarket(filters: MarketFilters, page: number) {
  const { game, q, sort, min, max, merchant } = filters;
  const query: Query = {
    ...{ game: gameIn(game), page, perPage: PER_PAGE },
    ...(q ? { search: q } : {}),
    ...(isSort(sort) ? { sort } : {}),
    ...(min ? { minPrice: Number(min) } : {}),
    ...(max ? { maxPrice: Number(max) } : {}),
    ...(merchant ? { merchantId: merchant } : {}),
  };
  return useQuery({
    ...marketOptions,
    queryKey: ['market', query],
    queryFn: ({ signal }) => orUnavailable(dataOf(api.GET('/operator/v1/market', { params: { query }, signal }))),
  });
}

interface Item {
  readonly game: Game;
  readonly name: string;
  readonly merchant: string | undefined;
}

/** The listings of an item, cheapest first. */
export function useListings({ game, name, merchant }: Item, page: number) {
  const query = { game, name, page, perPage: PER_PAGE, ...(merchant ? { merchantId: merchant } : {}) };
  return useQuery({
    ...marketOptions,
    queryKey: ['market', 'listings', query],
    queryFn: ({ signal }) =>
      orUnavailable(dataOf(api.GET('/operator/v1/market/listings', { params: { query }, signal }))),
  });
}

const marketOptions = {
  // The page before stays until the next one is there.
  placeholderData: (earlier: MarketPage | undefined) => earlier,
  refetchInterval: ({ state }: { readonly state: { readonly data: MarketPage | undefined } }) =>
    state.data?.unavailable === undefined ? REFRESH_MS : UNAVAILABLE_MS,
};

/** A market that is not there yet is no failure of the screen, which asks again until it is. */
async function orUnavailable(answer: Promise<MarketListings>): Promise<MarketPage> {
  return answer.catch((error: unknown) => {
    if (!(error instanceof Error) || !isFailure(error, 'SERVICE_UNAVAILABLE')) throw error;
    return { items: [], count: 0, unavailable: error.message };
  });
}
