import { type RawBuilder, sql } from 'kysely';
import { later, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Db } from '../db/connect.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { lockTrade } from '../trades/queries.ts';
import { nextLook } from '../unknown/rhythm.ts';
import type { Order } from './cancellation.ts';

/** The actor of wishes that nobody made but the clock. */
export const TIMER = 'timer';

/** Past the supplier's time-out, a call without a recorded answer belonged to a process that died. */
const LEASE_MARGIN_MS = 5 * SECOND_MS;
/** How a wish without a clear answer is taken up again. */
export const ASK_AGAIN = { minMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };

/** Who wishes to cancel, and by which request. */
export interface Wisher {
  readonly actor: string;
  readonly requestId: string | null;
}

interface NewCancellation {
  readonly merchantId: string;
  readonly tradeId: string;
  readonly itemId: string;
  readonly supplier: string;
  readonly actor: string;
  readonly requestId: string | null;
  /** null: the purchase has no known order yet, so the wish waits for it. */
  readonly order: Order | null;
  /** How long the wish belongs to the caller, who asks the supplier meanwhile. */
  readonly leasedUntil: Date;
  /** Whether what was sent already is left alone, as the timer does. */
  readonly onlyPending?: true;
}

/**
 * Records a wish before the supplier hears of it. The key on open wishes lets exactly one of any number of equal
 * requests through.
 * @returns the wish's id, or null when another wish of this item was there first and answers for it
 */
export async function recordCancellation(deps: Deps, cancellation: NewCancellation): Promise<string | null> {
  const now = deps.clock.now();
  const { merchantId, tradeId, itemId, supplier, actor, requestId, order, leasedUntil, onlyPending } = cancellation;
  const [state, asks, dueAt] = order ? ['requested', 1, leasedUntil] : ['unknown', 0, later(now, ASK_AGAIN.minMs)];
  const { rows } = await sql<{ id: string }>`
    insert into cancellation
      (merchant_id, id, trade_id, item_id, supplier, state, actor, request_id, asks, due_at, requested_at)
    select ${merchantId}::uuid, ${newId(now)}::uuid, ${tradeId}::uuid, ${itemId}::uuid, ${supplier}, ${state}, ${actor},
      ${requestId}, ${asks}::integer, ${dueAt}::timestamptz, ${now}::timestamptz
    where not ${justLost(deps, now, { merchantId: sql.val(merchantId), itemId: sql.val(itemId) })}
      and (${onlyPending !== true}::boolean or exists (
        select from item where item.merchant_id = ${merchantId}::uuid and item.id = ${itemId}::uuid
          and item.state = 'pending'))
    on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing
    returning id`.execute(deps.db);
  return rows[0]?.id ?? null;
}

/**
 * Whether a wish of this item was lost so recently that its call can still be under way. For as long, that wish is
 * the answer to any other: the supplier never hears two cancels of an order at a time.
 */
export function justLost(
  deps: Deps,
  now: Date,
  { merchantId, itemId }: { readonly merchantId: RawBuilder<unknown>; readonly itemId: RawBuilder<unknown> },
): RawBuilder<boolean> {
  // Whoever calls took the wish up before it was lost, for at most two calls.
  const since = later(now, -leaseMs(deps, 2));
  return sql<boolean>`exists (
    select from cancellation as lost where lost.merchant_id = ${merchantId} and lost.item_id = ${itemId}
      and lost.state = 'lost' and lost.closed_at > ${since}::timestamptz)`;
}

/** @param calls how many calls to the supplier, one after the other, the lease is for */
export function leaseEnd(deps: Deps, now: Date, calls: 1 | 2): Date {
  return later(now, leaseMs(deps, calls));
}

function leaseMs(deps: Deps, calls: 1 | 2): number {
  return calls * deps.config.supplierTimeoutMs + LEASE_MARGIN_MS;
}

/**
 * Takes an unknown wish for asking again: a look at the order, then a cancel. One caller of any number gets it; the others see it as `requested`.
 * @param wisher who wishes the same now, if anybody does: from then on a wish of the timer is theirs, and its rules are
 * @returns the number of this ask, by which the holder knows the wish as its own; null: another caller holds it
 */
