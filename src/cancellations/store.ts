import { sql } from 'kysely';
import type { Config } from '../config/config.ts';
import { openStates } from '../core/cancellation-states.ts';
import { later, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { ItemState } from '../core/item-states.ts';
import type { Db } from '../db/connect.ts';
import { onOneServer } from '../db/portable.ts';
import type { CancellationState } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { longestPauseMs, nextAttemptAt } from '../work/backoff.ts';
import { claimDue, type DueTable, expireLeases } from '../work/claim.ts';
import { leaseEnd, leaseMs } from '../work/lease.ts';

/**
 * Every change of a recorded request to cancel. `fast-path.ts` also inserts requests, in the statement that finds the
 * item. Whatever a caller records about its attempt is guarded by the attempt's number: when its lease is over and
 * somebody else retries the request, the late record changes nothing.
 */

/** The actor of requests that the timer made. */
export const TIMER = 'timer';

/** How a request without a clear answer is retried. */
const RETRY_BACKOFF = { minMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };

const requests = {
  table: 'cancellation',
  key: 'id',
  dueAt: 'due_at',
  attempts: 'attempts',
} as const satisfies DueTable;
const BATCH_MAX = 50;
/** A retry reads the order and then sends the cancel. */
const CALLS_OF_RETRY = 2;

type Clocked = Pick<Deps, 'clock'>;
type Configured = Pick<Deps, 'config'>;

export interface RequestRef {
  readonly merchantId: string;
  readonly id: string;
}

export interface RequestSummary {
  readonly id: string;
  readonly state: CancellationState;
}

/** One attempt of a request. */
export interface Attempt extends RequestRef {
  readonly attempt: number;
}

/** The order at the supplier that a request is about. */
export interface Order {
  readonly purchaseId: string;
  readonly orderId: string;
}

/** An attempt that its caller holds, with all that the call to the supplier needs. */
export interface HeldRequest extends Attempt {
  readonly itemId: string;
  readonly supplier: string;
  readonly order: Order;
  readonly leasedUntil: Date;
}

/** Who asks for a cancel, and by which request; `requestId` is null when no HTTP request did. */
export interface Requester {
  readonly actor: string;
  readonly requestId: string | null;
}

export interface NewRequest extends Requester {
  readonly merchantId: string;
  readonly tradeId: string;
  readonly itemId: string;
  readonly supplier: string;
  /** Until when the request belongs to the caller, who calls the supplier meanwhile. */
  readonly leasedUntil: Date;
}

/**
 * A request that was lost after this can still have its call under way, since its caller may have claimed it for a retry.
 * For as long it answers every other request of the item, so that the supplier never gets two cancels of an order at a
 * time.
 */
export function lostSince({ config }: Configured, now: Date): Date {
  return later(now, -leaseMs(config.supplierTimeoutMs, CALLS_OF_RETRY));
}

/** A request is retried after this at the latest, unless it waits for a time that was announced. */
export function longestRetryMs({ supplierTimeoutMs }: Pick<Config, 'supplierTimeoutMs'>): number {
  return Math.max(longestPauseMs(RETRY_BACKOFF), leaseMs(supplierTimeoutMs, CALLS_OF_RETRY));
}

/**
 * Records a request before the supplier is called: as `requested` and held by the caller if the order is known, else as
 * `unknown`, to be retried. The unique key on open requests lets exactly one of any number of equal requests through.
 * @returns the request's id; null: another request of this item is open
 */
export async function insertRequest(
  { clock }: Clocked,
  db: Db | Trx,
  { order, ...request }: NewRequest & { readonly order: Order | null },
): Promise<string | null> {
  const now = clock.now();
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
      attempts: order ? 1 : 0,
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

/** Records that another request joined an open one, so that it gets the same answer when it is repeated. */
export async function noteJoined(db: Db, { merchantId, id }: RequestRef, requestId: string | null): Promise<void> {
  if (requestId === null) return;
  await db
    .insertInto('cancellation_joined')
    .values({ merchant_id: merchantId, cancellation_id: id, request_id: requestId })
    .onConflict((conflict) => conflict.columns(['merchant_id', 'cancellation_id', 'request_id']).doNothing())
    .execute();
}

/**
 * Claims the unknown requests that are due, for a retry. A call whose lease is over makes its request unknown first: the
 * process that made the call is gone, and nobody knows what the supplier received.
 */
export async function claimDueRequests(
  deps: Configured & Clocked & Pick<Deps, 'db' | 'isDistributed'>,
): Promise<readonly DueRequest[]> {
  const now = deps.clock.now();
  await expireLeases(deps.db, requests, {
    now,
    which: sql`state = 'requested'`,
    set: sql`state = 'unknown', reason = 'the call was abandoned'`,
  });
  return claimDue<DueRequest>(deps, requests, {
    now,
    until: leaseEnd(now, deps.config.supplierTimeoutMs, CALLS_OF_RETRY),
    take: BATCH_MAX,
    which: sql`state = 'unknown'`,
    set: sql`state = 'requested'`,
    returning:
      () => sql`cancellation.merchant_id as "merchantId", cancellation.id, trade_id as "tradeId", item_id as "itemId",
      attempts as attempt`,
  });
}

export interface DueRequest extends Attempt {
  readonly tradeId: string;
  readonly itemId: string;
}

/**
 * Claims an unknown request for a retry before it is due, for somebody who asks for the same cancel now. The requester
 * takes over a request of the timer, and with it the rules for requests.
 * @returns null when another caller holds it; of any number of callers one gets it, the others see it as `requested`
 */
export async function claimForRequester(
  { db, clock, config }: Clocked & Configured & Pick<Deps, 'db'>,
  ref: RequestRef,
  { actor, requestId }: Requester,
): Promise<Attempt | null> {
  const row = await ofRequest(db, ref)
    .set({
      state: 'requested',
      due_at: leaseEnd(clock.now(), config.supplierTimeoutMs, CALLS_OF_RETRY),
      attempts: sql<number>`attempts + 1`,
      actor: sql<string>`case when actor = ${TIMER} then ${actor} else actor end`,
      request_id: sql<string | null>`case when actor = ${TIMER} then ${requestId} else request_id end`,
    })
    .where('state', '=', 'unknown')
    .returning('attempts')
    .executeTakeFirst();
  return row ? { ...ref, attempt: row.attempts } : null;
}

/**
 * Ends an attempt without a clear answer: the request is retried.
 * @param next when, at growing intervals if not given; and the reason, as before if not given
 * @returns false when the attempt has been overtaken
 */
export async function release(
  { clock }: Clocked,
  db: Db | Trx,
  attempt: Attempt,
  next: { readonly dueAt?: Date; readonly reason?: string } = {},
): Promise<boolean> {
  const {
    dueAt = nextAttemptAt(clock.now(), { since: sql.ref('requested_at'), id: sql.ref('id') }, RETRY_BACKOFF),
    reason,
  } = next;
  const row = await ofAttempt(db, attempt)
    .set({ state: 'unknown', due_at: dueAt, ...(reason === undefined ? {} : { reason }) })
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** An attempt that the supplier accepted. */
export interface Accepted extends Attempt {
  /** When the order is read at the latest. */
  readonly readAt: Date;
}

/**
 * The supplier accepted these attempts. The same statement makes the orders due to be read, unless they are due sooner: a
 * push may have come.
 * @param merchantId the merchant of all of them, on a distributed engine, where a statement names it; null: of any
 * @returns of each, false when the attempt has been overtaken
 */
export async function acceptAll(
  { clock, db }: Clocked & Pick<Deps, 'db'>,
  all: readonly Accepted[],
  merchantId: string | null,
): Promise<boolean[]> {
  const ids = (of: (each: Accepted) => string) => sql`${all.map(of)}::uuid[]`;
  const merchant = (given: string) => (merchantId === null ? sql.ref(given) : sql`${merchantId}::uuid`);
  const { rows } = await sql<{ id: string }>`
    with answered as (
      update cancellation set state = 'accepted', reason = null, due_at = null, answered_at = ${clock.now()}
      from unnest(${ids((each) => each.merchantId)}, ${ids(({ id }) => id)},
        ${all.map(({ attempt }) => attempt)}::int4[], ${all.map(({ readAt }) => readAt.toISOString())}::text[]
      ) as given (merchant_id, id, attempt, read_at)
      where cancellation.merchant_id = ${merchant('given.merchant_id')} and cancellation.id = given.id
        and cancellation.state = 'requested' and cancellation.attempts = given.attempt
      returning cancellation.merchant_id, cancellation.id, cancellation.item_id, given.read_at
    )
    update purchase set due_at = least(purchase.due_at, answered.read_at::timestamptz) from answered
    where purchase.merchant_id = ${merchant('answered.merchant_id')} and purchase.item_id = answered.item_id
      and purchase.state = 'done'
    returning ${merchantId === null ? onOneServer : sql``} answered.id`.execute(db);
  const recorded = new Set(rows.map(({ id }) => id));
  return all.map(({ id }) => recorded.has(id));
}

/** The supplier refused. @returns false when the attempt has been overtaken */
export async function refuse({ clock }: Clocked, db: Db | Trx, attempt: Attempt, reason: string): Promise<boolean> {
  const now = clock.now();
  const row = await ofAttempt(db, attempt)
    .set({ state: 'refused', reason, due_at: null, answered_at: now, closed_at: now })
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes an unknown request due now. @returns false when its outcome is known by now, or a call is under way */
export async function retryNow({ clock, db }: Clocked & Pick<Deps, 'db'>, ref: RequestRef): Promise<boolean> {
  const update = ofRequest(db, ref).set({ due_at: clock.now() }).where('state', '=', 'unknown');
  return (await update.returning('id').executeTakeFirst()) !== undefined;
}

/** The purchase of an item has become known: a request that waits for it is retried at once. */
export async function wakeWaiting(db: Db, item: { merchant_id: string; item_id: string }, at: Date): Promise<void> {
  await db
    .updateTable('cancellation')
    .set({ due_at: at })
    .where('merchant_id', '=', item.merchant_id)
    .where('item_id', '=', item.item_id)
    .where('state', '=', 'unknown')
    .where('due_at', '>', at)
    .execute();
}

/** An item in the state that it has come to. */
export interface MovedItem {
  readonly itemId: string;
  readonly state: ItemState;
  /** The supplier says that it cancelled because we asked it to. */
  readonly onOurCancel: boolean;
}

/**
 * Closes the open cancellation requests of items of one merchant, in the transaction that moved them: `lost` when the item
 * was delivered; `settled` when the item was cancelled, by the supplier because we asked (`onOurCancel`) or by us before any
 * supplier was asked. If the item ended in another way, an accepted request is settled and any other is refused. Items that
 * are still under way keep their requests.
 */
export async function closeCancellations(
  { clock, metrics }: Pick<Deps, 'clock' | 'metrics'>,
  trx: Trx,
  merchantId: string,
  items: readonly MovedItem[],
): Promise<void> {
  const ended = items.flatMap(({ itemId, ...moved }) => {
    const end = endOf(moved);
    return end === null ? [] : [{ itemId, end }];
  });
  if (ended.length === 0) return;
  const isMoot = sql`cancellation.state <> 'accepted' and given.word = 'moot'`;
  const { rows } = await sql<{ state: CancellationState }>`
    update cancellation set due_at = null, closed_at = ${clock.now()}::timestamptz,
      state = case when ${isMoot} then 'refused' when given.word = 'lost' then 'lost' else 'settled' end,
      reason = case when ${isMoot} then 'already_closed' end
    from unnest(${ended.map(({ itemId }) => itemId)}::uuid[], ${ended.map(({ end }) => end)}::text[])
      as given (item_id, word)
    where cancellation.merchant_id = ${merchantId}::uuid and cancellation.item_id = given.item_id
      and cancellation.state = any(${[...openStates]})
    returning cancellation.state`.execute(trx);
  for (const { state } of rows) metrics.cancellations.inc({ state });
}

function endOf({ state, onOurCancel }: Omit<MovedItem, 'itemId'>): 'lost' | 'settled' | 'moot' | null {
  switch (state) {
    case 'hold':
    case 'completed':
      return 'lost';
    case 'canceled':
      return 'settled';
    case 'reverted':
      return onOurCancel ? 'settled' : 'moot';
    case 'failed':
    case 'declined':
      return 'moot';
    case 'initiated':
    case 'pending':
    case 'active':
      return null;
  }
}

function ofRequest(db: Db | Trx, { merchantId, id }: RequestRef) {
  return db.updateTable('cancellation').where('merchant_id', '=', merchantId).where('id', '=', id);
}

/** Nothing is found when the attempt has been overtaken. */
function ofAttempt(db: Db | Trx, { attempt, ...ref }: Attempt) {
  return ofRequest(db, ref).where('state', '=', 'requested').where('attempts', '=', attempt);
}
