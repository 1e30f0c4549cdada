import { indexOf } from './catalogue.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import type { Front } from './orders.ts';
import { isInEffect } from './sales.ts';

const PAGE = 500;

/** What a front has on sale of a side, a page at a time. One query finds what is sold, so that each listing needs none. */
export function* onSaleAt(marketplace: Marketplace, front: Front, side: Side): Generator<readonly Listing[]> {
  const sold = soldOf(marketplace, side);
  const { listings } = indexOf(side);
  for (let offset = 0; offset < listings.length; offset += PAGE) {
    const page = listings.slice(offset, offset + PAGE);
    yield page.filter((listing) => !sold.has(listing.nativeId) && marketplace.offers(front, listing));
  }
}

/** The ordinary listings whose latest order is in effect. */
function soldOf(marketplace: Marketplace, side: Side): ReadonlySet<string> {
  const sold = new Set<string>();
  for (const order of marketplace.orders.ofOrdinary(side)) {
    if (isInEffect(marketplace, order)) sold.add(order.listingId);
    else sold.delete(order.listingId);
  }
  return sold;
}
