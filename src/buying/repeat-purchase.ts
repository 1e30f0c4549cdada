import type { Deps } from '../deps.ts';
import { markUnknown, type PurchaseAttempt, type PurchaseCall, readOrder, skipRepeat } from '../purchases/store.ts';
import { recordBought, recordNeverMade } from '../settlement/purchase-outcome.ts';
import type { BuyAnswer, Repeats } from '../suppliers/supplier.ts';
import { callOnce } from './make-purchase.ts';

/**
 * Sends a purchase once more that look-ups do not find, under the same reference, with the same listing, recipient and
 * ceiling. Like the first call it is claimed before it is made, so that no two nodes make it, and an answer counts only for
 * its own attempt.
 *
 * While buying is frozen, nothing is sent and nothing is given up: the operator has stopped it and is there to decide. The
 * purchase goes on being looked up, and is repeated once the freeze is lifted. If the item is to be cancelled, nothing may
 * be bought for it: the repeat is skipped, and look-ups alone decide, as late as after repeats without an answer.
 */
export async function repeatPurchase(deps: Deps, job: Required<PurchaseCall>): Promise<void> {
  const order = await readOrder(deps, job);
  const repeats = order ? deps.suppliers.get(order.supplier).repeats : 'unsafe';
  if (!order || repeats === 'unsafe') return;
  // A repeat that has no token is requested again by the next look-up that misses.
  if ((await deps.suppliers.takeForPurchase(order.supplier, 'single')) > 0) return;
  const wasSent = await callOnce(deps, order, {
    isRepeat: true,
    record: (_deps, attempt, answer) => recordMeaning(deps, attempt, meaningOf(repeats, answer)),
  });
  if (!wasSent) await skipRepeat(deps, order);
}

type Meaning =
  | Extract<BuyAnswer, { outcome: 'bought' | 'refused' }>
  | { readonly outcome: 'open'; readonly cause: string; readonly isReferenceKnown: boolean };

/**
 * What the answer to a repeat says of the purchase:
 *
 * | answer | where repeats are `refused` | where they are `replayed` |
 * | --- | --- | --- |
 * | bought | the earlier calls bought nothing; this order is the purchase | the one order of the reference |
 * | reference known | an earlier call has arrived: it is looked up, and never repeated again | the same |
 * | refused for the account (`fault`) or for the whole marketplace (`MARKET_UNAVAILABLE`) | nothing: this may be checked before the reference | the same |
 * | refused for anything else | nothing: the listing may be gone because an earlier call bought it | nothing was bought |
 * | unknown | nothing | nothing |
 */
function meaningOf(repeats: Repeats, answer: BuyAnswer): Meaning {
  switch (answer.outcome) {
    case 'bought':
      return answer;
    case 'unknown':
      return { outcome: 'open', cause: answer.cause, isReferenceKnown: answer.isReferenceKnown ?? false };
    case 'refused':
      if (repeats === 'replayed' && !answer.fault && answer.reason !== 'MARKET_UNAVAILABLE') return answer;
      return { outcome: 'open', cause: `the repeat was refused: ${answer.reason}`, isReferenceKnown: false };
  }
}

async function recordMeaning(deps: Deps, attempt: PurchaseAttempt, meaning: Meaning): Promise<void> {
  switch (meaning.outcome) {
    case 'bought':
      return recordBought(deps, attempt, meaning);
    case 'refused':
      return recordNeverMade(deps, attempt, meaning.reason);
    case 'open': {
      const about = { purchaseId: attempt.id, tradeId: attempt.trade_id, cause: meaning.cause };
      if (meaning.isReferenceKnown)
        deps.log.error(
          about,
          'The supplier has the reference of a purchase, but does not show an order. Ask the supplier.',
        );
      else deps.log.warn(about, 'A repeated purchase got no clear answer. Its reference is looked up.');
      return markUnknown(deps, attempt, meaning);
    }
  }
}
