import type { Deps } from '../deps.ts';
import {
  claimCall,
  claimUnsent,
  expireCalls,
  markUnknown,
  type PurchaseAttempt,
  postponeUnsent,
  readOrder,
} from '../purchases/store.ts';
import { recordBought, recordNotBought } from '../settlement/purchase-outcome.ts';
import { signOf } from '../supplier-health/breaker.ts';
import { recordSign } from '../supplier-health/store.ts';
import { type BuyAnswer, countedOutcome, type SupplierFault } from '../suppliers/supplier.ts';
import { buyTimeoutMs } from '../suppliers/timing.ts';
import { logFailure } from '../work/failure-log.ts';
import { mayStillCall } from '../work/lease.ts';
import { runEach } from '../work/round.ts';

/**
 * Buys one item, once: only a purchase that was never sent is sent, and the call is claimed before it is made. Whatever
 * goes wrong after the claim is resolved by looking up the reference, or by a repeat under the same reference.
 * @param turn `due`: its account may have had no call left for it before
 */
export async function makePurchase(
  deps: Deps,
  job: { merchantId: string; purchaseId: string },
  turn: 'new' | 'due' = 'new',
): Promise<void> {
  // Read before the call is claimed, so that nothing is left to wait for between the claim and the call.
  const order = await readOrder(deps, job);
  if (!order) return;
  // The token is taken before the claim as well: a purchase that has none is one that was never sent.
  const waitMs = await deps.suppliers.takeForPurchase(order.supplier, turn);
  if (waitMs > 0) return postponeUnsent(deps, order, waitMs);
  await callOnce(deps, order, { isRepeat: false, record: recordAnswer });
}

async function recordAnswer(deps: Deps, attempt: PurchaseAttempt, answer: BuyAnswer): Promise<void> {
  switch (answer.outcome) {
    case 'bought':
      return recordBought(deps, attempt, answer);
    case 'refused':
      return recordNotBought(deps, attempt, answer.reason);
    case 'unknown':
      deps.log.warn(
        { purchaseId: attempt.id, cause: answer.cause },
        'A purchase got no clear answer. Its reference is looked up.',
      );
      return markUnknown(deps, attempt, answer);
  }
}

export type SentOrder = NonNullable<Awaited<ReturnType<typeof readOrder>>>;

interface BuyCall {
  readonly isRepeat: boolean;
  /** Records what the answer says of the purchase at this call. */
  readonly record: (deps: Deps, attempt: PurchaseAttempt, answer: BuyAnswer) => Promise<void>;
}

/**
 * Claims a call and makes it. Its answer is recorded, and counts once for the health of the marketplace.
 * @returns false: nothing was sent, and nothing is known of the purchase
 */
export async function callOnce(deps: Deps, order: SentOrder, { isRepeat, record }: BuyCall): Promise<boolean> {
  const callMs = buyTimeoutMs(deps, order.supplier);
  const claim = await claimCall(deps, order, { callMs, isRepeat });
  // A caller that was held up must not call: once the lease is over, look-ups may prove that nothing was bought.
  if (claim === null || !mayStillCall(deps.clock.now(), claim.leasedUntil, callMs)) return false;
  const attempt = { ...order, calls: claim.calls };
  const sent = { supplier: order.supplier, at: deps.clock.now() };
  const answer = await buy(deps, order);
  if ('fault' in answer && answer.fault) alertFault(deps, order, answer.fault);
  // First, so that a unit of a quick buy that is refused finds what is offered from now on.
  if (answer.outcome !== 'bought') await recordHealth(deps, sent, answer);
  await record(deps, attempt, answer);
  if (answer.outcome === 'bought') await recordHealth(deps, sent, answer);
  return true;
}

/** The health of a marketplace is advice: what became of a purchase is recorded whatever happens to it. */
async function recordHealth(deps: Deps, sent: { supplier: string; at: Date }, answer: BuyAnswer): Promise<void> {
  const sign = signOf(answer);
  if (!sign) return;
  try {
    await recordSign(deps, sent, sign);
  } catch (error) {
    logFailure(deps.log, error, { supplier: sent.supplier }, 'Failed to record the health of a marketplace.');
  }
}

/** Purchases with this account fail or stay unknown until its operator has mended it. */
function alertFault({ log, metrics }: Deps, { supplier, trade_id: tradeId }: SentOrder, fault: SupplierFault): void {
  metrics.supplierFaults.inc({ supplier, fault });
  log.error({ supplier, tradeId, fault }, FAULTS[fault]);
}

const FAULTS: Readonly<Record<SupplierFault, string>> = {
  balance: 'A purchase met an account with too little money. Add money to it.',
  misconfigured: 'A purchase met a marketplace that refuses the key or this address. Run skinrail supplier check.',
};

async function buy(deps: Deps, order: SentOrder): Promise<BuyAnswer> {
  const answer = await deps.suppliers.get(order.supplier).buy({
    reference: order.reference,
    nativeListingId: order.native_listing_id,
    tradeUrl: order.trade_url,
    ceilingMills: order.ceiling_mills,
  });
  deps.metrics.supplierCalls.inc({ supplier: order.supplier, call: 'buy', outcome: countedOutcome(answer) });
  return answer;
}

/**
 * Makes the purchases that a dead process, or a lost job, left behind.
 * @returns how many were found; a full batch means that there may be more
 */
export async function makeDuePurchases(deps: Deps): Promise<number> {
  if (deps.suppliers.all.length === 0) return 0;
  await expireCalls(deps);
  return runEach(deps, await claimUnsent(deps), {
    run: ({ merchant_id: merchantId, id: purchaseId }) => makePurchase(deps, { merchantId, purchaseId }, 'due'),
    failure: 'Failed to make a purchase. If it was not sent, it is made in a few seconds.',
    ids: ({ trade_id: tradeId, id: purchaseId }) => ({ tradeId, purchaseId }),
  });
}
