import type { Listing } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';
import type { Phase } from './timeline.ts';

/** Phases in which the seller has the item again, so the listing is on sale again. */
const returned: ReadonlySet<Phase> = new Set([
  'cancelled',
  'sellerFailed',
  'declined',
  'recalledBySeller',
  'reversedByUser',
]);

/** Whether the listing is bought and its order is in effect. Test listings are never sold out. */
export function isSold(marketplace: Marketplace, { side, nativeId, ordinary }: Listing): boolean {
  const order = ordinary ? marketplace.orders.latestOf(side, nativeId) : undefined;
  return order !== undefined && isInEffect(marketplace, order);
}

export function isInEffect(marketplace: Marketplace, order: Order): boolean {
  return !returned.has(marketplace.statusOf(order).phase);
}
