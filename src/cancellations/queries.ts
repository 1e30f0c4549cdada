import { type RawBuilder, sql } from 'kysely';
import { openStates } from '../core/cancellation-states.ts';
import type { Db } from '../db/connect.ts';
import type { CancellationRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { EarlierRequest } from './policy.ts';
import { type HeldRequest, lostSince, type RequestRef } from './store.ts';

export type RequestNow = Pick<CancellationRow, 'state' | 'reason' | 'due_at' | 'attempts' | 'actor' | 'answered_at'>;

export async function readRequest(db: Db, { merchantId, id }: RequestRef): Promise<RequestNow> {
  return db
    .selectFrom('cancellation')
    .select(['state', 'reason', 'due_at', 'attempts', 'actor', 'answered_at'])
    .where('merchant_id', '=', merchantId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** The trade and item of a request, which never change. */
export async function placeOf(trx: Trx, { merchantId, id }: RequestRef): Promise<{ tradeId: string; itemId: string }> {
  return trx
    .selectFrom('cancellation')
    .select(['trade_id as tradeId', 'item_id as itemId'])
    .where('merchant_id', '=', merchantId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** The request with its order; null while the purchase is not known to be made. */
export async function readWithOrder(
  db: Db,
  { merchantId, id }: RequestRef,
): Promise<(HeldRequest & { readonly orderedAt: Date | null }) | null> {
  const row = await db
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
      'attempts',
      'cancellation.due_at',
      'purchase.id as purchase_id',
      'order_id',
      'ordered_at',
    ])
    .where('cancellation.merchant_id', '=', merchantId)
    .where('cancellation.id', '=', id)
    .executeTakeFirst();
  if (!row?.order_id || !row.due_at) return null;
  const order = { purchaseId: row.purchase_id, orderId: row.order_id };
  const { item_id: itemId, supplier, attempts: attempt, due_at: leasedUntil, ordered_at: orderedAt } = row;
  return { merchantId, id, itemId, supplier, order, attempt, leasedUntil, orderedAt };
}

/** A request to cancel as it came in. */
export interface IncomingRequest {
  readonly merchantId: string;
  /** null: no HTTP request, as with the timer. */
  readonly requestId: string | null;
  /** When the request arrived. */
  readonly askedAt: Date;
}

/** An incoming request in SQL: as parameters, or as columns of a list of requests. */
export type IncomingInSql = { readonly [K in keyof IncomingRequest]: RawBuilder<unknown> };

function inSql({ merchantId, requestId, askedAt }: IncomingRequest): IncomingInSql {
  return { merchantId: sql`${merchantId}`, requestId: sql`${requestId}`, askedAt: sql`${askedAt}::timestamptz` };
}

/**
 * In SQL, of a row of `cancellation`: it was accepted for this very request: it has the same request id, or the request
 * came while it was open.
 */
function isAcceptedFor({ merchantId, requestId, askedAt }: IncomingInSql): RawBuilder<boolean> {
  return sql<boolean>`(cancellation.state in ('accepted', 'settled')
      or (cancellation.state = 'lost' and cancellation.answered_at is not null))
    and (cancellation.closed_at >= ${askedAt} or cancellation.request_id = ${requestId} or exists (
      select 1 from cancellation_joined as joined where joined.merchant_id = ${merchantId}
        and joined.cancellation_id = cancellation.id and joined.request_id = ${requestId}))`;
}

/** In SQL, of a row of `cancellation`: it is a closed request that answers this one. */
export function answersEarlier(deps: Pick<Deps, 'config'>, now: Date, request: IncomingInSql): RawBuilder<boolean> {
  return sql<boolean>`(${isAcceptedFor(request)} or (${isLostAfter(lostSince(deps, now))}))`;
}

function isLostAfter(at: Date): RawBuilder<boolean> {
  return sql<boolean>`cancellation.state = 'lost' and cancellation.closed_at > ${at}::timestamptz`;
}

/**
 * Closed requests that answer this one, by item: one that was accepted for this very request, whatever became of the item
 * since, or else one that was lost so recently that its call can still be under way.
 */
export async function earlierRequests(
  deps: Pick<Deps, 'config' | 'clock'>,
  db: Db | Trx,
  request: IncomingRequest,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, EarlierRequest>> {
  if (itemIds.length === 0) return new Map();
  const { rows } = await sql<EarlierRequest & { readonly item_id: string }>`
    select item_id, id, case when ${isAcceptedFor(inSql(request))} then 'accepted' else 'lost' end as kind
    from cancellation where merchant_id = ${request.merchantId} and item_id = any(${itemIds}::uuid[])
      and ${answersEarlier(deps, deps.clock.now(), inSql(request))}
    order by kind desc, requested_at`.execute(db);
  return new Map(rows.map(({ item_id, kind, id }) => [item_id, { kind, id }]));
}

/** Whether an item ended as one of its cancellation requests had asked. */
export async function wasCancelled(db: Db, merchantId: string, itemId: string): Promise<boolean> {
  const settled = await db
    .selectFrom('cancellation')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('item_id', '=', itemId)
    .where('state', '=', 'settled')
    .executeTakeFirst();
  return settled !== undefined;
}

/** Of these items, the ids of those that have an open cancellation request. */
export async function itemsToCancel(
  trx: Trx,
  merchantId: string,
  items: readonly { readonly id: string }[],
): Promise<Set<string>> {
  if (items.length === 0) return new Set();
  const requests = await trx
    .selectFrom('cancellation')
    .select('item_id')
    .where('merchant_id', '=', merchantId)
    .where(
      'item_id',
      'in',
      items.map((item) => item.id),
    )
    .where('state', 'in', [...openStates])
    .execute();
  return new Set(requests.map((request) => request.item_id));
}
