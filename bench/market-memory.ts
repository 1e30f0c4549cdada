import { pino } from 'pino';
import { CS2 } from '../src/core/games.ts';
import { MarketCache } from '../src/market/market-cache.ts';
import { benchMarket, listingOf } from './market-kind.ts';
import { cs2Listing, type ListingOnWire } from './market-listings.ts';

/** What a CS2 listing costs in memory, read from JSON page by page as from a feed. Writes its bytes. */
const count = Number(process.argv[2]);
const PAGE = 2000;

const account = { id: 'bench-cs2', settings: {}, timeoutMs: 1, listingsPerName: 1 };
const supplier = benchMarket('bench-cs2', CS2, '').create(account);
const market = new MarketCache([supplier], pino({ level: 'silent' }));
const before = usedBytes();
await market.apply(supplier, { isWhole: true, listings: [...read()], gone: [] });
process.stdout.write(`${Math.round((usedBytes() - before) / market.countOf(supplier.id))}\n`);

function* read() {
  for (let from = 0; from < count; from += PAGE) {
    const rows = Array.from({ length: Math.min(PAGE, count - from) }, (_, i) => cs2Listing(from + i, 0));
    const page = JSON.parse(JSON.stringify(rows)) as ListingOnWire[]; // written a line above
    for (const row of page) yield listingOf(row, CS2);
  }
}

function usedBytes(): number {
  // Twice: what the first round has freed may free more.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
