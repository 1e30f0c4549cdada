import Type, { type Static } from 'typebox';
import { errors } from '../core/errors.ts';
import { boundFromDollars } from '../core/money.ts';
import { given, orNull } from '../http/nullable.ts';
import { Text } from '../http/validation.ts';
import type { OfferQuery } from './market.ts';
import { phases } from './phases.ts';
import { type MarketSearch, sorts } from './search-market.ts';

/** The query parameters of the market routes, for merchants and clients. */

export const GameField = Type.Optional(
  Type.Enum(['730', '252490'], { default: '730', description: '730 is CS2, 252490 is Rust' }),
);
const Page = Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1 }));

const Bound = orNull(Type.Number({ minimum: 0, description: 'Dollars, including the fee' }));
const Float = orNull(Type.Number({ minimum: 0, maximum: 1 }));

export const MarketQuery = Type.Object({
  game: GameField,
  search: Type.Optional(Text(0, 100, { description: 'Words of the name, in any order; all must match' })),
  sort: Type.Optional(Type.Enum([...sorts], { default: 'relevance' })),
  minPrice: Bound,
  maxPrice: Bound,
  page: Page,
  perPage: Type.Optional(Type.Integer({ minimum: -1, maximum: 1_000_000, default: 50, description: '-1: all rows' })),
  development: Type.Optional(
    Type.Enum(['true', 'false', '1', '0'], {
      default: 'false',
      description: 'Rows with made-up values in every field',
    }),
  ),
});

/** Only merchants can choose a source. */
export const SecureMarketQuery = Type.Object({
  ...MarketQuery.properties,
  source: Type.Optional(Type.Enum(['internal', 'external', 'Xk9W'], { description: 'All listings are `external`' })),
});

export const ItemQuery = Type.Object({
  itemId: Type.Optional(Text(1, 256, { description: 'Catalogue id; takes precedence over marketHashName' })),
  marketHashName: Type.Optional(Text(1, 256)),
  delivery: Type.Optional(Type.Enum(['any', 'standard', 'instant'], { default: 'any' })),
  phase: Type.Optional(Type.Enum([...phases])),
  floatMin: Float,
  floatMax: Float,
  page: Page,
  perPage: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});

/** @throws VALIDATION_FAILED for values that the schema cannot check */
export function marketSearch(query: Static<typeof MarketQuery>): MarketSearch {
  const { game = '730', search = '', sort = 'relevance', page = 1, perPage = 50 } = query;
  if (perPage === 0) throw errors.validationFailed({ perPage: 'must be at least 1, or -1 for all rows' });
  const [min, max] = [given(query.minPrice), given(query.maxPrice)];
  const minPrice = min === undefined ? null : boundFromDollars(min, 'up', 'minPrice');
  const maxPrice = max === undefined ? null : boundFromDollars(max, 'down', 'maxPrice');
  return { game, search, sort, minPrice, maxPrice, page, perPage };
}

export function isDevelopment({ development }: Static<typeof MarketQuery>): boolean {
  return development === 'true' || development === '1';
}

/** @throws VALIDATION_FAILED when the query has no item */
export function offerQuery(query: Static<typeof ItemQuery>): OfferQuery {
  const { itemId, marketHashName, delivery, phase } = query;
  if (itemId === undefined && marketHashName === undefined) {
    throw errors.validationFailed({ itemId: 'is required where marketHashName is not given' });
  }
  const [floatMin, floatMax] = [given(query.floatMin), given(query.floatMax)];
  return {
    game: '730',
    ...(itemId === undefined ? { marketHashName: marketHashName ?? '' } : { catalogId: itemId }),
    ...(delivery === undefined || delivery === 'any' ? {} : { delivery }),
    ...(phase === undefined ? {} : { phase }),
    ...(floatMin === undefined ? {} : { floatMin }),
    ...(floatMax === undefined ? {} : { floatMax }),
  };
}
