import type { FeedReply } from './feed.ts';
import { iconPath } from './icons.ts';
import type { Listing } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { type Order, orderIdOf } from './orders.ts';
import type { Phase } from './timeline.ts';

interface WireStatus {
  readonly status: number;
  readonly reason?: string;
}

const DELIVERED: WireStatus = { status: 5 };

// Orders of this side cannot be cancelled or reversed; these phases are listed only for completeness.
const wireStatuses: Readonly<Record<Phase, WireStatus>> = {
  waiting: { status: 0 },
  preparing: { status: 2 },
  offered: { status: 4 },
  accepted: DELIVERED,
  settled: DELIVERED,
  cancelled: { status: 6 },
  sellerFailed: { status: 6, reason: 'Seller failed to accept' },
  declined: { status: 6, reason: 'Buyer failed to accept' },
  recalledBySeller: { status: 6 },
  reversedByUser: { status: 6 },
  unheardOf: { status: 77 },
};

export function listingOnWire(marketplace: Marketplace, listing: Listing, origin: string) {
  return {
    item_id: listing.nativeId,
    name: listing.marketHashName,
    type: listing.type,
    price: Number(marketplace.pricesOf(listing).listedMills),
    image: `${origin}${iconPath(listing.catalogId)}`,
  };
}

export function feedOnWire(marketplace: Marketplace, reply: FeedReply, origin: string) {
  const { isWhole, onSale, soldIds, cursor, hasMore } = reply;
  return {
    snapshot: isWhole,
    items: onSale.map((listing) => listingOnWire(marketplace, listing, origin)),
    sold: soldIds,
    next: cursor,
    more: hasMore,
  };
}

export function tradeOnWire(marketplace: Marketplace, order: Order) {
  const { phase } = marketplace.statusOf(order);
  const { status, reason } = wireStatuses[phase];
  return {
    id: orderIdOf(order),
    project_id: order.reference,
    item_id: order.listingId,
    name: marketplace.listingOf(order).marketHashName,
    price: Number(order.priceMills),
    status,
    reason: reason ?? null,
    trade_id: status === 4 || status === 5 ? `6${orderIdOf(order).slice(-9)}` : null,
    done: status === 5 || status === 6,
  };
}
