import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';
import type { Phase } from './timeline.ts';

const withSeller: ReadonlySet<Phase> = new Set(['waiting', 'preparing', 'offered', 'unheardOf']);

/**
 * Makes the seller deliver now and the recipient accept, whatever the listing's script says. An accepted cancellation that is
 * not confirmed yet is lost.
 * @returns false when the order is no longer with the seller; nothing happens then
 */
export function deliver(marketplace: Marketplace, order: Order): boolean {
  if (!withSeller.has(marketplace.statusOf(order).phase)) return false;
  marketplace.orders.deliver(order, marketplace.nowMs);
  marketplace.changed();
  return true;
}
