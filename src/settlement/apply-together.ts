import { isUnavailable } from '../db/failure.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { logFailure } from '../work/failure-log.ts';
import { applyOrderStatuses, type ReadOrder } from './apply-order-status.ts';

/** As many rows as a transaction locks for some ten milliseconds; with more, each of them costs hardly less. */
export const TOGETHER_MAX = 32;

/** An order that was read, and whose trade it is. */
export interface OwnedOrder extends ReadOrder {
  /** The trade of a merchant's client, or one that is not known. */
  readonly isAlone: boolean;
}

/**
 * Applies the statuses of orders that were read in one call, in few transactions. Orders of one merchant go together, each
 * of another trade: a trade moves once at a time. An order of a client goes alone, since the client's counters are locked
 * before the wallet. When a transaction of several fails, nothing of it was done, and each order is applied by itself: one
 * that cannot be applied does not hold up the others.
 * @returns the purchases whose orders could not be applied; each failure is logged
 */
export async function applyTogether(deps: Deps, orders: readonly OwnedOrder[]): Promise<PurchaseRow[]> {
  const failed: PurchaseRow[] = [];
  for (const group of groupsOf(orders)) failed.push(...(await applyGroup(deps, group)));
  return failed;
}

async function applyGroup(deps: Deps, group: readonly ReadOrder[]): Promise<PurchaseRow[]> {
  const [first] = group;
  if (!first) return [];
  try {
    await applyOrderStatuses(deps, first.purchase.merchant_id, group);
    return [];
  } catch (error) {
    if (group.length > 1 && !isUnavailable(error)) {
      const failed: PurchaseRow[] = [];
      for (const order of group) failed.push(...(await applyGroup(deps, [order])));
      return failed;
    }
    const purchases = group.map(({ purchase }) => purchase);
    for (const { reference, trade_id: tradeId } of purchases) {
      logFailure(deps.log, error, { reference, tradeId }, 'Failed to apply an order status. It is read again soon.');
    }
    return purchases;
  }
}

/** Two orders of one trade never share a group. */
function groupsOf(orders: readonly OwnedOrder[]): ReadOrder[][] {
  const groups: ReadOrder[][] = [];
  const placesOfTrades = new Map<string, number>();
  const open = new Map<string, ReadOrder[]>();
  for (const order of orders) {
    const { merchant_id: merchantId, trade_id: tradeId } = order.purchase;
    const place = placesOfTrades.get(tradeId) ?? 0;
    placesOfTrades.set(tradeId, place + 1);
    const key = `${merchantId} ${place}`;
    const group = open.get(key);
    if (group && !order.isAlone && group.length < TOGETHER_MAX) group.push(order);
    else {
      const next = [order];
      groups.push(next);
      if (!order.isAlone) open.set(key, next);
    }
  }
  return groups;
}
