import type { Static } from 'typebox';
import type { Caller } from '../auth/authenticate.ts';
import type { Market } from './market.ts';
import { isDevelopment, marketSearch, type SecureMarketQuery } from './requests.ts';
import { requireKnown, searchMarket } from './search-market.ts';
import { type MarketPage, rowToWire, stamped } from './wire.ts';

/**
 * What is on sale, as `/market` shows it.
 * @throws VALIDATION_FAILED; SERVICE_UNAVAILABLE while nobody can say what is on sale
 */
export function marketPage(
  market: Market,
  { feeBps }: Pick<Caller, 'feeBps'>,
  query: Static<typeof SecureMarketQuery>,
): Static<typeof MarketPage> {
  const search = marketSearch(query);
  requireKnown(market, search.game);
  // The gateway has no stock of its own: all there is comes from marketplaces.
  if (query.source !== undefined && query.source !== 'external') return { items: [], count: 0 };
  const { rows, count } = searchMarket(market, feeBps, search);
  const items = rows.map((row) => rowToWire(row, feeBps));
  return { items: isDevelopment(query) ? items.map(stamped) : items, count };
}
