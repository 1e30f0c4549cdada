import type { Listing } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';
import type { Phase } from './timeline.ts';

/** The seller has the item again, so that the listing is on sale again. */
const givenBack: ReadonlySet<Phase> = new Set([
  'cancelled',
  'sellerFailed',
  'declined',
  'recalledBySeller',
  'reversedByUser',
]);

/** Whether somebody has bought it, and the order stands. test listings are never sold out. */
export function isSold(marketplace: Marketplace, { side, nativeId, ordinary }: Listing): boolean {
  const order = ordinary ? marketplace.orders.latestOf(side, nativeId) : undefined;
  return order !== undefined && stands(marketplace, order);
}

export function stands(marketplace: Marketplace, order: Order): boolean {
  return !givenBack.has(marketplace.standingOf(order).phase);
}
