import { createServer } from 'node:http';
import { endWithParent } from './end-with-parent.ts';
import { cs2Listing, rustListing } from './market-listings.ts';

/**
 * Both sides of a large marketplace, as far as a gateway reads feeds of them: all listings first, in pages, and then at
 * each look a few hundred whose prices have moved. Writes its URL.
 */
const count = Number(process.argv[2]);
const moving = Number(process.argv[3]);
const PAGE = 2000;

interface Page {
  readonly isWhole: boolean;
  readonly indices: readonly number[];
  readonly turn: number;
  readonly cursor: string;
  readonly hasMore: boolean;
}

function pageAt(cursor: string | null): Page {
  const [kind, number] = (cursor ?? 'from-0').split('-');
  const at = Number(number);
  if (kind === 'from') {
    const next = Math.min(count, at + PAGE);
    const hasMore = next < count;
    return { isWhole: true, indices: range(at, next), turn: 0, cursor: hasMore ? `from-${next}` : 'turn-1', hasMore };
  }
  const indices = range(0, Math.min(moving, count)).map((i) => (at * 7919 + i * 199) % count);
  return { isWhole: false, indices: [...new Set(indices)], turn: at, cursor: `turn-${at + 1}`, hasMore: false };
}

function cs2Feed(cursor: string | null) {
  const { isWhole, indices, turn, ...page } = pageAt(cursor);
  const list = indices.map((index) => cs2Listing(index, turn));
  return { success: true, errorCode: 0, errorMsg: null, data: { full: isWhole, list, removed: [], ...page } };
}

function rustFeed(cursor: string | null) {
  const { isWhole, indices, turn, cursor: next, hasMore } = pageAt(cursor);
  const items = indices.map((index) => rustListing(index, turn));
  return { success: true, snapshot: isWhole, items, sold: [], next, more: hasMore };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  request.resume();
  response.setHeader('content-type', 'application/json');
  if (pathname === '/cs2/feed') response.end(JSON.stringify(cs2Feed(searchParams.get('cursor'))));
  else if (pathname === '/rust/feed') response.end(JSON.stringify(rustFeed(searchParams.get('since'))));
  // What a sandbox's gateway tells its marketplace at the start.
  else if (request.method === 'PUT') response.end('{}');
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
