import { sql } from 'kysely';
import { later, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Db } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { nextLook } from '../unknown/rhythm.ts';
import type { Order } from './cancellation.ts';

/** Past the supplier's time-out, a call without a recorded answer belonged to a process that died. */
const LEASE_MARGIN_MS = 5 * SECOND_MS;
/** How a wish without a clear answer is taken up again. */
export const ASK_AGAIN = { minMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };

interface NewCancellation {
  readonly merchantId: string;
  readonly tradeId: string;
  readonly itemId: string;
  readonly supplier: string;
  readonly actor: string;
  readonly requestId: string;
  /** null: the purchase has no known order yet, so the wish waits for it. */
  readonly order: Order | null;
  /** How long the wish belongs to the caller, who asks the supplier meanwhile. */
  readonly leasedUntil: Date;
}

/**
 * Records a wish before the supplier hears of it. The key on open wishes lets exactly one of any number of equal
 * requests through.
 * @returns the wish's id, or null when another open wish of this item was there first
 */
export async function recordCancellation(deps: Deps, cancellation: NewCancellation): Promise<string | null> {
  const now = deps.clock.now();
  const row = await deps.db
    .insertInto('cancellation')
    .values({
      merchant_id: cancellation.merchantId,
      id: newId(now),
      trade_id: cancellation.tradeId,
      item_id: cancellation.itemId,
      supplier: cancellation.supplier,
      state: cancellation.order ? 'requested' : 'unknown',
      actor: cancellation.actor,
      request_id: cancellation.requestId,
      asks: cancellation.order ? 1 : 0,
      due_at: cancellation.order ? cancellation.leasedUntil : later(now, ASK_AGAIN.minMs),
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

/** @param calls how many calls to the supplier, one after the other, the lease is for */
export function leaseEnd(deps: Deps, now: Date, calls: 1 | 2): Date {
  return later(now, calls * deps.config.supplierTimeoutMs + LEASE_MARGIN_MS);
}

/**
 * Takes an unknown wish for asking again: a look at the order, then a cancel. One caller of any number gets it; the others see it as `requested`.
 * @returns the number of this ask, by which the holder knows the wish as its own; null: another caller holds it
 */
export async function takeUp(deps: Deps, merchantId: string, cancellationId: string): Promise<number | null> {
  const row = await deps.db
    .updateTable('cancellation')
    .set({ state: 'requested', due_at: leaseEnd(deps, deps.clock.now(), 2), asks: sql<number>`asks + 1` })
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .where('state', '=', 'unknown')
    .returning('asks')
    .executeTakeFirst();
  return row?.asks ?? null;
}

/**
 * Puts a wish that was taken up back to wait, without having asked: its order cannot be read now, or its purchase is
 * not known to be made, which cannot be cancelled yet.
 */
export async function putBack(deps: Deps, merchantId: string, cancellationId: string, ask: number): Promise<void> {
  const due_at = nextLook(deps.clock.now(), sql.ref('requested_at'), ASK_AGAIN);
  await deps.db
    .updateTable('cancellation')
    .set({ state: 'unknown', due_at })
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .where('state', '=', 'requested')
    .where('asks', '=', ask)
    .execute();
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
