import { sql } from 'kysely';
import { DAY_MS, later } from '../core/clock.ts';
import { compare } from '../core/compare.ts';
import { onOneServer } from '../db/portable.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { ClaimedCallback } from './claim.ts';
import { type OffReason, switchOff } from './endpoint.ts';
import type { Reply } from './post.ts';
import { pauseAfter } from './schedule.ts';

export type Attempt = Reply & {
  readonly isAccepted: boolean;
  /** Where it was sent; null: it could not be sent, so the attempt shows nothing about a URL. */
  readonly url: string | null;
};

export interface Outcome {
  readonly callback: ClaimedCallback;
  readonly attempt: Attempt;
}

export interface Recorded {
  /** Whether the next callback of the same trade can be sent now. */
  readonly hasNext: boolean;
}

/** What the recording statement returns for an outcome. */
interface RecordedRow extends Recorded {
  readonly id: string;
  readonly merchantId: string;
  /** The merchant's first failure since it last accepted a callback, as it was before these outcomes. */
  readonly failingSince: Date | null;
}

/**
 * Records attempts and what follows from them: each callback is delivered, retried or given up, and URLs that are dead
 * are switched off.
 */
export async function recordOutcomes(deps: Deps, outcomes: readonly Outcome[]): Promise<readonly Recorded[]> {
  for (const outcome of outcomes) report(deps, outcome);
  const rows = outcomes.map((outcome) => rowOf(deps, outcome));
  const recorded = await inTransaction(deps, (trx) => write(deps, trx, rows));
  const byId = new Map(recorded.map((each) => [each.id, each]));
  await switchOffDead(deps, outcomes, byId);
  return rows.map(({ id, state }) => ({ hasNext: state !== 'pending' && (byId.get(id)?.hasNext ?? false) }));
}

function report({ log, metrics }: Deps, { callback, attempt }: Outcome): void {
  metrics.callbacks.inc({ outcome: attempt.isAccepted ? 'delivered' : 'failed' });
  if (attempt.isAccepted) return;
  const { failure, status } = attempt;
  log.warn({ callbackId: callback.id, tradeId: callback.trade_id, failure, status }, 'a callback was not accepted');
}

type OutcomeRow = ReturnType<typeof rowOf>;

function rowOf({ clock }: Deps, { callback, attempt }: Outcome) {
  const tried = callback.attempts - callback.attempts_before;
  const pauseMs = attempt.isAccepted ? null : pauseAfter(tried, attempt.retryAfterMs);
  const unsuccessful = pauseMs === null ? 'failed' : 'pending';
  return {
    merchant_id: callback.merchant_id,
    id: callback.id,
    trade_id: callback.trade_id,
    number: callback.number,
    attempt: callback.attempts,
    attempts_before: callback.attempts_before,
    state: attempt.isAccepted ? 'delivered' : unsuccessful,
    due_at: pauseMs === null ? null : later(clock.now(), pauseMs),
    pause_ms: pauseMs === null ? null : Math.ceil(pauseMs),
    at: attempt.at,
    duration_ms: attempt.durationMs,
    status: attempt.status,
    failure: attempt.failure === null ? null : storable(attempt.failure),
    response: attempt.response,
    /** Whether the attempt shows something about the URL. */
    is_sent: attempt.url !== null,
  };
}

/** NUL and unpaired surrogates cannot be stored as text. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** The callback was not replayed since this attempt began. */
const isOurs = sql`callback.attempts_before = outcome.attempts_before`;

/** On a cluster a statement names one merchant. */
async function write(
  { clock, isDistributed }: Deps,
  trx: Trx,
  rows: readonly OutcomeRow[],
): Promise<readonly RecordedRow[]> {
  const now = clock.now();
  const recorded: RecordedRow[] = [];
  const merchants = [...Map.groupBy(rows, (row) => row.merchant_id)].sort(([a], [b]) => compare(a, b));
  if (!isDistributed) recorded.push(...(await writeAll(trx, rows, now, null)));
  else for (const [merchantId, own] of merchants) recorded.push(...(await writeAll(trx, own, now, merchantId)));
  const failingSince = new Map(recorded.map((row) => [row.merchantId, row.failingSince]));
  // In the order of their ids, because each one's row may be locked.
  for (const [merchantId, own] of merchants) await judge(trx, merchantId, own, failingSince.get(merchantId) ?? null);
  return recorded;
}

/**
 * Writes outcomes in one statement.
 *
 * An attempt that ends after its lease is recorded. Its success counts; its failure does not, because another attempt
 * may have begun. An attempt that began before a replay does not count at all: the replay asked for a new one, so the
 * callback is due again. While the merchant's callbacks are switched off, what is pending has no due time. For `is
 * true` see `claimOfMerchant` in `work/claim.ts`.
 * @param only whose outcomes they are; null: they are of several merchants, which a single server can take
 */
