import { createServer } from 'node:http';
import { CS2, RUST } from '../src/core/games.ts';
import { endWithParent } from './end-with-parent.ts';
import type { FeedPage } from './market-kind.ts';
import { cs2Listing, type ListingOnWire, rustListing } from './market-listings.ts';

/**
 * A large marketplace of each game, as far as a gateway reads feeds of it: all listings first, in pages, and then at each
 * look a few hundred whose prices have moved. Writes its URL.
 */
const count = Number(process.argv[2]);
const moving = Number(process.argv[3]);
const PAGE = 2000;

const makers: Readonly<Record<string, (index: number, turn: number) => ListingOnWire>> = {
  [`/${CS2}`]: cs2Listing,
  [`/${RUST}`]: rustListing,
};

function pageAt(cursor: string | null, make: (index: number, turn: number) => ListingOnWire): FeedPage {
  const [kind, number] = (cursor ?? 'from-0').split('-');
  const at = Number(number);
  if (kind === 'from') {
    const next = Math.min(count, at + PAGE);
    const hasMore = next < count;
    const listings = range(at, next).map((index) => make(index, 0));
    return { isWhole: true, listings, cursor: hasMore ? `from-${next}` : 'turn-1', hasMore };
  }
  const indices = new Set(range(0, Math.min(moving, count)).map((i) => (at * 7919 + i * 199) % count));
  const listings = [...indices].map((index) => make(index, at));
  return { isWhole: false, listings, cursor: `turn-${at + 1}`, hasMore: false };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  request.resume();
  response.setHeader('content-type', 'application/json');
  const make = makers[pathname];
  if (make) response.end(JSON.stringify(pageAt(searchParams.get('cursor'), make)));
  else response.writeHead(404).end('{}');
});

endWithParent(async () => {
  server.closeAllConnections();
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}\n`);
});
