import { orderCancellableAt } from '../cancellations/policy.ts';
import { type RequestNow, readRequest, readWithOrder } from '../cancellations/queries.ts';
import {
  type Attempt,
  claimDueRequests,
  claimForRequester,
  type HeldRequest,
  type Requester,
  type RequestRef,
  refuse,
  release,
  TIMER,
} from '../cancellations/store.ts';
import { later, SECOND_MS } from '../core/clock.ts';
import { referenceOf } from '../core/ids.ts';
import type { Deps } from '../deps.ts';
import { applyOrderStatus } from '../settlement/apply-order-status.ts';
import { type CancelAnswer, countedOutcome } from '../suppliers/supplier.ts';
import { mayStillCall } from '../work/lease.ts';
import { runEach } from '../work/round.ts';
import { endWithoutSupplier, refuseAndTell, releaseUntilPurchased } from './trade-lock.ts';

/** Carries out recorded requests: sends them to the supplier, retries them, and waits for those of other callers. */

/** Why nobody knows yet what becomes of a request. It is kept, and retried until that is known. */
export type Undecided =
  /** The supplier was called, and gave no clear answer. */
  | 'no_clear_answer'
  /** It is not known whether the item was bought, so the supplier was not called. */
  | 'not_bought_yet'
  /** The supplier does not cancel an order that is so new; it is called again when it can. */
  | 'too_early';

/** What is known of a request, in the words that decide the caller's answer. */
export type RequestOutcome =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly why: Undecided };

const NO_ANSWER: RequestOutcome = { outcome: 'unknown', why: 'no_clear_answer' };

/** A supplier that pushes says itself when there is something to read; this is for pushes that do not come. */
const READ_DESPITE_PUSH_MS = 5 * SECOND_MS;

/**
 * Sends a request that this caller holds to the supplier, once. From here on nothing may be answered as a failure: what
 * cannot be recorded stays `requested`, and is retried when its lease ends.
 * @param isKept whether a caller was told that the request is kept
 */
export async function requestCancel(deps: Deps, held: HeldRequest, isKept = false): Promise<RequestOutcome> {
  if (!mayStillCall(deps.clock.now(), held.leasedUntil, deps.config.supplierTimeoutMs)) return NO_ANSWER;
  const answer = await callSupplier(deps, held);
  try {
    if (isClosed(answer)) return await findOutWhyClosed(deps, held, isKept);
    const pushes = Boolean(deps.suppliers.find(held.supplier)?.push);
    const firstReadMs = pushes ? READ_DESPITE_PUSH_MS : 0;
    const outcome = await recordAnswer(deps, held, answer, { firstReadMs, isKept });
    if (outcome.outcome === 'accepted' && !pushes) deps.signals.emit('ordersDue', held.supplier);
    return outcome;
  } catch (error) {
    deps.log.error(
      { err: error, itemId: held.itemId, answer },
      'failed to record the answer to a cancel; it is retried',
    );
    return NO_ANSWER;
  }
}

async function callSupplier(deps: Deps, held: HeldRequest): Promise<CancelAnswer> {
  const supplier = deps.suppliers.find(held.supplier);
  if (!supplier) {
    // The request is kept, for when the account is back.
    deps.log.error(
      { supplier: held.supplier, itemId: held.itemId },
      'a cancel waits for an account that this node does not have',
    );
    return { outcome: 'unknown', cause: 'this node does not have the account' };
  }
  const { cancel, id } = supplier;
  if (!cancel) return { outcome: 'refused', reason: 'not_allowed' };
  const answer = await cancel.request({
    reference: referenceOfOrder(held),
    orderId: held.order.orderId,
    isRepeat: held.attempt > 1,
  });
  deps.metrics.supplierCalls.inc({ supplier: id, call: 'cancel', outcome: countedOutcome(answer) });
  if (answer.outcome === 'unknown') {
    deps.log.warn({ supplier: id, itemId: held.itemId, cause: answer.cause }, 'no clear answer to a cancel');
  }
  return answer;
}