async function writeAll(
  trx: Trx,
  rows: readonly OutcomeRow[],
  now: Date,
  only: string | null,
): Promise<readonly RecordedRow[]> {
  const merchantId = only === null ? sql`outcome.merchant_id` : sql`${only}::uuid`;
  const result = await sql<RecordedRow>`
    with outcome as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as outcome (merchant_id uuid, id uuid, trade_id uuid, number int4,
        attempt int4, attempts_before int4, state text, due_at timestamptz, pause_ms int4, at timestamptz,
        duration_ms int4, status int4, failure text, response text)
    ), tried as (
      insert into callback_attempt (merchant_id, callback_id, number, at, duration_ms, status, failure, response)
      select ${merchantId}, id, attempt, at, duration_ms, status, failure, response from outcome
      on conflict do nothing
    ), moved as (
      update callback set state = case when ${isOurs} then outcome.state else callback.state end,
        delivered_at = case when ${isOurs} and outcome.state = 'delivered' then outcome.at end,
        pause_ms = case when ${isOurs} then outcome.pause_ms else callback.pause_ms end,
        due_at = case when merchant.callback_disabled_at is not null then null
          when ${isOurs} then outcome.due_at else ${now}::timestamptz end
      from outcome join merchant on merchant.id = ${merchantId}
      where callback.merchant_id = ${merchantId} and callback.id = outcome.id
        and (callback.state = 'pending'
          and (callback.attempts = outcome.attempt or ${isOurs} and outcome.state = 'delivered')) is true
    )
    select ${only === null ? onOneServer : sql``} outcome.id, ${merchantId} as "merchantId",
      merchant.callback_failing_since as "failingSince",
      exists (select 1 from callback as later where later.merchant_id = ${merchantId}
        and later.trade_id = outcome.trade_id and later.number > outcome.number and later.state = 'pending') as "hasNext"
    from outcome join merchant on merchant.id = ${merchantId}`.execute(trx);
  return result.rows;
}

/** Keeps since when a merchant's URL has accepted nothing. Seldom anything changes, so the row is seldom written. */
async function judge(
  trx: Trx,
  merchantId: string,
  rows: readonly OutcomeRow[],
  failingSince: Date | null,
): Promise<void> {
  const sent = rows.filter((row) => row.is_sent);
  const isAccepted = sent.some((row) => row.state === 'delivered');
  if (sent.length === 0 || isAccepted === (failingSince === null)) return;
  const first = new Date(Math.min(...sent.map((row) => row.at.getTime())));
  await trx
    .updateTable('merchant')
    .set({ callback_failing_since: isAccepted ? null : first })
    .where('id', '=', merchantId)
    .where('callback_failing_since', isAccepted ? 'is not' : 'is', null)
    .execute();
}

/** A URL that accepted nothing for this long is switched off. */
const FAILING_MAX_MS = 5 * DAY_MS;

interface DeadUrl {
  readonly merchantId: string;
  readonly url: string;
  readonly reason: OffReason;
}

/** Switches off the URLs that these attempts have shown to be dead, and logs it for the operator. */
async function switchOffDead(
  deps: Deps,
  outcomes: readonly Outcome[],
  recorded: ReadonlyMap<string, RecordedRow>,
): Promise<void> {
  for (const { merchantId, url, reason } of deadUrls(deps, outcomes, recorded)) {
    const isOff = await inTransaction(deps, (trx) => switchOff(deps, trx, merchantId, reason, url));
    if (isOff) deps.log.error({ merchantId, reason }, 'a merchant’s callbacks are switched off');
  }
}

/** At most one for each merchant. 410 is enough at once; otherwise it takes five days in which nothing was accepted. */
function deadUrls(
  { clock }: Deps,
  outcomes: readonly Outcome[],
  recorded: ReadonlyMap<string, RecordedRow>,
): DeadUrl[] {
  const accepting = new Set(outcomes.flatMap((each) => (each.attempt.isAccepted ? each.callback.merchant_id : [])));
  const longAgo = later(clock.now(), -FAILING_MAX_MS);
  const dead = new Map<string, DeadUrl>();
  for (const { callback, attempt } of outcomes) {
    const { merchant_id: merchantId, id } = callback;
    if (attempt.url === null || attempt.isAccepted) continue;
    const failingSince = recorded.get(id)?.failingSince ?? null;
    const isGone = attempt.status === 410;
    const hasFailedLong = failingSince !== null && failingSince <= longAgo && !accepting.has(merchantId);
    if (!isGone && !hasFailedLong) continue;
    const reason = isGone ? 'it answered 410 Gone' : 'nothing was taken for five days';
    dead.set(merchantId, { merchantId, url: attempt.url, reason });
  }
  return [...dead.values()];
}
