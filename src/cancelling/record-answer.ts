import { sql } from 'kysely';
import { RETRY_BACKOFF } from '../cancellations/store.ts';
import { later } from '../core/clock.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { CancelAnswer, CancelRefusal } from '../suppliers/supplier.ts';
import { CANCEL_REFUSED, tellItem } from '../trades/move.ts';
import { lockItem } from '../trades/queries.ts';
import { nextAttemptAt } from '../work/backoff.ts';
import { awaitOutcome, lockTradeForCancellation, type Outcome } from './cancellation.ts';

/** One attempt of a request. Whatever is written about it is guarded by the attempt's number. */
interface Attempt {
  readonly merchantId: string;
  readonly id: string;
  readonly asks: number;
}

export interface AnswerOptions {
  /** How long after an accepted cancel its order is read at the latest. */
  readonly firstLookMs: number;
  /**
   * Whether a caller was told that the request is kept. Then "too early" does not end it, and any other refusal is told
   * by callback, since nobody waits for it any more.
   */
  readonly isKept: boolean;
}

/**
 * Writes down what the supplier answered to one attempt. When settlement closed the request first, or a newer attempt
 * has begun, this answer changes nothing, and what comes of the request there is the outcome.
 */
export async function recordAnswer(
  deps: Deps,
  attempt: Attempt,
  answer: CancelAnswer,
  { firstLookMs, isKept }: AnswerOptions,
): Promise<Outcome> {
  const outcome = toOutcome(answer, isKept);
  const isWritten = await write(deps, attempt, answer, { outcome, firstLookMs, isKept });
  deps.metrics.cancellations.inc({ state: outcome.outcome });
  return isWritten ? outcome : awaitOutcome(deps, attempt.merchantId, attempt.id);
}

function toOutcome(answer: CancelAnswer, isKept: boolean): Outcome {
  if (answer.outcome === 'unknown') return { outcome: 'unknown', why: 'no_clear_answer' };
  const isTooEarly = answer.outcome === 'refused' && answer.reason === 'too_early';
  return isTooEarly && isKept ? { outcome: 'unknown', why: 'too_early' } : answer;
}

async function write(
  deps: Deps,
  attempt: Attempt,
  answer: CancelAnswer,
  { outcome, firstLookMs, isKept }: AnswerOptions & { readonly outcome: Outcome },
): Promise<boolean> {
  if (answer.outcome === 'accepted') return accept(deps, attempt, firstLookMs);
  if (answer.outcome === 'unknown') return keep(deps, attempt, answer.cause);
  if (outcome.outcome === 'unknown') return keep(deps, attempt, answer.reason);
  return isKept ? refuseAndTell(deps, attempt, answer.reason) : refuse(deps, deps.db, attempt, answer.reason);
}

/** The same statement makes the order due to be read, unless it is sooner: a push may have come already. */
async function accept(deps: Deps, attempt: Attempt, firstLookMs: number): Promise<boolean> {
  const now = deps.clock.now();
  const result = await sql<{ item_id: string }>`
    with answered as (
      update cancellation set state = 'accepted', reason = null, due_at = null, answered_at = ${now}
      where merchant_id = ${attempt.merchantId} and id = ${attempt.id} and state = 'requested'
        and asks = ${attempt.asks}
      returning merchant_id, item_id
    )
    update purchase set due_at = least(purchase.due_at, ${later(now, firstLookMs)}::timestamptz)
    from answered
    where purchase.merchant_id = answered.merchant_id and purchase.item_id = answered.item_id
      and purchase.state = 'done'
    returning purchase.item_id`.execute(deps.db);
  return result.rows.length > 0;
}

/** Nobody knows yet: the supplier is asked again, at growing intervals. */
async function keep(deps: Deps, attempt: Attempt, reason: string): Promise<boolean> {
  const dueAt = nextAttemptAt(deps.clock.now(), sql.ref('requested_at'), RETRY_BACKOFF);
  const row = await deps.db
    .updateTable('cancellation')
    .set({ state: 'unknown', reason, due_at: dueAt })
    .where('merchant_id', '=', attempt.merchantId)
    .where('id', '=', attempt.id)
    .where('state', '=', 'requested')
    .where('asks', '=', attempt.asks)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

async function refuse(deps: Deps, db: Deps['db'] | Trx, attempt: Attempt, reason: CancelRefusal): Promise<boolean> {
  const now = deps.clock.now();
  const row = await db
    .updateTable('cancellation')
    .set({ state: 'refused', reason, due_at: null, answered_at: now, closed_at: now })
    .where('merchant_id', '=', attempt.merchantId)
    .where('id', '=', attempt.id)
    .where('state', '=', 'requested')
    .where('asks', '=', attempt.asks)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** A kept request that is refused for good: its item stays as it is, and its merchant is told. */
export async function refuseAndTell(deps: Deps, attempt: Attempt, reason: CancelRefusal): Promise<boolean> {
  return inTransaction(deps, async (trx) => {
    const { trade, itemId } = await lockTradeForCancellation(trx, attempt.merchantId, attempt.id);
    if (!(await refuse(deps, trx, attempt, reason))) return false;
    const item = await lockItem(trx, { merchant_id: attempt.merchantId, item_id: itemId });
    const origin = { actor: `supplier:${item.supplier}`, cause: { cancellation: attempt.id, reason } };
    await tellItem(deps, trx, trade, item, CANCEL_REFUSED, origin);
    return true;
  });
}