function isClosed(answer: CancelAnswer): boolean {
  return answer.outcome === 'refused' && answer.reason === 'already_closed';
}

/**
 * An order may be closed because of this very request: its message can arrive twice, or an earlier one late, and only the
 * last is answered. Reading the order ends the request with the truth; while it cannot be read, the outcome is unknown.
 */
async function findOutWhyClosed(deps: Deps, held: HeldRequest, isKept: boolean): Promise<RequestOutcome> {
  await readOrder(deps, held);
  const unclear = { outcome: 'unknown', cause: 'the order is closed already' } as const;
  return recordAnswer(deps, held, unclear, { firstReadMs: 0, isKept });
}

export interface AnswerOptions {
  /** How long after an accepted cancel its order is read at the latest. */
  readonly firstReadMs: number;
  /**
   * Whether a caller was told that the request is kept. Then "too early" does not end it, and any other refusal is told
   * by callback, since no caller waits for it any more.
   */
  readonly isKept: boolean;
}

/**
 * Records what the supplier answered to one attempt. When settlement closed the request first, or a newer attempt has
 * begun, this answer changes nothing, and the outcome is what comes of the request there.
 */
export async function recordAnswer(
  deps: Deps,
  attempt: Attempt,
  answer: CancelAnswer,
  options: AnswerOptions,
): Promise<RequestOutcome> {
  const outcome = toOutcome(answer, options.isKept);
  const isRecorded = await record(deps, attempt, answer, { ...options, outcome });
  deps.metrics.cancellations.inc({ state: outcome.outcome });
  return isRecorded ? outcome : awaitOutcome(deps, attempt);
}

function toOutcome(answer: CancelAnswer, isKept: boolean): RequestOutcome {
  if (answer.outcome === 'unknown') return NO_ANSWER;
  const isTooEarly = answer.outcome === 'refused' && answer.reason === 'too_early';
  return isTooEarly && isKept ? { outcome: 'unknown', why: 'too_early' } : answer;
}

async function record(
  deps: Deps,
  attempt: Attempt,
  answer: CancelAnswer,
  { outcome, firstReadMs, isKept }: AnswerOptions & { readonly outcome: RequestOutcome },
): Promise<boolean> {
  if (answer.outcome === 'accepted') {
    const readAt = later(deps.clock.now(), firstReadMs);
    return deps.cancelGroups.accept.call({ ...attempt, readAt });
  }
  if (answer.outcome === 'unknown') return release(deps, deps.db, attempt, { reason: answer.cause });
  if (outcome.outcome === 'unknown') return release(deps, deps.db, attempt, { reason: answer.reason });
  return isKept ? refuseAndTell(deps, attempt, answer.reason) : refuse(deps, deps.db, attempt, answer.reason);
}

/** @returns how many requests were due; a full batch means that there may be more */
export async function retryDueRequests(deps: Deps): Promise<number> {
  return runEach(deps, await claimDueRequests(deps), {
    run: ({ merchantId, id, attempt }) => retryAttempt(deps, { merchantId, id, attempt }),
    failure: 'failed to retry a cancellation request; it is retried when its lease ends',
    ids: ({ tradeId, itemId, id }) => ({ tradeId, itemId, cancellationId: id }),
  });
}

/**
 * Retries a request without a clear answer for somebody who asks for the same cancel now.
 * @returns null when another caller holds the request
 */
export async function retryCancel(
  deps: Deps,
  { merchantId, id }: RequestRef,
  requester: Requester,
): Promise<RequestOutcome | null> {
  const attempt = await claimForRequester(deps, { merchantId, id }, requester);
  return attempt === null ? null : retryAttempt(deps, attempt);
}

/**
 * A request that needs no supplier is ended first; then the order is read, since a second cancel is only sent if the
 * order is still open.
 * @returns null when another caller holds the request by then
 */
