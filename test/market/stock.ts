import { pino } from 'pino';
import { CS2, type Game, RUST } from '../../src/core/games.ts';
import { toMills } from '../../src/core/money.ts';
import { MarketCache } from '../../src/market/market-cache.ts';
import type { Listing, Supplier } from '../../src/suppliers/supplier.ts';

/** As much of a supplier as a copy of the market needs: its name, its games and how its ids are spelled. */
export function seller(id: string, games: readonly Game[] = [CS2]): Supplier {
  const prefix = `${id}:`;
  const listingIds = {
    toPublic: (nativeId: string) => `${prefix}${nativeId}`,
    toNative: (publicId: string) => (publicId.startsWith(prefix) ? publicId.slice(prefix.length) : null),
  };
  const unasked = async () => ({ outcome: 'unknown', cause: 'nobody asks it anything here' }) as const;
  const asking = { listing: unasked, search: unasked, feed: unasked, buy: unasked, find: unasked };
  return {
    id,
    games,
    listingIds,
    ...asking,
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
  };
}

export function listing(nativeId: string, dollars: number, more: Partial<Listing> = {}): Listing {
  const game = more.game ?? CS2;
  return {
    nativeId,
    game,
    catalogId: game === RUST ? (more.marketHashName ?? 'Rock') : 'catalogue-item',
    marketHashName: game === RUST ? 'Rock' : 'AK-47 | Redline (Field-Tested)',
    delivery: 'standard',
    priceMills: toMills(BigInt(Math.round(dollars * 1000))),
    ...more,
  };
}

export function copyOf(...suppliers: readonly Supplier[]): MarketCache {
  return new MarketCache(suppliers, pino({ level: 'silent' }));
}

/** A copy that makes a break after each part of an update. */
export function slicedCopyOf(...suppliers: readonly Supplier[]): MarketCache {
  return new MarketCache(suppliers, pino({ level: 'silent' }), 0);
}

export function whole(...listings: readonly Listing[]) {
  return { isWhole: true, listings, gone: [] };
}

export function changed(listings: readonly Listing[], gone: readonly string[] = []) {
  return { isWhole: false, listings, gone };
}
