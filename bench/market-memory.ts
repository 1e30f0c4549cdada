import { pino } from 'pino';
import { createSandboxCs2 } from '../sandbox/adapters/cs2/index.ts';
import { listingOf } from '../sandbox/adapters/cs2/map.ts';
import type { WireListing } from '../sandbox/adapters/cs2/shapes.ts';
import { MarketCache } from '../src/market/market-cache.ts';
import { cs2Listing } from './market-listings.ts';

/** What a CS2 listing costs in memory, read from JSON page by page as from a feed. Writes its bytes. */
const count = Number(process.argv[2]);
const PAGE = 2000;

const supplier = createSandboxCs2({ baseUrl: 'http://localhost', apiKey: '', hintSecret: '', timeoutMs: 1 });
const market = new MarketCache([supplier], pino({ level: 'silent' }));
const before = usedBytes();
await market.apply(supplier, { isWhole: true, listings: [...read()], gone: [] });
process.stdout.write(`${Math.round((usedBytes() - before) / market.countOf(supplier.id))}\n`);
await supplier.close();

function* read() {
  for (let from = 0; from < count; from += PAGE) {
    const rows = Array.from({ length: Math.min(PAGE, count - from) }, (_, i) => cs2Listing(from + i, 0));
    const page = JSON.parse(JSON.stringify(rows)) as WireListing[]; // written a line above
    for (const row of page) {
      const listing = listingOf(row);
      if (listing) yield listing;
    }
  }
}

function usedBytes(): number {
  // Twice: what the first round has freed may free more.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
