import { sql } from 'kysely';
import { failureOf, isSuccess, noReply, postSigned, RESPONSE_KEPT_BYTES, type Reply } from '../callbacks/post.ts';
import { type Target, targetOf } from '../callbacks/target.ts';
import { later, SECOND_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { ApprovalRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { itemsOf, lockTrade } from '../trades/queries.ts';
import { tradeToWire } from '../trades/wire.ts';
import { readVerdict, type Verdict } from './answer.ts';
import { type ClaimedApproval, RETRY_AFTER_MAX_MS } from './claim.ts';
import { decide } from './decide.ts';

/** After the third attempt without an answer the trade is rejected (DESIGN 4.6). */
const FAILURES_MAX = 3;
/** The pauses before the second and the third attempt; the API does not state them. */
const PAUSES_MS = [SECOND_MS, 5 * SECOND_MS];
const ANSWER_MAX_BYTES = 65_536;

interface TradeRef {
  readonly merchantId: string;
  readonly tradeId: string;
}

/**
 * Asks a merchant whether a trade may be bought. A question whose answer this gateway lost, because it died or was held
 * up, is asked again and counts for nothing: only what the merchant's side left unanswered brings a trade closer to its
 * rejection.
 * @returns whether there was an answer
 */
export async function askApproval(deps: Deps, approval: ClaimedApproval): Promise<boolean> {
  const { merchant_id: merchantId, trade_id: tradeId, due_at: leasedUntil } = approval;
  const message = await question(deps, { merchantId, tradeId });
  const isLate = later(deps.clock.now(), deps.config.approvalTimeoutMs) > leasedUntil;
  if (message === null || isLate) return true;
  const target = await targetOf(deps, merchantId);
  const reply = await send(deps, target, message);
  const verdict = readVerdict(reply, target.isStrict);
  return record(deps, approval, { deliveryId: message.id, reply, verdict });
}

/**
 * The trade as it waits, under an id of this attempt's own: receivers know the question by the trade (wire-api §6).
 * @returns null when it waits no more, as others have asked meanwhile: what is no question would be taken for news
 */
async function question(deps: Deps, { merchantId, tradeId }: TradeRef): Promise<{ id: string; body: string } | null> {
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
  readonly deliveryId: string;
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
    deps.log.warn({ ...ref, ask: approval.asks, cause: verdict.cause }, 'no answer to the question whether to buy');
  }
  return verdict.verdict !== 'none';
}

async function keepAttempt(trx: Trx, approval: ApprovalRow, answer: ApprovalAnswer): Promise<void> {
  const { deliveryId, reply, verdict } = answer;
  const failure = isSuccess(reply) ? null : failureOf(reply);
  await trx
    .insertInto('approval_attempt')
    .values({
      merchant_id: approval.merchant_id,
      trade_id: approval.trade_id,
      number: approval.asks,
      delivery_id: deliveryId,
      at: reply.at,
      duration_ms: reply.durationMs,
      status: reply.status,
      failure: verdict.verdict === 'none' ? verdict.cause : failure,
      response: reply.response?.slice(0, RESPONSE_KEPT_BYTES).toWellFormed() ?? null,
    })
    .execute();
}

/**
 * Unless somebody has asked anew meanwhile: what this attempt did not hear says nothing of the next.
 * @returns how many there were by now; 0: it does not count
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
    .where('asks', '=', approval.asks)
    .returning('failures')
    .executeTakeFirst();
  return row?.failures ?? 0;
}
