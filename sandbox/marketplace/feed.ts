import { shelfOf } from './catalogue.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { movedBetween } from './prices.ts';
import { isSold, stands } from './sales.ts';

/** One answer of the feed, in words of both sides. */
export interface FeedReply {
  /** Everything that is on sale, or what changed since the cursor. */
  readonly isWhole: boolean;
  readonly onSale: readonly Listing[];
  readonly soldIds: readonly string[];
  readonly cursor: string;
  /** The rest of everything is behind the cursor. */
  readonly hasMore: boolean;
}

interface Place {
  readonly sinceMs: number;
  /** In the midst of reading everything; null: all was read, and changes are asked for. */
  readonly offset: number | null;
}

const PAGE = 500;
const CURSOR = /^(\d{1,16})-(\d{1,16})(?:-(\d{1,7}))?$/;

/** What is on sale. A cursor that is old, of another start of the marketplace, or none at all begins from the start. */
export function feedOf(marketplace: Marketplace, side: Side, cursor: string | undefined): FeedReply {
  const nowMs = marketplace.nowMs;
  const place = placeOf(marketplace, cursor, nowMs);
  if (place === null) return wholeFrom(marketplace, side, nowMs, 0);
  if (place.offset !== null) return wholeFrom(marketplace, side, place.sinceMs, place.offset);
  return changesSince(marketplace, side, place.sinceMs, nowMs) ?? wholeFrom(marketplace, side, nowMs, 0);
}

/** @param sinceMs when the reading began; what changes meanwhile is told once more when it is over */
function wholeFrom(marketplace: Marketplace, side: Side, sinceMs: number, offset: number): FeedReply {
  const sold = new Set<string>();
  for (const order of marketplace.orders.ofOrdinarySince(side, 0)) {
    if (stands(marketplace, order)) sold.add(order.listingId);
    else sold.delete(order.listingId);
  }
  const { listings } = shelfOf(side);
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

/** null: it is too long ago. Work is in proportion to the changes, since it is asked for every second. */
function changesSince(marketplace: Marketplace, side: Side, sinceMs: number, nowMs: number): FeedReply | null {
  const moved = movedBetween(sinceMs, nowMs);
  if (moved === null) return null;
  const { ordinary } = shelfOf(side);
  const changed = new Set<Listing>();
  for (const first of moved.firsts) {
    for (let ordinal = first; ordinal < ordinary.length; ordinal += moved.step) {
      const listing = ordinary[ordinal];
      if (listing) changed.add(listing);
    }
  }
  for (const order of marketplace.orders.ofOrdinarySince(side, sinceMs)) changed.add(marketplace.listingOf(order));
  const sold = new Set([...changed].filter((listing) => isSold(marketplace, listing)));
  return {
    isWhole: false,
    onSale: [...changed.difference(sold)],
    soldIds: [...sold].map(({ nativeId }) => nativeId),
    cursor: cursorAt(marketplace, { sinceMs: nowMs, offset: null }),
    hasMore: false,
  };
}

function cursorAt({ openedAtMs }: Marketplace, { sinceMs, offset }: Place): string {
  return offset === null ? `${openedAtMs}-${sinceMs}` : `${openedAtMs}-${sinceMs}-${offset}`;
}

/** null: from the start. */
function placeOf({ openedAtMs }: Marketplace, cursor: string | undefined, nowMs: number): Place | null {
  const match = CURSOR.exec(cursor ?? '');
  if (!match || Number(match[1]) !== openedAtMs || Number(match[2]) > nowMs) return null;
  return { sinceMs: Number(match[2]), offset: match[3] === undefined ? null : Number(match[3]) };
}
