import { testListings } from '../../sandbox/marketplace/catalogue.ts';
import type { Side } from '../../sandbox/marketplace/listing.ts';
import { CS2, RUST } from '../../src/core/games.ts';
import type { MarketCache } from '../../src/market/market-cache.ts';
import type { Listing, Supplier } from '../../src/suppliers/supplier.ts';

/** The length of a slice in which a market takes over any number of listings at once. */
export const UNDIVIDED = Number.POSITIVE_INFINITY;

/** What is on sale, as every node knows it: the test listings, which neither sell out nor change their prices. */
const onSale: Readonly<Record<Side, readonly Listing[]>> = { cs2: listingsOf('cs2'), rust: listingsOf('rust') };

function listingsOf(side: Side): Listing[] {
  return testListings
    .filter((testListing) => testListing.side === side)
    .map(({ nativeId, catalogId, marketHashName, instant, phase, listedMills }) => ({
      nativeId,
      game: side === 'cs2' ? CS2 : RUST,
      catalogId,
      marketHashName,
      delivery: instant ? 'instant' : 'standard',
      ...(phase === null ? {} : { phase }),
      priceMills: listedMills,
    }));
}

/** A node that has read every feed. */
export function layOut(market: MarketCache, suppliers: readonly Supplier[]): MarketCache {
  for (const supplier of suppliers) {
    const side = supplier.games.includes(CS2) ? 'cs2' : 'rust';
    // Done when this returns, because it is not divided: a node starts within one step of the scheduler.
    void market.apply(supplier, { isWhole: true, listings: onSale[side], gone: [] });
  }
  return market;
}
