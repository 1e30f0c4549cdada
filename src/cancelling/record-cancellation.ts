import { sql } from 'kysely';
import { lostSince, RETRY_BACKOFF } from '../cancellations/store.ts';
import { later } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { isTerminal } from '../core/item-states.ts';
import type { Db } from '../db/connect.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { MoveDeps } from '../trades/move.ts';
import { lockItem, lockTrade } from '../trades/queries.ts';
import type { Order } from './cancellation.ts';
import { withdrawItem } from './withdraw.ts';

interface NewCancellation {
  readonly merchantId: string;
  readonly tradeId: string;
  readonly itemId: string;
  readonly supplier: string;
  readonly actor: string;
  readonly requestId: string | null;
  /** How long the request belongs to the caller, who asks the supplier meanwhile. */
  readonly leasedUntil: Date;
  /** Whether an item that was sent already is left alone, as the timer does. */
  readonly onlyUnsent?: true;
}

/**
 * What became of recording a request:
 * - `withdrawn`: no supplier was asked to sell the item, so it was cancelled on the spot;
 * - `asking`: the purchase is made, and the caller holds the request and must ask the supplier;
 * - `waiting`: nobody knows yet whether the purchase was made, so the request waits for that;
 * - `joined`: another request of this item answers for it;
 * - `changed`: the item has moved on, or has an open request by now; look again.
 */
export type Recorded =
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'asking'; readonly id: string; readonly order: Order }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'joined'; readonly id: string }
  | { readonly kind: 'changed' };

/**
 * Records a request under the trade's lock, for an item whose purchase was not known to be made. Everything that moves
 * the item takes that lock as well, so the request either finds the item before any supplier was asked, and cancels it,
 * or is seen by whatever comes later: from its commit on nothing is approved or bought for the item.
 */
export async function recordCancellation(
  deps: Pick<Deps, 'db' | 'config'> & MoveDeps,
  request: NewCancellation,
): Promise<Recorded> {
  const { merchantId, itemId } = request;
  return inTransaction(deps, async (trx) => {
    const trade = await lockTrade(trx, merchantId, request.tradeId);
    const item = await lockItem(trx, { merchant_id: merchantId, item_id: itemId });
    const isSent = item.state !== 'initiated' && item.state !== 'pending';
    if (isTerminal(item.state) || (isSent && request.onlyUnsent)) return { kind: 'changed' };
    const lost = await recentlyLost(deps, trx, request);
    if (lost !== null) return { kind: 'joined', id: lost };
    const order = await madeOrder(trx, request);
    const id = await insertCancellation(deps, trx, { ...request, order });
    if (id === null) return { kind: 'changed' };
    if (order) return { kind: 'asking', id, order };
    const origin = { actor: request.actor, requestId: request.requestId ?? undefined, cause: { cancellation: id } };
    const withdrawn = await withdrawItem(deps, trx, trade, item, origin);
    return { kind: withdrawn ? 'withdrawn' : 'waiting' };
  });
}

async function madeOrder(trx: Trx, { merchantId, itemId }: NewCancellation): Promise<Order | null> {
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
 * Records a request before the supplier hears of it. The unique key on open requests lets exactly one of any number of
 * equal requests through.
 * @returns the request's id, or null when another request of this item is open and answers for it
 */
export async function insertCancellation(
  deps: Pick<Deps, 'clock'>,
  db: Db | Trx,
  { order, ...request }: NewCancellation & { readonly order: Order | null },
): Promise<string | null> {
  const now = deps.clock.now();
  const row = await db
    .insertInto('cancellation')
    .values({
      merchant_id: request.merchantId,
      id: newId(now),
      trade_id: request.tradeId,
      item_id: request.itemId,
      supplier: request.supplier,
      state: order ? 'requested' : 'unknown',
      actor: request.actor,
      request_id: request.requestId,
      asks: order ? 1 : 0,
      due_at: order ? request.leasedUntil : later(now, RETRY_BACKOFF.minMs),
      requested_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['merchant_id', 'item_id'])
        .where(sql<boolean>`state in ('requested', 'unknown', 'accepted')`)
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

async function recentlyLost(
  deps: Pick<Deps, 'config' | 'clock'>,
  trx: Trx,
  { merchantId, itemId }: NewCancellation,
): Promise<string | null> {
  const row = await trx
    .selectFrom('cancellation')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('item_id', '=', itemId)
    .where('state', '=', 'lost')
    .where('closed_at', '>', lostSince(deps, deps.clock.now()))
    .orderBy('requested_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}
