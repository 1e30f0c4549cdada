import { request } from 'undici';
import type { Game } from '../src/core/games.ts';
import { toMills } from '../src/core/money.ts';
import type { SupplierKind } from '../src/suppliers/kind.ts';
import type { FeedAnswer, Listing, Supplier } from '../src/suppliers/supplier.ts';
import type { ListingOnWire } from './market-listings.ts';

/** An answer of the marketplace of this benchmark. */
export interface FeedPage {
  readonly isWhole: boolean;
  readonly listings: readonly ListingOnWire[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

/**
 * A marketplace that sells one game and tells what has moved since a cursor, which none of the real ones does: here the
 * questions of merchants are measured, and in `feeds` the reading of whole lists.
 */
export function benchMarket(name: string, game: Game, url: string): SupplierKind {
  const prefix = `${name}:`;
  return {
    name,
    games: [game],
    settings: [],
    create: ({ id }): Supplier => ({
      id,
      games: [game],
      listingIds: {
        toPublic: (nativeId) => `${prefix}${nativeId}`,
        toNative: (publicId) => (publicId.startsWith(prefix) ? publicId.slice(prefix.length) : null),
      },
      feed: (cursor) => readFeed(`${url}/${game}`, game, cursor),
      listing: async () => unasked,
      buy: async () => unasked,
      find: async () => unasked,
      findMax: 1,
      lookupDelayMs: 0,
      repeats: 'unsafe',
      settles: 'told',
      balance: null,
      history: null,
      checkTradeUrl: null,
      listings: null,
      cancel: null,
      push: null,
      connection: null,
      close: async () => {},
    }),
  };
}

const unasked = { outcome: 'unknown', cause: 'nothing is bought here' } as const;

async function readFeed(url: string, game: Game, cursor: string | null): Promise<FeedAnswer> {
  const listings: Listing[] = [];
  for (let at = cursor; ; ) {
    const { body } = await request(at === null ? url : `${url}?cursor=${at}`);
    const page = (await body.json()) as FeedPage; // the server of this benchmark
    for (const row of page.listings) listings.push(listingOf(row, game));
    at = page.cursor;
    if (!page.hasMore) return { outcome: 'read', cursor: at, isWhole: page.isWhole, listings, gone: [] };
  }
}

export function listingOf({ priceMills, ...row }: ListingOnWire, game: Game): Listing {
  return { ...row, game, priceMills: toMills(BigInt(priceMills)) };
}
