import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';
import type { Phase } from './timeline.ts';

const withSeller: ReadonlySet<Phase> = new Set(['waiting', 'preparing', 'offered', 'unheardOf']);

/**
 * The seller delivers now, and the recipient accepts, whatever the listing's script says; an accepted cancel that was
 * not confirmed yet has lost.
 * @returns false when the order is no longer with the seller, so that nothing happened
 */
export function deliver(marketplace: Marketplace, order: Order): boolean {
  if (!withSeller.has(marketplace.standingOf(order).phase)) return false;
  marketplace.orders.deliver(order, marketplace.nowMs);
  marketplace.changed();
  return true;
}
