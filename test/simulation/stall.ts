import { CS2, RUST } from '../../src/core/games.ts';
import { toMills } from '../../src/core/money.ts';
import type { MarketCache } from '../../src/market/market-cache.ts';
import type { Listing, Supplier } from '../../src/suppliers/supplier.ts';
import { marketOf, type SimMarket, stockOf } from './markets.ts';

/** The length of a slice in which a market takes over any number of listings at once. */
export const UNDIVIDED = Number.POSITIVE_INFINITY;

/** What is on sale, as every node knows it. */
function listingsOf(market: SimMarket): Listing[] {
  return [...stockOf(market)].map(([nativeId, listing]) => {
    const { side, catalogId, marketHashName, instant, phase, listedMills } = listing;
    return {
      nativeId,
      game: side === 'cs2' ? CS2 : RUST,
      catalogId,
      marketHashName,
      delivery: instant ? 'instant' : 'standard',
      ...(phase === null ? {} : { phase }),
      priceMills: toMills(market.priceOnWire(listedMills)),
    };
  });
}

/** A node that has read every feed. */
export function layOut(market: MarketCache, suppliers: readonly Supplier[]): MarketCache {
  for (const supplier of suppliers) {
    const listings = listingsOf(marketOf(supplier.id));
    // Done when this returns, because it is not divided: a node starts within one step of the scheduler.
    void market.apply(supplier, { isWhole: true, listings, gone: [] });
  }
  return market;
}
