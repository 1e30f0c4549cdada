import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { nextLook } from '../unknown/rhythm.ts';
import { lockTradeOfWish } from './cancellation.ts';
import { ASK_AGAIN, leaseEnd, TIMER } from './record-cancellation.ts';

/** A wish without a clear answer, in the hands of whoever asks again: taken up, put back, ended or woken. */

/** Who wishes to cancel, and by which request. */
export interface Wisher {
  readonly actor: string;
  readonly requestId: string | null;
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
    const { itemId } = await lockTradeOfWish(trx, merchantId, cancellationId);
    const made = await trx
      .selectFrom('purchase')
      .select('id')
      .where('merchant_id', '=', merchantId)
      .where('item_id', '=', itemId)
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