export async function takeUp(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
  wisher: Wisher | null,
): Promise<number | null> {
  const row = await deps.db
    .updateTable('cancellation')
    .set({ state: 'requested', due_at: leaseEnd(deps, deps.clock.now(), 2), asks: sql<number>`asks + 1` })
    .$if(wisher !== null, (update) =>
      update.set({
        actor: sql<string>`case when actor = ${TIMER} then ${wisher?.actor} else actor end`,
        request_id: sql<string | null>`case when actor = ${TIMER} then ${wisher?.requestId} else request_id end`,
      }),
    )
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .where('state', '=', 'unknown')
    .returning('asks')
    .executeTakeFirst();
  return row?.asks ?? null;
}

/** Puts a wish that was taken up back to wait, without having asked: its order cannot be read now. */
export async function putBack(deps: Deps, merchantId: string, cancellationId: string, ask: number): Promise<void> {
  await putBackUntil(deps.db, nextLook(deps.clock.now(), sql.ref('requested_at'), ASK_AGAIN), {
    merchantId,
    cancellationId,
    ask,
  });
}

/**
 * The same where the purchase is not known to be made, which cannot be cancelled yet. Under the trade's lock: a purchase
 * that becomes known meanwhile finds the wish either waiting, and wakes it, or is seen here.
 */
export async function putBackToWait(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
  ask: number,
): Promise<void> {
  await inTransaction(deps, async (trx) => {
    const { trade_id, item_id } = await trx
      .selectFrom('cancellation')
      .select(['trade_id', 'item_id'])
      .where('merchant_id', '=', merchantId)
      .where('id', '=', cancellationId)
      .executeTakeFirstOrThrow();
    await lockTrade(trx, merchantId, trade_id);
    const made = await trx
      .selectFrom('purchase')
      .select('id')
      .where('merchant_id', '=', merchantId)
      .where('item_id', '=', item_id)
      .where('state', '=', 'done')
      .executeTakeFirst();
    const now = deps.clock.now();
    const dueAt = made ? now : nextLook(now, sql.ref('requested_at'), ASK_AGAIN);
    await putBackUntil(trx, dueAt, { merchantId, cancellationId, ask });
  });
}

async function putBackUntil(
  db: Db | Trx,
  due_at: Date | RawBuilder<Date>,
  { merchantId, cancellationId, ask }: { merchantId: string; cancellationId: string; ask: number },
): Promise<void> {
  await db
    .updateTable('cancellation')
    .set({ state: 'unknown', due_at })
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .where('state', '=', 'requested')
    .where('asks', '=', ask)
    .execute();
}

/**
 * Ends a wish of the timer that was taken up, when its item was sent meanwhile: what is on its way is its merchant's to
 * cancel, not the clock's.
 * @returns whether it has ended
 */
export async function refuseWhenSent(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
  ask: number,
): Promise<boolean> {
  const { rows } = await sql`
    update cancellation set state = 'refused', reason = 'already_sent', due_at = null, closed_at = ${deps.clock.now()}
    where merchant_id = ${merchantId} and id = ${cancellationId} and state = 'requested' and asks = ${ask}
      and exists (select from item where item.merchant_id = cancellation.merchant_id
        and item.id = cancellation.item_id and item.state <> 'pending')
    returning id`.execute(deps.db);
  if (rows.length > 0) deps.metrics.cancellations.inc({ state: 'refused' });
  return rows.length > 0;
}

/** An item's purchase is known to be made from now on: a wish that waits for it is acted on at once. */
export async function wakeWaitingWish(db: Db, item: { merchant_id: string; item_id: string }, at: Date) {
  await db
    .updateTable('cancellation')
    .set({ due_at: at })
    .where('merchant_id', '=', item.merchant_id)
    .where('item_id', '=', item.item_id)
    .where('state', '=', 'unknown')
    .where('due_at', '>', at)
    .execute();
}
