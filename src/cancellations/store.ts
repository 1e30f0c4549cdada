import { type RawBuilder, sql } from 'kysely';
import type { Config } from '../config/config.ts';
import { later, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Db } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { longestPauseMs } from '../work/backoff.ts';

/** The actor of requests that nobody made but the clock. */
export const TIMER = 'timer';

/** Past the supplier's time-out, a call without a recorded answer belonged to a process that died. */
const LEASE_MARGIN_MS = 5 * SECOND_MS;
/** How a request without a clear answer is retried. */
export const RETRY_BACKOFF = { minMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };

/**
 * Whether a request of this item was lost so recently that its call can still be under way. For as long, that request
 * is the answer to any other: the supplier never hears two cancels of an order at a time.
 */
export function justLost(
  deps: Deps,
  now: Date,
  { merchantId, itemId }: { readonly merchantId: RawBuilder<unknown>; readonly itemId: RawBuilder<unknown> },
): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from cancellation as lost where lost.merchant_id = ${merchantId} and lost.item_id = ${itemId}
      and lost.state = 'lost' and lost.closed_at > ${lostSince(deps, now)}::timestamptz)`;
}

/** The caller claimed the request before it was lost, for at most two calls. */
export function lostSince(deps: Pick<Deps, 'config'>, now: Date): Date {
  return later(now, -leaseMs(deps, 2));
}

/** @param calls how many calls to the supplier, one after the other, the lease is for */
export function leaseEnd(deps: Deps, now: Date, calls: 1 | 2): Date {
  return later(now, leaseMs(deps, calls));
}

/** A request is looked at again after this at the latest, unless it waits for a time that was announced. */
export function longestRetryMs({ supplierTimeoutMs }: Pick<Config, 'supplierTimeoutMs'>): number {
  return Math.max(longestPauseMs(RETRY_BACKOFF), 2 * supplierTimeoutMs + LEASE_MARGIN_MS);
}

function leaseMs(deps: Pick<Deps, 'config'>, calls: 1 | 2): number {
  return calls * deps.config.supplierTimeoutMs + LEASE_MARGIN_MS;
}

/** An item's purchase is known to be made from now on: a request that waits for it is acted on at once. */
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