async function retryAttempt(deps: Deps, attempt: Attempt): Promise<RequestOutcome | null> {
  await endWithoutSupplier(deps, attempt);
  const held = await readWithOrder(deps.db, attempt);
  const isRead = held !== null && (await readOrder(deps, held));
  const now = await readRequest(deps.db, attempt);
  if (now.state !== 'requested') return toKnownOutcome(now);
  if (now.attempts !== attempt.attempt) return null;
  if (held === null) {
    await releaseUntilPurchased(deps, attempt);
    return { outcome: 'unknown', why: 'not_bought_yet' };
  }
  if (!isRead) {
    await release(deps, deps.db, attempt);
    return NO_ANSWER;
  }
  if (now.actor === TIMER && (await refuseWhenSent(deps, held))) return { outcome: 'refused', reason: 'already_sent' };
  const dueAt = orderCancellableAt(deps, held.supplier, held.orderedAt);
  if (dueAt > deps.clock.now()) {
    await release(deps, deps.db, attempt, { dueAt, reason: 'too_early' });
    return { outcome: 'unknown', why: 'too_early' };
  }
  return requestCancel(deps, held, true);
}

/** Ends a request of the timer whose item was sent meanwhile: the timer leaves such an item to its merchant. */
async function refuseWhenSent(deps: Deps, held: HeldRequest): Promise<boolean> {
  const sent = await deps.db
    .selectFrom('item')
    .select('id')
    .where('merchant_id', '=', held.merchantId)
    .where('id', '=', held.itemId)
    .where('state', '<>', 'pending')
    .executeTakeFirst();
  if (!sent || !(await refuseAndTell(deps, held, 'already_sent'))) return false;
  deps.metrics.cancellations.inc({ state: 'refused' });
  return true;
}

/** Reads the request's order and applies its status, which may end the request. @returns false: it could not be read */
async function readOrder(deps: Deps, held: HeldRequest): Promise<boolean> {
  const reference = referenceOfOrder(held);
  const answer = await deps.suppliers.find(held.supplier)?.find([reference]);
  const order = answer?.outcome === 'read' ? answer.found.find((each) => each.reference === reference) : undefined;
  if (!order) return false;
  const purchase = await deps.db
    .selectFrom('purchase')
    .selectAll()
    .where('merchant_id', '=', held.merchantId)
    .where('id', '=', held.order.purchaseId)
    .executeTakeFirstOrThrow();
  await applyOrderStatus(deps, purchase, order);
  return true;
}

function referenceOfOrder({ order }: HeldRequest): string {
  return referenceOf(order.purchaseId);
}

/** How long a caller that waits for another caller's call pauses between reads, growing to the last. */
const READ_PAUSES_MS = [5, 10, 20, 40, 80];
const READ_PAUSE_MAX_MS = 160;

/**
 * Waits for the outcome of a call that another caller, perhaps on another node, has in flight. When that call's lease is
 * over, the outcome is unknown, and the request is retried.
 */
export async function awaitOutcome(deps: Deps, ref: RequestRef): Promise<RequestOutcome> {
  for (let read = 0; ; read++) {
    const request = await readRequest(deps.db, ref);
    const isLeased = request.due_at !== null && deps.clock.now() < request.due_at;
    if (request.state !== 'requested' || !isLeased) return toKnownOutcome(request);
    await deps.clock.wait(READ_PAUSES_MS[read] ?? READ_PAUSE_MAX_MS);
  }
}

function toKnownOutcome({ state, reason, attempts, answered_at }: RequestNow): RequestOutcome {
  switch (state) {
    case 'accepted':
    case 'settled':
      return { outcome: 'accepted' };
    case 'refused':
      return { outcome: 'refused', reason: reason ?? 'not_allowed' };
    case 'lost':
      // A request that was accepted first is answered as it was then; delivery came later.
      return answered_at === null ? { outcome: 'refused', reason: 'already_sent' } : { outcome: 'accepted' };
    case 'requested':
    case 'unknown':
      return { outcome: 'unknown', why: whyUndecided(attempts, reason) };
  }
}

function whyUndecided(attempts: number, reason: string | null): Undecided {
  if (reason === 'too_early') return 'too_early';
  return attempts === 0 ? 'not_bought_yet' : 'no_clear_answer';
}
