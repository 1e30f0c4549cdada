import { isSent, type Trigger } from '../cancellations/policy.ts';
import { earlierRequests, placeOf } from '../cancellations/queries.ts';
import {
  type Attempt,
  closeCancellations,
  type HeldRequest,
  insertRequest,
  type NewRequest,
  type Order,
  type RequestRef,
  refuse,
  release,
} from '../cancellations/store.ts';
import { isTerminal } from '../core/item-states.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { CancelRefusal } from '../suppliers/supplier.ts';
import { CANCEL_REFUSED, type MoveDeps, tellItem } from '../trades/move.ts';
import { lockItem, lockTrade } from '../trades/queries.ts';
import { withdrawItem } from './withdraw.ts';

/**
 * Steps of a request that need the lock of its trade. Everything that moves an item takes that lock as well, so each step
 * sees the item either before or after such a move, never in between.
 */

interface RequestToRecord extends NewRequest {
  readonly trigger: Trigger;
  /** When the request arrived. */
  readonly askedAt: Date;
}

/**
 * What became of recording a request:
 * - `withdrawn`: no supplier was asked to sell the item, so it was cancelled on the spot;
 * - `held`: the purchase is made, and the caller holds the request and must send it to the supplier;
 * - `waiting`: it is not known whether the purchase was made, so the request waits for that;
 * - `joined`: an earlier request of this item answers;
 * - `changed`: the item has moved on, or has an open request by now; decide again.
 */
export type Recorded =
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'held'; readonly request: HeldRequest }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'joined'; readonly id: string }
  | { readonly kind: 'changed' };

/**
 * Records a request for an item whose purchase was not known to be made. The request either finds the item before any
 * supplier was asked to sell it, and withdraws it, or is seen by whatever comes later: from its commit on nothing is
 * approved or bought for the item.
 */
export async function recordRequest(
  deps: Pick<Deps, 'db' | 'config'> & MoveDeps,
  request: RequestToRecord,
): Promise<Recorded> {
  const { merchantId, itemId, supplier, leasedUntil } = request;
  return inTransaction(deps, async (trx) => {
    const trade = await lockTrade(trx, merchantId, request.tradeId);
    const item = await lockItem(trx, { merchant_id: merchantId, item_id: itemId });
    const isLeftAlone = request.trigger === 'timer' && isSent(item);
    if (isTerminal(item.state) || isLeftAlone) return { kind: 'changed' };
    const earlier = (await earlierRequests(deps, trx, request, [itemId])).get(itemId);
    if (earlier) return { kind: 'joined', id: earlier.id };
    const order = await findOrder(trx, request);
    const id = await insertRequest(deps, trx, { ...request, order });
    if (id === null) return { kind: 'changed' };
    if (order) return { kind: 'held', request: { merchantId, id, itemId, supplier, order, attempt: 1, leasedUntil } };
    const origin = { actor: request.actor, requestId: request.requestId ?? undefined, cause: { cancellation: id } };
    const withdrawn = await withdrawItem(deps, trx, trade, item, origin);
    return { kind: withdrawn ? 'withdrawn' : 'waiting' };
  });
}

async function findOrder(
  trx: Trx,
  { merchantId, itemId }: { readonly merchantId: string; readonly itemId: string },
): Promise<Order | null> {
  const row = await trx
    .selectFrom('purchase')
    .select(['id', 'order_id'])
    .where('merchant_id', '=', merchantId)
    .where('item_id', '=', itemId)
    .where('state', '=', 'done')
    .executeTakeFirst();
  return row?.order_id ? { purchaseId: row.id, orderId: row.order_id } : null;
}

/**
 * Ends a request for which no supplier is needed: its item ended at the very moment at which the request was recorded,
 * so that settlement did not see it, or no supplier was ever asked to sell the item, which is withdrawn then.
 */
export async function endWithoutSupplier(deps: Deps, request: RequestRef): Promise<void> {
  await inTransaction(deps, async (trx) => {
    const { trade, itemId } = await lockTradeOf(trx, request);
    const item = await lockItem(trx, { merchant_id: request.merchantId, item_id: itemId });
    if (isTerminal(item.state)) {
      const ended = { itemId, state: item.state, onOurCancel: false };
      return closeCancellations(deps, trx, request.merchantId, [ended]);
    }
    // A unit of a quick buy that gave up its listing is ended by the search for its next one.
    if (item.listing_id === null) return;
    await withdrawItem(deps, trx, trade, item, { actor: 'gateway', cause: { cancellation: request.id } });
  });
}

/**
 * Releases a request whose purchase is not known to be made, so that it cannot be cancelled yet. A purchase that becomes
 * known meanwhile either finds the request waiting and wakes it, or is seen here.
 */
export async function releaseUntilPurchased(deps: Deps, attempt: Attempt): Promise<void> {
  await inTransaction(deps, async (trx) => {
    const { itemId } = await lockTradeOf(trx, attempt);
    const order = await findOrder(trx, { merchantId: attempt.merchantId, itemId });
    await release(deps, trx, attempt, order ? { dueAt: deps.clock.now() } : {});
  });
}

/** A kept request that is refused for good: its item stays as it is, and its merchant is told by callback. */
export async function refuseAndTell(deps: Deps, attempt: Attempt, reason: CancelRefusal): Promise<boolean> {
  return inTransaction(deps, async (trx) => {
    const { trade, itemId } = await lockTradeOf(trx, attempt);
    if (!(await refuse(deps, trx, attempt, reason))) return false;
    const item = await lockItem(trx, { merchant_id: attempt.merchantId, item_id: itemId });
    const origin = { actor: `supplier:${item.supplier}`, cause: { cancellation: attempt.id, reason } };
    await tellItem(deps, trx, trade, item, CANCEL_REFUSED, origin);
    return true;
  });
}

/** Locks the trade of a request, before any other row. */
async function lockTradeOf(trx: Trx, request: RequestRef) {
  const { tradeId, itemId } = await placeOf(trx, request);
  return { trade: await lockTrade(trx, request.merchantId, tradeId), itemId };
}
