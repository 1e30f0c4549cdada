import { sql } from 'kysely';
import { later } from '../core/clock.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { Attempt } from './attempt.ts';
import type { ClaimedCallback } from './claim.ts';
import { switchOffDead } from './dead-urls.ts';
import { pauseAfter } from './schedule.ts';

export interface Outcome {
  readonly callback: ClaimedCallback;
  readonly attempt: Attempt;
}

export interface Recorded {
  /** Whether the next callback of the same trade can go out now. */
  readonly hasNext: boolean;
}

/** What the statement below finds of an outcome. */
export interface Found extends Recorded {
  readonly id: string;
  /** The merchant's first failure since anything was taken, as it was before these. */
  readonly failingSince: Date | null;
}

/**
 * Writes down what came of attempts, and what follows: through, to be tried again or given up, and a URL that is dead
 * switched off (DESIGN 4.6).
 */
export async function recordOutcomes(deps: Deps, outcomes: readonly Outcome[]): Promise<readonly Recorded[]> {
  for (const outcome of outcomes) report(deps, outcome);
  const rows = outcomes.map((outcome) => rowOf(deps, outcome));
  const found = await inTransaction(deps, (trx) => write(trx, rows, deps.clock.now()));
  const byId = new Map(found.map((each) => [each.id, each]));
  await switchOffDead(deps, outcomes, byId);
  return rows.map(({ id, state }) => ({ hasNext: state !== 'pending' && (byId.get(id)?.hasNext ?? false) }));
}

function report({ log, metrics }: Deps, { callback, attempt }: Outcome): void {
  metrics.callbacks.inc({ outcome: attempt.delivered ? 'delivered' : 'failed' });
  if (attempt.delivered) return;
  const { failure, status } = attempt;
  log.warn({ callbackId: callback.id, tradeId: callback.trade_id, failure, status }, 'a callback was not taken');
}

type Row = ReturnType<typeof rowOf>;

function rowOf({ clock }: Deps, { callback, attempt }: Outcome) {
  const tried = callback.attempts - callback.attempts_before;
  const pauseMs = attempt.delivered ? null : pauseAfter(tried, attempt.retryAfterMs);
  const unsuccessful = pauseMs === null ? 'failed' : 'pending';
  return {
    merchant_id: callback.merchant_id,
    id: callback.id,
    trade_id: callback.trade_id,
    number: callback.number,
    attempt: callback.attempts,
    attempts_before: callback.attempts_before,
    state: attempt.delivered ? 'delivered' : unsuccessful,
    due_at: pauseMs === null ? null : later(clock.now(), pauseMs),
    pause_ms: pauseMs === null ? null : Math.ceil(pauseMs),
    at: attempt.at,
    duration_ms: attempt.durationMs,
    status: attempt.status,
    failure: attempt.failure === null ? null : storable(attempt.failure),
    response: attempt.response,
    /** Whether something was learned about the URL. */
    is_sent: attempt.url !== null,
  };
}

/** Neither NUL nor half a character can be stored. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** It was not replayed since this attempt began. */
const isOurs = sql`callback.attempts_before = told.attempts_before`;

/**
 * One statement for the whole batch. An attempt that comes back after its lease has ended is kept, and its success
 * counts; its failure does not, because the callback is another attempt's by then. One that began before a replay is not
 * the one that was asked for, whatever came of it: the callback is due again. While the merchant's callbacks are off,
 * what is not through waits without a time. `is true` for the reason given at `claimDue`.
 */
async function write(trx: Trx, rows: readonly Row[], now: Date): Promise<readonly Found[]> {
  const result = await sql<Found>`
    with told as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as told (merchant_id uuid, id uuid,
        trade_id uuid, number integer, attempt integer, attempts_before integer, state text, due_at timestamptz, pause_ms integer, at timestamptz,
        duration_ms integer, status integer, failure text, response text, is_sent boolean)
    ), tried as (
      insert into callback_attempt (merchant_id, callback_id, number, at, duration_ms, status, failure, response)
      select merchant_id, id, attempt, at, duration_ms, status, failure, response from told
      on conflict do nothing
    ), moved as (
      update callback set state = case when ${isOurs} then told.state else callback.state end,
        delivered_at = case when ${isOurs} and told.state = 'delivered' then told.at end,
        pause_ms = case when ${isOurs} then told.pause_ms else callback.pause_ms end,
        due_at = case when merchant.callback_disabled_at is not null then null
          when ${isOurs} then told.due_at else ${now}::timestamptz end
      from told join merchant on merchant.id = told.merchant_id
      where callback.merchant_id = told.merchant_id and callback.id = told.id
        and (callback.state = 'pending'
          and (callback.attempts = told.attempt or ${isOurs} and told.state = 'delivered')) is true
    ), sent as (
      select merchant_id, min(at) as at, bool_or(state = 'delivered') as is_taken from told where is_sent group by merchant_id
    ), judged as (
      update merchant set callback_failing_since = case when not is_taken then sent.at end
      from sent where merchant.id = sent.merchant_id and is_taken = (callback_failing_since is not null)
    )
    select told.id, merchant.callback_failing_since as "failingSince",
      exists (select from callback as later where later.merchant_id = told.merchant_id
        and later.trade_id = told.trade_id and later.number > told.number and later.state = 'pending') as "hasNext"
    from told join merchant on merchant.id = told.merchant_id`.execute(trx);
  return result.rows;
}
