import { later, SECOND_MS } from '../clock.ts';
import type { Deps } from '../deps.ts';
import { applyWord } from '../purchases/apply-word.ts';
import type { CancelAnswer } from '../suppliers/supplier.ts';
import {
  type Cancellation,
  type Outcome,
  readCancellation,
  referenceOfCancellation,
  stateNow,
  toKnownOutcome,
} from './cancellation.ts';
import { endWhenOver } from './close.ts';
import { recordAnswer } from './record-answer.ts';
import { TIMER } from './record-cancellation.ts';
import { putBack, putBackToWait, refuseWhenSent, takeUp, type Wisher } from './take-up.ts';

/** A supplier that pushes its news says when there is some; this is for pushes that do not come. */
const LOOK_DESPITE_PUSH_MS = 5 * SECOND_MS;
/** How long a caller whose wish is being asked about by someone else pauses between looks, growing to the last. */
const LOOK_PAUSES_MS = [5, 10, 20, 40, 80];
const LOOK_PAUSE_MAX_MS = 160;

/**
 * Asks the supplier, once, for a wish that this caller holds as `requested`.
 * From here on nothing may be answered as a failure: what cannot be recorded stays `requested` and is resolved when
 * its lease ends.
 */
export async function askSupplier(deps: Deps, cancellation: Cancellation): Promise<Outcome> {
  // Who was held up leaves it to the next: a call may not outlast the lease that keeps others from calling.
  if (later(deps.clock.now(), deps.config.supplierTimeoutMs) > cancellation.leasedUntil) return { outcome: 'unknown' };
  const answer = await call(deps, cancellation);
  try {
    if (isClosed(answer)) return await whyClosed(deps, cancellation);
    const pushes = deps.suppliers.get(cancellation.supplier).push !== null;
    const outcome = await recordAnswer(deps, cancellation, answer, pushes ? LOOK_DESPITE_PUSH_MS : 0);
    if (outcome.outcome === 'accepted' && !pushes) deps.signals.emit('ordersDue', cancellation.supplier);
    return outcome;
  } catch (error) {
    deps.log.error({ err: error, itemId: cancellation.itemId, answer }, 'an answer to a cancel could not be recorded');
    return { outcome: 'unknown' };
  }
}

function isClosed(answer: CancelAnswer): boolean {
  return answer.outcome === 'refused' && answer.reason === 'already_closed';
}

/**
 * An order may be closed because of this very wish: its message can come twice, or an earlier one late, and only the
 * last is answered. Reading the order ends the wish with the truth; while it cannot be read, nobody knows.
 */
async function whyClosed(deps: Deps, cancellation: Cancellation): Promise<Outcome> {
  await readFirst(deps, cancellation);
  return recordAnswer(deps, cancellation, { outcome: 'unknown', cause: 'the order is closed already' }, 0);
}

async function call(deps: Deps, cancellation: Cancellation): Promise<CancelAnswer> {
  const { cancel, id } = deps.suppliers.get(cancellation.supplier);
  if (!cancel) return { outcome: 'refused', reason: 'not_allowed' };
  const answer = await cancel.ask({
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
 * Asks again about a wish without a clear answer. The order is read first: only what it leaves open is worth a
 * second cancel (suppliers.md §3, row 9).
 * @param wisher the caller who wishes the same now; null: only its time has come
 * @returns null when another caller holds the wish
 */
export async function askAgain(
  deps: Deps,
  merchantId: string,
  cancellationId: string,
  wisher: Wisher | null = null,
): Promise<Outcome | null> {
  const ask = await takeUp(deps, merchantId, cancellationId, wisher);
  if (ask === null) return null;
  await endWhenOver(deps, merchantId, cancellationId);
  const cancellation = await readCancellation(deps, merchantId, cancellationId);
  const isRead = cancellation !== null && (await readFirst(deps, cancellation));
  const { state, reason, asks, actor } = await stateNow(deps, merchantId, cancellationId);
  if (state !== 'requested') return toKnownOutcome(state, reason);
  if (asks !== ask) return null;
  if (isRead && actor === TIMER && (await refuseWhenSent(deps, merchantId, cancellationId, ask))) {
    return { outcome: 'refused', reason: 'already_sent' };
  }
  if (isRead) return askSupplier(deps, cancellation);
  const back = cancellation === null ? putBackToWait : putBack;
  await back(deps, merchantId, cancellationId, ask);
  return { outcome: 'unknown' };
}

/** Reads the wish's order and applies what it says, which may settle the wish. False: it could not be read. */
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
  await applyWord(deps, purchase, order);
  return true;
}

/**
 * Waits for the outcome of a call that another request, perhaps on another node, has in flight.
 * Gives up when that call's time is over: then nobody knows, and the sweep will ask.
 */
export async function awaitOutcome(deps: Deps, merchantId: string, cancellationId: string): Promise<Outcome> {
  for (let look = 0; ; look++) {
    const { state, reason, due_at } = await stateNow(deps, merchantId, cancellationId);
    const isLeased = due_at !== null && deps.clock.now() < due_at;
    if (state !== 'requested' || !isLeased) return toKnownOutcome(state, reason);
    await deps.clock.wait(LOOK_PAUSES_MS[look] ?? LOOK_PAUSE_MAX_MS);
  }
}
