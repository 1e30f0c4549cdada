import { indexOf } from './catalogue.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { isInEffect, isSold } from './sales.ts';

/** One answer of the feed, for both sides. */
export interface FeedReply {
  /** Whether it has all listings on sale, or only changes since the cursor. */
  readonly isWhole: boolean;
  readonly onSale: readonly Listing[];
  readonly soldIds: readonly string[];
  readonly cursor: string;
  /** Whether more pages follow. */
  readonly hasMore: boolean;
}

interface FeedPosition {
  readonly sinceMs: number;
  /** The position while all listings are read; null: all were read, and only changes follow. */
  readonly offset: number | null;
}

const PAGE = 500;
const CURSOR = /^(\d{1,16})-(\d{1,16})(?:-(\d{1,7}))?$/;

/** The listings on sale. Without a cursor, or with an old one or one that is not valid any more, it begins from the start. */
export function feedOf(marketplace: Marketplace, side: Side, cursor: string | undefined): FeedReply {
  const nowMs = marketplace.nowMs;
  const position = positionOf(marketplace, cursor, nowMs);
  if (position === null) return wholeFrom(marketplace, side, nowMs, 0);
  if (position.offset !== null) return wholeFrom(marketplace, side, position.sinceMs, position.offset);
  return changesSince(marketplace, side, position.sinceMs, nowMs) ?? wholeFrom(marketplace, side, nowMs, 0);
}

/** @param sinceMs when reading began; later changes are sent again afterwards */
function wholeFrom(marketplace: Marketplace, side: Side, sinceMs: number, offset: number): FeedReply {
  const sold = new Set<string>();
  for (const order of marketplace.orders.ofOrdinarySince(side, 0)) {
    if (isInEffect(marketplace, order)) sold.add(order.listingId);
    else sold.delete(order.listingId);
  }
  const { listings } = indexOf(side);
  const page = listings.slice(offset, offset + PAGE);
  const hasMore = offset + PAGE < listings.length;
  return {
    isWhole: true,
    onSale: page.filter(({ nativeId }) => !sold.has(nativeId)),
    soldIds: [],
    cursor: cursorAt(marketplace, { sinceMs, offset: hasMore ? offset + PAGE : null }),
    hasMore,
  };
}

/** @returns null when it is too long ago. The work is proportional to the changes, because it is called every second */
function changesSince(marketplace: Marketplace, side: Side, sinceMs: number, nowMs: number): FeedReply | null {
  const moved = marketplace.movedSince(sinceMs);
  if (moved === null) return null;
  const { ordinary } = indexOf(side);
  const changed = new Set<Listing>();
  for (const first of moved.firsts) {
    for (let ordinal = first; ordinal < ordinary.length; ordinal += moved.step) {
      const listing = ordinary[ordinal];
      if (listing) changed.add(listing);
    }
  }
  const ordered = marketplace.orders.ofOrdinarySince(side, sinceMs).map((order) => marketplace.listingOf(order));
  for (const listing of ordered) changed.add(listing);
  const isOnSale = (listing: Listing) => !isSold(marketplace, listing);
  return {
    isWhole: false,
    onSale: [...changed].filter(isOnSale),
    // What was sold before is no news, although its price may have moved since.
    soldIds: [...new Set(ordered)].filter((listing) => !isOnSale(listing)).map(({ nativeId }) => nativeId),
    cursor: cursorAt(marketplace, { sinceMs: nowMs, offset: null }),
    hasMore: false,
  };
}

function cursorAt({ cursorsFromMs }: Marketplace, { sinceMs, offset }: FeedPosition): string {
  return offset === null ? `${cursorsFromMs}-${sinceMs}` : `${cursorsFromMs}-${sinceMs}-${offset}`;
}

/** @returns null for a read from the start */
function positionOf({ cursorsFromMs }: Marketplace, cursor: string | undefined, nowMs: number): FeedPosition | null {
  const match = CURSOR.exec(cursor ?? '');
  if (!match || Number(match[1]) !== cursorsFromMs || Number(match[2]) > nowMs) return null;
  return { sinceMs: Number(match[2]), offset: match[3] === undefined ? null : Number(match[3]) };
}
