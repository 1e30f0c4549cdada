import { sql } from 'kysely';
import { type Target, targetOf } from '../callbacks/endpoint.ts';
import { failureOf, isSuccess, noReply, postSigned, RESPONSE_KEPT_BYTES, type Reply } from '../callbacks/post.ts';
import { later, SECOND_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { ApprovalRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { itemsOf, lockTrade } from '../trades/queries.ts';
import { tradeToWire } from '../trades/wire.ts';
import type { Failures } from '../work/failure-log.ts';
import { LaneWorker } from '../work/lane-worker.ts';
import { mayStillCall } from '../work/lease.ts';
import { readVerdict, type Verdict } from './answer.ts';
import { type ClaimedApproval, claimApprovals, merchantsWithApprovals, RETRY_AFTER_MAX_MS } from './claim.ts';
import { decide } from './decide.ts';

/** After the third attempt without an answer the trade is rejected. */
const FAILURES_MAX = 3;
/** The pauses before the second and the third attempt; the API does not state them. */
const PAUSES_MS = [SECOND_MS, 5 * SECOND_MS];
const ANSWER_MAX_BYTES = 65_536;

interface TradeRef {
  readonly merchantId: string;
  readonly tradeId: string;
}

/**
 * Sends the approval requests that are due, on one node: a merchant that does not answer uses up its own lanes and no
 * other merchant's.
 */
export function approvalWorker(deps: Deps, failures: Failures): LaneWorker<ClaimedApproval> {
  return new LaneWorker<ClaimedApproval>({
    find: () => merchantsWithApprovals(deps),
    claim: (turns) => claimApprovals(deps, turns),
    run: async (approval) => ({ isWell: await requestApproval(deps, approval), hasNext: false }),
    failures,
  });
}

/**
 * Requests a merchant's approval of a trade. When this gateway lost the answer, because it died or was delayed, it sends
 * the request again and does not count the attempt: only requests that the merchant's side left unanswered bring a trade
 * closer to its rejection.
 * @returns whether there was an answer
 */
export async function requestApproval(deps: Deps, approval: ClaimedApproval): Promise<boolean> {
  const { merchant_id: merchantId, trade_id: tradeId, due_at: leasedUntil } = approval;
  const message = await approvalRequest(deps, { merchantId, tradeId });
  if (message === null || !mayStillCall(deps.clock.now(), leasedUntil, deps.config.approvalTimeoutMs)) return true;
  const target = await targetOf(deps, merchantId);
  const reply = await send(deps, target, message);
  const verdict = readVerdict(reply, target.isStrict);
  return record(deps, approval, { messageId: message.id, reply, verdict });
}

/**
 * The trade as it waits, under an ID of this attempt alone: receivers recognise a request by its trade.
 * @returns null when the trade no longer waits, because another request was answered: its message would be read as
 *   a callback about the trade
 */
async function approvalRequest(
  deps: Deps,
  { merchantId, tradeId }: TradeRef,
): Promise<{ id: string; body: string } | null> {
  const trade = await deps.db
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', tradeId)
    .executeTakeFirstOrThrow();
  if (trade.status !== 'initiated') return null;
  const body = JSON.stringify({ trade: tradeToWire(trade, await itemsOf(deps.db, merchantId, [tradeId])) });
  return { id: newId(deps.clock.now()), body };
}

async function send(deps: Deps, target: Target, message: { id: string; body: string }): Promise<Reply> {
  if ('missing' in target) return { ...noReply(deps.clock.now()), failure: target.missing };
  return postSigned(deps, target, message, {
    timeoutMs: deps.config.approvalTimeoutMs,
    wholeBodyMaxBytes: ANSWER_MAX_BYTES,
  });
}

interface ApprovalAnswer {
  readonly messageId: string;
  readonly reply: Reply;
  readonly verdict: Verdict;
}

async function record(deps: Deps, approval: ApprovalRow, answer: ApprovalAnswer): Promise<boolean> {
  const ref = { merchantId: approval.merchant_id, tradeId: approval.trade_id };
  const { reply, verdict } = answer;
  await inTransaction(deps, async (trx) => {
    await lockTrade(trx, ref.merchantId, ref.tradeId);
    await keepAttempt(trx, approval, answer);
    if (verdict.verdict === 'approved') return decide(deps, trx, ref, { state: 'approved' });
    if (verdict.verdict === 'rejected') return decide(deps, trx, ref, { state: 'rejected', reason: verdict.reason });
    const failures = await countFailure(deps, trx, approval, verdict.cause, reply);
    if (failures >= FAILURES_MAX) await decide(deps, trx, ref, { state: 'timed_out', reason: verdict.cause });
  });
  if (verdict.verdict === 'none') {
    const about = { ...ref, attempt: approval.attempts, cause: verdict.cause };
    deps.log.warn(about, 'a merchant did not answer an approval request; after three requests the trade is rejected');
  }
  return verdict.verdict !== 'none';
}

async function keepAttempt(trx: Trx, approval: ApprovalRow, answer: ApprovalAnswer): Promise<void> {
  const { messageId, reply, verdict } = answer;
  const failure = isSuccess(reply) ? null : failureOf(reply);
  await trx
    .insertInto('approval_attempt')
    .values({
      merchant_id: approval.merchant_id,
      trade_id: approval.trade_id,
      number: approval.attempts,
      message_id: messageId,
      at: reply.at,
      duration_ms: reply.durationMs,
      status: reply.status,
      failure: verdict.verdict === 'none' ? verdict.cause : failure,
      response: reply.response?.slice(0, RESPONSE_KEPT_BYTES).toWellFormed() ?? null,
    })
    .execute();
}

/**
 * Counts this attempt as unanswered, unless a newer attempt has begun: what this one did not hear says nothing about
 * the newer one.
 * @returns how many unanswered attempts there are now; 0: this one does not count
 */
async function countFailure(
  deps: Deps,
  trx: Trx,
  approval: ApprovalRow,
  cause: string,
  { retryAfterMs }: Reply,
): Promise<number> {
  const pauseMs = Math.max(PAUSES_MS[approval.failures] ?? 0, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
  const row = await trx
    .updateTable('approval')
    .set({ failures: sql<number>`failures + 1`, reason: cause, due_at: later(deps.clock.now(), pauseMs) })
    .where('merchant_id', '=', approval.merchant_id)
    .where('trade_id', '=', approval.trade_id)
    .where('state', '=', 'asking')
    .where('attempts', '=', approval.attempts)
    .returning('failures')
    .executeTakeFirst();
  return row?.failures ?? 0;
}
