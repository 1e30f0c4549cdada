import { sql } from 'kysely';
import { later } from '../clock.ts';
import type { Deps } from '../deps.ts';
import type { CancelAnswer } from '../suppliers/supplier.ts';
import { nextLook } from '../unknown/rhythm.ts';
import { type Outcome, outcomeNow } from './cancellation.ts';
import { ASK_AGAIN } from './record-cancellation.ts';

/**
 * Writes down what the supplier answered. Guarded by the state: when settlement or another node was faster, what is
 * written there is the outcome.
 * @param firstLookMs how long after an accepted cancel its order is read at the latest
 */
export async function recordAnswer(
  deps: Deps,
  cancellation: { merchantId: string; id: string; asks: number },
  answer: CancelAnswer,
  firstLookMs: number,
): Promise<Outcome> {
  const written =
    answer.outcome === 'accepted'
      ? await accept(deps, cancellation, firstLookMs)
      : await recordElse(deps, cancellation, answer);
  deps.metrics.cancellations.inc({ state: answer.outcome });
  return written ? toOutcome(answer) : outcomeNow(deps, cancellation.merchantId, cancellation.id);
}

function toOutcome(answer: CancelAnswer): Outcome {
  return answer.outcome === 'unknown' ? { outcome: 'unknown' } : answer;
}

/** The same statement makes the order due to be read, unless it is sooner: a push may have come already. */
async function accept(
  deps: Deps,
  cancellation: { merchantId: string; id: string },
  firstLookMs: number,
): Promise<boolean> {
  const now = deps.clock.now();
  const result = await sql<{ item_id: string }>`
    with answered as (
      update cancellation set state = 'accepted', reason = null, due_at = null, answered_at = ${now}
      where merchant_id = ${cancellation.merchantId} and id = ${cancellation.id} and state = 'requested'
      returning merchant_id, item_id
    )
    update purchase set due_at = least(purchase.due_at, ${later(now, firstLookMs)}::timestamptz)
    from answered
    where purchase.merchant_id = answered.merchant_id and purchase.item_id = answered.item_id
      and purchase.state = 'done'
    returning purchase.item_id`.execute(deps.db);
  return result.rows.length > 0;
}

/** Refused, or no clear answer: then it is asked again, with growing pauses. */
async function recordElse(
  deps: Deps,
  cancellation: { merchantId: string; id: string; asks: number },
  answer: Exclude<CancelAnswer, { outcome: 'accepted' }>,
): Promise<boolean> {
  const now = deps.clock.now();
  const row = await deps.db
    .updateTable('cancellation')
    .set(
      answer.outcome === 'refused'
        ? { state: 'refused', reason: answer.reason, due_at: null, answered_at: now, closed_at: now }
        : { state: 'unknown', reason: answer.cause, due_at: nextLook(now, sql.ref('requested_at'), ASK_AGAIN) },
    )
    .where('merchant_id', '=', cancellation.merchantId)
    .where('id', '=', cancellation.id)
    .where('state', '=', 'requested')
    // What one call did not hear says nothing of a later one, which is still under way.
    .$if(answer.outcome === 'unknown', (update) => update.where('asks', '=', cancellation.asks))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
