import { type RawBuilder, sql } from 'kysely';
import { leaseEnd, RETRY_BACKOFF, TIMER } from '../cancellations/store.ts';
import type { Db } from '../db/connect.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { nextAttemptAt } from '../work/backoff.ts';
import { lockTradeForCancellation } from './cancellation.ts';

/** A request without a clear answer, in the hands of the caller that retries it: claimed, released or woken. */

/** Who asks to cancel, and by which request. */
export interface Requester {
  readonly actor: string;
  readonly requestId: string | null;
}

/** One attempt of a request, known by its number. */
export interface Claim {
  readonly merchantId: string;
  readonly cancellationId: string;
  readonly ask: number;
}

/**
 * Claims an unknown request for a retry: a look at the order, then a cancel. One caller of any number gets it; the
 * others see it as `requested`.
 * @param requester who asks for the same now, if anybody does: from then on a request of the timer is theirs, and its rules are
 * @returns null when another caller holds it
 */
export async function claimForRetry(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
  requester: Requester | null,
): Promise<Claim | null> {
  const row = await deps.db
    .updateTable('cancellation')
    .set({ state: 'requested', due_at: leaseEnd(deps, deps.clock.now(), 2), asks: sql<number>`asks + 1` })
    .$if(requester !== null, (update) =>
      update.set({
        actor: sql<string>`case when actor = ${TIMER} then ${requester?.actor} else actor end`,
        request_id: sql<string | null>`case when actor = ${TIMER} then ${requester?.requestId} else request_id end`,
      }),
    )
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .where('state', '=', 'unknown')
    .returning('asks')
    .executeTakeFirst();
  return row ? { merchantId, cancellationId, ask: row.asks } : null;
}

/** Releases a claimed request without having asked the supplier: its order cannot be read now. */
export async function release(deps: Deps, claim: Claim): Promise<void> {
  await releaseUntil(deps.db, claim, {
    due_at: nextAttemptAt(deps.clock.now(), sql.ref('requested_at'), RETRY_BACKOFF),
  });
}

/** Releases a claimed request without having asked the supplier: it cancels orders only from that time on. */
export async function releaseUntilOldEnough(deps: Deps, claim: Claim, cancellableAt: Date): Promise<void> {
  await releaseUntil(deps.db, claim, { due_at: cancellableAt, reason: 'too_early' });
}

/**
 * Releases a claimed request whose purchase is not known to be made, so that it cannot be cancelled yet. Under the
 * trade's lock: a purchase that becomes known meanwhile either finds the request waiting and wakes it, or is seen here.
 */
export async function releaseUntilPurchased(deps: Deps, claim: Claim): Promise<void> {
  const { merchantId, cancellationId } = claim;
  await inTransaction(deps, async (trx) => {
    const { itemId } = await lockTradeForCancellation(trx, merchantId, cancellationId);
    const made = await trx
      .selectFrom('purchase')
      .select('id')
      .where('merchant_id', '=', merchantId)
      .where('item_id', '=', itemId)
      .where('state', '=', 'done')
      .executeTakeFirst();
    const now = deps.clock.now();
    await releaseUntil(trx, claim, { due_at: made ? now : nextAttemptAt(now, sql.ref('requested_at'), RETRY_BACKOFF) });
  });
}

async function releaseUntil(
  db: Db | Trx,
  { merchantId, cancellationId, ask }: Claim,
  next: { readonly due_at: Date | RawBuilder<Date>; readonly reason?: string },
): Promise<void> {
  await db
    .updateTable('cancellation')
    .set({ state: 'unknown', ...next })
    .where('merchant_id', '=', merchantId)
    .where('id', '=', cancellationId)
    .where('state', '=', 'requested')
    .where('asks', '=', ask)
    .execute();
}
