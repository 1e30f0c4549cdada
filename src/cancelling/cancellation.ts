import { sql } from 'kysely';
import { referenceOf } from '../core/ids.ts';
import type { CancellationRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { lockTrade } from '../trades/queries.ts';

/** A recorded request to cancel one item, and the order at the supplier that it is about. */
export interface Cancellation {
  readonly merchantId: string;
  readonly id: string;
  readonly itemId: string;
  readonly supplier: string;
  readonly order: Order;
  /** Which attempt of the request this is. A holder whose lease is over finds another number there. */
  readonly asks: number;
  /** Until when it belongs to this holder. */
  readonly leasedUntil: Date;
}

export interface Order {
  readonly purchaseId: string;
  readonly orderId: string;
}

/** Why nobody knows yet what becomes of a request. It is kept, and retried until that is known. */
export type Undecided =
  /** The supplier was asked, and gave no clear answer. */
  | 'no_clear_answer'
  /** Nobody knows yet whether the item was bought, so the supplier was not asked. */
  | 'not_bought_yet'
  /** The supplier does not cancel an order that is so new; it is asked again when it can. */
  | 'too_early';

/** What is known of a request, in the words that decide the caller's answer. */
export type Outcome =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly why: Undecided };

/** The request with its order, if the purchase is known to have been made. */
export async function readCancellation(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
): Promise<(Cancellation & { readonly orderedAt: Date | null }) | null> {
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
      // A unit of a quick buy may have moved on to another supplier since the request was recorded.
      'purchase.supplier',
      'asks',
      'cancellation.due_at',
      'purchase.id as purchase_id',
      'order_id',
      'ordered_at',
    ])
    .where('cancellation.merchant_id', '=', merchantId)
    .where('cancellation.id', '=', cancellationId)
    .executeTakeFirst();
  if (!row?.order_id || !row.due_at) return null;
  const order = { purchaseId: row.purchase_id, orderId: row.order_id };
  const { item_id: itemId, supplier, asks, due_at: leasedUntil, ordered_at: orderedAt } = row;
  return { merchantId, id: cancellationId, itemId, supplier, order, asks, leasedUntil, orderedAt };
}

/** Locks the trade of a request, first of all rows. */
export async function lockTradeForCancellation(trx: Trx, merchantId: string, cancellationId: string) {
  const { trade_id, item_id } = await trx
    .selectFrom('cancellation')
    .select(['trade_id', 'item_id'])
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .executeTakeFirstOrThrow();
  return { trade: await lockTrade(trx, merchantId, trade_id), itemId: item_id };
}

type Known = Pick<CancellationRow, 'state' | 'reason' | 'due_at' | 'asks' | 'actor' | 'answered_at'>;

export async function stateNow(deps: Deps, merchantId: string, cancellationId: string): Promise<Known> {
  return deps.db
    .selectFrom('cancellation')
    .select(['state', 'reason', 'due_at', 'asks', 'actor', 'answered_at'])
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .executeTakeFirstOrThrow();
}

export function toKnownOutcome({ state, reason, asks, answered_at }: Omit<Known, 'due_at' | 'actor'>): Outcome {
  switch (state) {
    case 'accepted':
    case 'settled':
      return { outcome: 'accepted' };
    case 'refused':
      return { outcome: 'refused', reason: reason ?? 'not_allowed' };
    case 'lost':
      // One that was accepted first is answered as it was when it was accepted; delivery came later.
      return answered_at === null ? { outcome: 'refused', reason: 'already_sent' } : { outcome: 'accepted' };
    case 'requested':
    case 'unknown':
      return { outcome: 'unknown', why: whyUndecided(asks, reason) };
  }
}

function whyUndecided(asks: number, reason: string | null): Undecided {
  if (reason === 'too_early') return 'too_early';
  return asks === 0 ? 'not_bought_yet' : 'no_clear_answer';
}

/** How long a caller whose request another caller is asking about pauses between reads, growing to the last. */
const READ_PAUSES_MS = [5, 10, 20, 40, 80];
const READ_PAUSE_MAX_MS = 160;

/**
 * Waits for the outcome of a call that another caller, perhaps on another node, has in flight.
 * Gives up when that call's time is over: then nobody knows, and the request is retried.
 */
export async function awaitOutcome(deps: Deps, merchantId: string, cancellationId: string): Promise<Outcome> {
  for (let read = 0; ; read++) {
    const row = await stateNow(deps, merchantId, cancellationId);
    const isLeased = row.due_at !== null && deps.clock.now() < row.due_at;
    if (row.state !== 'requested' || !isLeased) return toKnownOutcome(row);
    await deps.clock.wait(READ_PAUSES_MS[read] ?? READ_PAUSE_MAX_MS);
  }
}

/** Notes a request that joins an open one, so that repeating it gets the same answer, whatever happens meanwhile. */
export async function noteJoined(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
  requestId: string | null,
): Promise<void> {
  if (requestId === null) return;
  await deps.db
    .insertInto('cancellation_joined')
    .values({ merchant_id: merchantId, cancellation_id: cancellationId, request_id: requestId })
    .onConflict((conflict) => conflict.columns(['merchant_id', 'cancellation_id', 'request_id']).doNothing())
    .execute();
}

/**
 * Of these items, those for which this caller's request was accepted earlier: the same request id for the same item, or
 * a request that came while the accepted one was still open. It gets the same answer, whatever became of the item since.
 * @returns by item, the request that was accepted
 */
export async function acceptedEarlier(
  deps: Deps,
  request: { readonly merchantId: string; readonly requestId: string | null; readonly askedAt: Date },
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { merchantId, requestId, askedAt } = request;
  if (itemIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; item_id: string }>`
    select id, item_id from cancellation where merchant_id = ${merchantId} and item_id = any(${itemIds}::uuid[])
      and (state in ('accepted', 'settled') or (state = 'lost' and answered_at is not null))
      and (closed_at >= ${askedAt}::timestamptz or request_id = ${requestId} or exists (
        select from cancellation_joined as joined where joined.merchant_id = cancellation.merchant_id
          and joined.cancellation_id = cancellation.id and joined.request_id = ${requestId}))`.execute(deps.db);
  return new Map(rows.map((row) => [row.item_id, row.id]));
}

/** Whether an item ended as one of its cancellation requests had asked. */
export async function wasCancelled(deps: Deps, merchantId: string, itemId: string): Promise<boolean> {
  const settled = await deps.db
    .selectFrom('cancellation')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('item_id', '=', itemId)
    .where('state', '=', 'settled')
    .executeTakeFirst();
  return settled !== undefined;
}

export function referenceOfCancellation(cancellation: Cancellation): string {
  return referenceOf(cancellation.order.purchaseId);
}
