import type { Static } from 'typebox';
import type { Caller } from '../auth/authenticate.ts';
import { listToJson } from '../http/long-list.ts';
import type { MarketView, Offer } from './market.ts';
import { isDevelopment, marketSearch, type SecureMarketQuery } from './requests.ts';
import { requireKnown, searchMarket } from './search-market.ts';
import { rowToWire, stamped } from './wire.ts';

/**
 * A page of `/market`, as JSON text.
 * @throws VALIDATION_FAILED; SERVICE_UNAVAILABLE while the market is not loaded
 */
export async function marketPage(
  market: MarketView,
  { feeBps }: Pick<Caller, 'feeBps'>,
  query: Static<typeof SecureMarketQuery>,
): Promise<string> {
  const search = marketSearch(query);
  requireKnown(market, search.game);
  // All offers come from marketplaces, so only `external` has rows.
  const hasRows = query.source === undefined || query.source === 'external';
  const { offers, count } = hasRows ? searchMarket(market, feeBps, search) : { offers: [], count: 0 };
  const asListed = (offer: Offer) => rowToWire(offer, feeBps);
  const items = await listToJson(offers, isDevelopment(query) ? (offer) => stamped(asListed(offer)) : asListed);
  return `{"items":${items},"count":${count}}`;
}
