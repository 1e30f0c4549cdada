import type { ItemWire } from '../trades/wire.ts';
import type { Account, LostOrder } from './lost-orders.ts';

/** A told item, and what is known of its purchase. */
export interface MatchedItem {
  readonly item: ItemWire;
  /** The accounts at the marketplace of its listing, each with the adapter's id of that. */
  readonly owners: readonly { readonly supplier: Account; readonly nativeId: string }[];
  /** The orders of its listing that no purchase has. None: it was not bought. Several: an operator must say which it is. */
  readonly orders: readonly LostOrder[];
}

/**
 * Finds the orders of a trade's items. A public listing id names the marketplace and its listing, and the marketplace's list
 * says of which listing an order is, so that no table of ours is needed. An order without our reference was not made here.
 */
export function matchItems(
  items: readonly ItemWire[],
  accounts: readonly Account[],
  lost: readonly LostOrder[],
): MatchedItem[] {
  return items.map((item) => {
    const orders = lost.filter(({ supplier, order }) => order.reference !== null && isOf(item, supplier, order));
    const owners = accounts.flatMap((supplier) => {
      const nativeId = supplier.listingIds.toNative(item.id);
      return nativeId === null ? [] : [{ supplier, nativeId }];
    });
    return { item, owners, orders };
  });
}

function isOf(item: ItemWire, { listingIds }: Account, { nativeListingIds }: LostOrder['order']): boolean {
  const nativeId = listingIds.toNative(item.id);
  return nativeId !== null && nativeListingIds.includes(nativeId);
}
