import { sql } from 'kysely';
import { DAY_MS, HOUR_MS, later, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { DeliveryRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Attempt, attemptDelivery } from './attempt.ts';

/** Pauses before the retries of a callback (DESIGN 4.6), give or take a fifth; after the last one it has failed. */
const RETRY_PAUSES_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  DAY_MS,
];
const LEASE_MARGIN_MS = 5 * SECOND_MS;
/** A new callback's job comes first; this only spares two workers the same look. */
const JOB_GRACE_MS = SECOND_MS;

/**
 * Sends a trade's callbacks that are due, in their order, until none is left or one has to be retried later:
 * the next of a trade never overtakes it.
 */
export async function sendCallbacks(deps: Deps, trade: { merchantId: string; tradeId: string }): Promise<void> {
  for (;;) {
    const delivery = await claimNext(deps, trade);
    if (!delivery) return;
    const attempt = await attemptDelivery(deps, delivery);
    await recordAttempt(deps, delivery, attempt);
    if (!attempt.delivered) return;
  }
}

/** The first callback of the trade that is not through, if it is due and nobody else is sending it. */
async function claimNext(deps: Deps, trade: { merchantId: string; tradeId: string }): Promise<DeliveryRow | null> {
  const now = deps.clock.now();
  const first = deps.db
    .selectFrom('delivery')
    .select('id')
    .where('merchant_id', '=', trade.merchantId)
    .where('trade_id', '=', trade.tradeId)
    .where('state', '=', 'pending')
    .orderBy('number')
    .limit(1);
  const row = await deps.db
    .updateTable('delivery')
    .set({ due_at: later(now, deps.config.callbackTimeoutMs + LEASE_MARGIN_MS), attempts: sql<number>`attempts + 1` })
    .where('merchant_id', '=', trade.merchantId)
    .where('id', '=', first)
    .where('state', '=', 'pending')
    .where('due_at', '<=', now)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

async function recordAttempt(deps: Deps, delivery: DeliveryRow, attempt: Attempt): Promise<void> {
  const { merchant_id, id } = delivery;
  deps.metrics.callbacks.inc({ outcome: attempt.delivered ? 'delivered' : 'failed' });
  if (!attempt.delivered) {
    const { failure, status } = attempt;
    deps.log.warn({ deliveryId: id, tradeId: delivery.trade_id, failure, status }, 'a callback was not taken');
  }
  await deps.db
    .insertInto('delivery_attempt')
    .values({
      merchant_id,
      delivery_id: id,
      number: delivery.attempts,
      at: attempt.at,
      duration_ms: attempt.durationMs,
      status: attempt.status,
      failure: attempt.failure,
      response: attempt.response,
    })
    .execute();
  await deps.db
    .updateTable('delivery')
    .set(attempt.delivered ? { state: 'delivered', delivered_at: attempt.at, due_at: null } : retry(deps, delivery))
    .where('merchant_id', '=', merchant_id)
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute();
}

function retry(deps: Deps, delivery: DeliveryRow) {
  const pauseMs = RETRY_PAUSES_MS[delivery.attempts - 1];
  if (pauseMs === undefined) return { state: 'failed' as const, due_at: null };
  const jitter = 0.8 + Math.random() * 0.4;
  return { due_at: later(deps.clock.now(), pauseMs * jitter) };
}

const BATCH_MAX = 50;

/**
 * Sends what is due without a job: retries, and callbacks whose job was lost.
 * @returns how many trades were found; a full batch means that there may be more
 */
export async function sendDueCallbacks(deps: Deps): Promise<number> {
  const due = await deps.db
    .selectFrom('delivery')
    .select(['merchant_id as merchantId', 'trade_id as tradeId'])
    .where('state', '=', 'pending')
    .where('due_at', '<=', later(deps.clock.now(), -JOB_GRACE_MS))
    // Those that wait behind an earlier one of their trade are not due, whatever their time says.
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('delivery as earlier')
            .select('earlier.id')
            .whereRef('earlier.merchant_id', '=', 'delivery.merchant_id')
            .whereRef('earlier.trade_id', '=', 'delivery.trade_id')
            .whereRef('earlier.number', '<', 'delivery.number')
            .where('earlier.state', '=', 'pending'),
        ),
      ),
    )
    .orderBy('due_at')
    .limit(BATCH_MAX)
    .execute();
  await Promise.all(due.map((trade) => sendCallbacks(deps, trade)));
  return due.length;
}
