import { OperatorError } from '../core/operator-error.ts';
import type { ItemWire } from '../trades/wire.ts';
import type { AdoptedItem } from './adopt-trade.ts';
import type { LostOrder } from './lost-orders.ts';
import type { MatchedItem } from './match.ts';

/** An operator's word about one item: `<account>/<order>`, or that it was not bought. */
export type ChosenOrders = ReadonlyMap<string, string>;

const NONE = 'none';

/**
 * Decides with which order each item of a lost trade is adopted. What the marketplaces show beyond doubt needs no word; for
 * the rest the operator's is required.
 * @param unread accounts of which not all orders could be read: there an item without an order may have one
 * @throws OperatorError that says which item needs which option
 */
export function chooseOrders(
  items: readonly MatchedItem[],
  chosen: ChosenOrders,
  unread: ReadonlyMap<string, string>,
): AdoptedItem[] {
  for (const id of chosen.keys()) {
    if (!items.some(({ item }) => item.id === id)) throw new OperatorError(`the trade was not told with an item ${id}`);
  }
  return items.map((matched) => {
    const { item, owners } = matched;
    const [listing] = owners;
    if (listing === undefined) {
      throw new OperatorError(`item ${item.id} is a listing of none of the accounts; add the account that bought it`);
    }
    const order = orderOf(matched, chosen.get(item.id), unread);
    const supplier = order?.supplier.id ?? listing.supplier.id;
    return { item, supplier, nativeListingId: listing.nativeId, order: order?.order ?? null };
  });
}

function orderOf(
  { item, owners, orders }: MatchedItem,
  word: string | undefined,
  unread: ReadonlyMap<string, string>,
): LostOrder | null {
  if (word === NONE) return null;
  if (word !== undefined) {
    const named = orders.find((each) => nameOf(each) === word);
    if (named) return named;
    throw new OperatorError(`${word} is no order of item ${item.id} that is not known here; see skinrail recover list`);
  }
  const [first, ...others] = orders;
  if (first && others.length > 0) {
    const names = orders.map(nameOf).join(' or ');
    throw new OperatorError(
      `item ${item.id} has several orders; say which it is with --order ${item.id}=<order>: ${names}`,
    );
  }
  if (first) return first;
  const [cause] = owners.flatMap(({ supplier }) => unread.get(supplier.id) ?? []);
  const doubt = doubtOf(item, cause);
  if (doubt === null) return null;
  throw new OperatorError(
    `no order of item ${item.id} was found, but ${doubt}; if you know that it was not bought, add --order ${item.id}=${NONE}`,
  );
}

/** Why an item may have been bought although no order of it was found; null: nothing. */
function doubtOf({ status }: ItemWire, unread: string | undefined): string | null {
  if (unread !== undefined) return `not all orders could be read: ${unread}`;
  return status !== undefined && wasBought.has(status) ? `it was told as ${status}` : null;
}

const wasBought: ReadonlySet<string> = new Set(['active', 'hold', 'completed', 'declined', 'reverted']);

/** An order as operators name it. */
export function nameOf({ supplier, order }: LostOrder): string {
  return `${supplier.id}/${order.orderId}`;
}
