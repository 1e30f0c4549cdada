import { setTimeout as pause } from 'node:timers/promises';
import type { FeedAnswer, Listing } from '../supplier.ts';
import { readItems, readListings } from './answers.ts';
import type { Cs2dtClient } from './client.ts';
import type { CatalogueItem } from './map.ts';

/** With two calls a second they are read in less than a minute; a feed that is not read for ten minutes is hidden. */
const ITEMS_MAX = 100;
/** Every answer is whole, so a cursor says nothing. */
const CURSOR = 'whole';

/**
 * Reads what the operator has chosen to offer: the cheapest listings of each item that one of the searches finds. The
 * marketplace has no list of everything that is fit to be read. If one call gives no clear answer, the whole is unknown:
 * the rest would look like everything.
 * @param pauseMs before each call, because all calls of an account share one limit
 */
export async function readFeed(
  client: Cs2dtClient,
  searches: readonly string[],
  pauseMs: number,
  signal?: AbortSignal,
): Promise<FeedAnswer> {
  const items = new Map<string, CatalogueItem>();
  for (const keyword of searches) {
    await pauseUnless(signal, pauseMs);
    const found = readItems(await client.search(keyword, signal));
    if ('outcome' in found) return found;
    for (const item of found) if (items.size < ITEMS_MAX) items.set(item.itemId, item);
  }
  const listings = new Map<string, Listing>();
  for (const item of items.values()) {
    await pauseUnless(signal, pauseMs);
    const found = readListings(await client.cheapest(item.itemId, signal), item);
    if ('outcome' in found) return found;
    for (const listing of found) listings.set(listing.nativeId, listing);
  }
  return { outcome: 'read', cursor: CURSOR, isWhole: true, listings: [...listings.values()], gone: [] };
}

/** Ends early when the signal is aborted; the call that follows then ends as well. */
async function pauseUnless(signal: AbortSignal | undefined, ms: number): Promise<void> {
  // A timer cannot be shorter than a millisecond.
  if (ms >= 1) await pause(ms, undefined, { signal }).catch(() => {});
}
