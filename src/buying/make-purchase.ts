import type { Deps } from '../deps.ts';
import {
  claimCall,
  claimUnsent,
  expireCalls,
  markUnknown,
  type PurchaseAttempt,
  readOrder,
} from '../purchases/store.ts';
import { recordBought, recordNotBought } from '../settlement/purchase-outcome.ts';
import type { BuyAnswer, SupplierFault } from '../suppliers/supplier.ts';
import { buyTimeoutMs } from '../suppliers/timing.ts';
import { mayStillCall } from '../work/lease.ts';
import { runEach } from '../work/round.ts';

/**
 * Buys one item, once: only a purchase that was never sent is sent, and the call is claimed before it is made. Whatever
 * goes wrong after the claim is resolved by looking up the reference, or by a repeat under the same reference.
 */
export async function makePurchase(deps: Deps, job: { merchantId: string; purchaseId: string }): Promise<void> {
  // Read before the call is claimed, so that nothing is left to wait for between the claim and the call.
  const order = await readOrder(deps, job);
  const call = order && (await callOnce(deps, order, { isRepeat: false }));
  if (!call) return;
  const { attempt, answer } = call;
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

/**
 * Claims a call, and makes it.
 * @returns the purchase at this call, and the answer; null: nothing was sent, and nothing is known of it
 */
export async function callOnce(
  deps: Deps,
  order: SentOrder,
  { isRepeat }: { readonly isRepeat: boolean },
): Promise<{ readonly attempt: PurchaseAttempt; readonly answer: BuyAnswer } | null> {
  const callMs = buyTimeoutMs(deps, order.supplier);
  const claim = await claimCall(deps, order, { callMs, isRepeat });
  // A caller that was held up must not call: once the lease is over, look-ups may prove that nothing was bought.
  if (claim === null || !mayStillCall(deps.clock.now(), claim.leasedUntil, callMs)) return null;
  const answer = await buy(deps, order);
  if ('fault' in answer && answer.fault) alertFault(deps, order, answer.fault);
  return { attempt: { ...order, calls: claim.calls }, answer };
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
  deps.metrics.supplierCalls.inc({ supplier: order.supplier, call: 'buy', outcome: answer.outcome });
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
    run: ({ merchant_id: merchantId, id: purchaseId }) => makePurchase(deps, { merchantId, purchaseId }),
    failure: 'Failed to make a purchase. If it was not sent, it is made in a few seconds.',
    ids: ({ trade_id: tradeId, id: purchaseId }) => ({ tradeId, purchaseId }),
  });
}
