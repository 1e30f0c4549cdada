import type { CancellationState } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { referenceOf } from '../ids.ts';
import { lockTrade } from '../trades/queries.ts';

/** A recorded wish to cancel one item, and the order at the supplier that it is about. */
export interface Cancellation {
  readonly merchantId: string;
  readonly id: string;
  readonly itemId: string;
  readonly supplier: string;
  readonly order: Order;
  /** Which ask of the wish this is. A holder whose lease is over finds another number there. */
  readonly asks: number;
  /** Until when it belongs to this holder. */
  readonly leasedUntil: Date;
}

export interface Order {
  readonly purchaseId: string;
  readonly orderId: string;
}

/** What is known of a wish, in the words that decide the caller's answer. */
export type Outcome =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unknown' };

/** The wish with its order, if the purchase is known to have been made. */
export async function readCancellation(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
): Promise<Cancellation | null> {
  const row = await deps.db
    .selectFrom('cancellation')
    .innerJoin('purchase', (join) =>
      join
        .onRef('purchase.merchant_id', '=', 'cancellation.merchant_id')
        .onRef('purchase.item_id', '=', 'cancellation.item_id')
        .on('purchase.state', '=', 'done'),
    )
    .select([
      'cancellation.item_id',
      // A unit of a quick buy may have moved on to another supplier since the wish was recorded.
      'purchase.supplier',
      'asks',
      'cancellation.due_at',
      'purchase.id as purchase_id',
      'order_id',
    ])
    .where('cancellation.merchant_id', '=', merchantId)
    .where('cancellation.id', '=', cancellationId)
    .executeTakeFirst();
  if (!row?.order_id || !row.due_at) return null;
  const order = { purchaseId: row.purchase_id, orderId: row.order_id };
  const { item_id: itemId, supplier, asks, due_at: leasedUntil } = row;
  return { merchantId, id: cancellationId, itemId, supplier, order, asks, leasedUntil };
}

/** Locks the trade of a wish, first of all rows (DESIGN 5). */
export async function lockTradeOfWish(
  trx: Trx,
  merchantId: string,
  cancellationId: string,
): Promise<{ itemId: string }> {
  const { trade_id, item_id } = await trx
    .selectFrom('cancellation')
    .select(['trade_id', 'item_id'])
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .executeTakeFirstOrThrow();
  await lockTrade(trx, merchantId, trade_id);
  return { itemId: item_id };
}

export async function outcomeNow(deps: Deps, merchantId: string, cancellationId: string): Promise<Outcome> {
  const { state, reason } = await stateNow(deps, merchantId, cancellationId);
  return toKnownOutcome(state, reason);
}

export async function stateNow(deps: Deps, merchantId: string, cancellationId: string) {
  return deps.db
    .selectFrom('cancellation')
    .select(['state', 'reason', 'due_at', 'asks', 'actor'])
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .executeTakeFirstOrThrow();
}

export function toKnownOutcome(state: CancellationState, reason: string | null): Outcome {
  switch (state) {
    case 'accepted':
    case 'settled':
      return { outcome: 'accepted' };
    case 'refused':
      return { outcome: 'refused', reason: reason ?? 'not_allowed' };
    case 'lost':
      return { outcome: 'refused', reason: 'already_sent' };
    case 'requested':
    case 'unknown':
      return { outcome: 'unknown' };
  }
}

export async function newestCancellation(deps: Deps, merchantId: string, itemId: string): Promise<string> {
  const row = await deps.db
    .selectFrom('cancellation')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('item_id', '=', itemId)
    .orderBy('requested_at', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return row.id;
}

export function referenceOfCancellation(cancellation: Cancellation): string {
  return referenceOf(cancellation.order.purchaseId);
}
