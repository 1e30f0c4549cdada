import { orderCancellableAt } from '../cancellations/policy.ts';
import { TIMER } from '../cancellations/store.ts';
import { later, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { applyOrderStatus } from '../settlement/apply-order-status.ts';
import type { CancelAnswer } from '../suppliers/supplier.ts';
import {
  type Cancellation,
  type Outcome,
  readCancellation,
  referenceOfCancellation,
  stateNow,
  toKnownOutcome,
} from './cancellation.ts';
import {
  type Claim,
  claimForRetry,
  type Requester,
  release,
  releaseUntilOldEnough,
  releaseUntilPurchased,
} from './claim-for-retry.ts';
import { endWithoutSupplier } from './close.ts';
import { recordAnswer, refuseAndTell } from './record-answer.ts';

/** A supplier that pushes its news says when there is some; this is for pushes that do not come. */
const LOOK_DESPITE_PUSH_MS = 5 * SECOND_MS;

const NO_ANSWER: Outcome = { outcome: 'unknown', why: 'no_clear_answer' };

/**
 * Asks the supplier, once, for a request that this caller holds as `requested`.
 * From here on nothing may be answered as a failure: what cannot be recorded stays `requested` and is retried when its
 * lease ends.
 * @param isKept whether somebody was told that the request is kept
 */
export async function askSupplier(deps: Deps, cancellation: Cancellation, isKept = false): Promise<Outcome> {
  // A caller that was held up leaves it to the next: a call may not outlast the lease that keeps others from calling.
  if (later(deps.clock.now(), deps.config.supplierTimeoutMs) > cancellation.leasedUntil) return NO_ANSWER;
  const answer = await call(deps, cancellation);
  try {
    if (isClosed(answer)) return await whyClosed(deps, cancellation, isKept);
    const pushes = deps.suppliers.get(cancellation.supplier).push !== null;
    const firstLookMs = pushes ? LOOK_DESPITE_PUSH_MS : 0;
    const outcome = await recordAnswer(deps, cancellation, answer, { firstLookMs, isKept });
    if (outcome.outcome === 'accepted' && !pushes) deps.signals.emit('ordersDue', cancellation.supplier);
    return outcome;
  } catch (error) {
    deps.log.error({ err: error, itemId: cancellation.itemId, answer }, 'an answer to a cancel could not be recorded');
    return NO_ANSWER;
  }
}

function isClosed(answer: CancelAnswer): boolean {
  return answer.outcome === 'refused' && answer.reason === 'already_closed';
}

/**
 * An order may be closed because of this very request: its message can come twice, or an earlier one late, and only the
 * last is answered. Reading the order ends the request with the truth; while it cannot be read, nobody knows.
 */
async function whyClosed(deps: Deps, cancellation: Cancellation, isKept: boolean): Promise<Outcome> {
  await readFirst(deps, cancellation);
  const unclear = { outcome: 'unknown', cause: 'the order is closed already' } as const;
  return recordAnswer(deps, cancellation, unclear, { firstLookMs: 0, isKept });
}

async function call(deps: Deps, cancellation: Cancellation): Promise<CancelAnswer> {
  const { cancel, id } = deps.suppliers.get(cancellation.supplier);
  if (!cancel) return { outcome: 'refused', reason: 'not_allowed' };
  const answer = await cancel.request({
    reference: referenceOfCancellation(cancellation),
    orderId: cancellation.order.orderId,
  });
  deps.metrics.supplierCalls.inc({ supplier: id, call: 'cancel', outcome: answer.outcome });
  if (answer.outcome === 'unknown') {
    deps.log.warn({ supplier: id, itemId: cancellation.itemId, cause: answer.cause }, 'no clear answer to a cancel');
  }
  return answer;
}

/**
 * Retries a request without a clear answer. What needs no supplier is ended first; then the order is read, since only
 * what it leaves open is worth a second cancel.
 * @param requester who asks for the same now; null: only its time has come
 * @returns null when another caller holds the request
 */
export async function askAgain(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
  requester: Requester | null = null,
): Promise<Outcome | null> {
  const claim = await claimForRetry(deps, merchantId, cancellationId, requester);
  if (claim === null) return null;
  await endWithoutSupplier(deps, merchantId, cancellationId);
  const cancellation = await readCancellation(deps, merchantId, cancellationId);
  const isRead = cancellation !== null && (await readFirst(deps, cancellation));
  const now = await stateNow(deps, merchantId, cancellationId);
  if (now.state !== 'requested') return toKnownOutcome(now);
  if (now.asks !== claim.ask) return null;
  if (cancellation === null) return waitForPurchase(deps, claim);
  if (!isRead) {
    await release(deps, claim);
    return NO_ANSWER;
  }
  if (now.actor === TIMER && (await refuseWhenSent(deps, claim, cancellation))) {
    return { outcome: 'refused', reason: 'already_sent' };
  }
  const cancellableAt = orderCancellableAt(deps, cancellation.supplier, cancellation.orderedAt);
  if (cancellableAt > deps.clock.now()) {
    await releaseUntilOldEnough(deps, claim, cancellableAt);
    return { outcome: 'unknown', why: 'too_early' };
  }
  return askSupplier(deps, cancellation, true);
}

async function waitForPurchase(deps: Deps, claim: Claim): Promise<Outcome> {
  await releaseUntilPurchased(deps, claim);
  return { outcome: 'unknown', why: 'not_bought_yet' };
}

/**
 * Ends a request of the timer whose item was sent meanwhile: what is on its way is its merchant's to cancel, not the
 * clock's.
 * @returns whether it has ended
 */
async function refuseWhenSent(deps: Deps, { ask }: Claim, cancellation: Cancellation): Promise<boolean> {
  const { merchantId, id, itemId } = cancellation;
  const sent = await deps.db
    .selectFrom('item')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('id', '=', itemId)
    .where('state', '<>', 'pending')
    .executeTakeFirst();
  if (!sent || !(await refuseAndTell(deps, { merchantId, id, asks: ask }, 'already_sent'))) return false;
  deps.metrics.cancellations.inc({ state: 'refused' });
  return true;
}

/** Reads the request's order and applies what it says, which may end the request. False: it could not be read. */
async function readFirst(deps: Deps, cancellation: Cancellation): Promise<boolean> {
  const reference = referenceOfCancellation(cancellation);
  const answer = await deps.suppliers.get(cancellation.supplier).find([reference]);
  const order = answer.outcome === 'read' ? answer.found.find((each) => each.reference === reference) : undefined;
  if (!order) return false;
  const purchase = await deps.db
    .selectFrom('purchase')
    .selectAll()
    .where('merchant_id', '=', cancellation.merchantId)
    .where('id', '=', cancellation.order.purchaseId)
    .executeTakeFirstOrThrow();
  await applyOrderStatus(deps, purchase, order);
  return true;
}
