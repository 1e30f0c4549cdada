import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { isPurchaseStopped } from '../freezes/freezes.ts';
import { runEach } from '../work/round.ts';
import { makePurchase } from './make-purchase.ts';

const BATCH_MAX = 50;

/**
 * Goes on with purchases that a dead process, or a lost job, left behind.
 * @returns how many were found; a full batch means that there may be more
 */
export async function resumeDue(deps: Deps): Promise<number> {
  if (deps.suppliers.all.length === 0) return 0;
  await doubtAbandonedCalls(deps);
  const purchases = await abandonedPurchases(deps);
  return runEach(deps, purchases, {
    run: (purchase) => makePurchase(deps, purchase),
    failure: 'a purchase could not be made; if it was not sent, it is made in the next round',
    ids: ({ tradeId, purchaseId }) => ({ tradeId, purchaseId }),
  });
}

/** Recorded, and never asked for: the one case in which buying is safe to do again. */
async function abandonedPurchases(deps: Deps) {
  return (
    deps.db
      .selectFrom('purchase')
      .select(['merchant_id as merchantId', 'id as purchaseId', 'trade_id as tradeId'])
      .where(
        'supplier',
        'in',
        deps.suppliers.all.map((supplier) => supplier.id),
      )
      .where('state', '=', 'recorded')
      .where('due_at', '<=', deps.clock.now())
      // What is frozen would fill the batch, and keep what is not from being found.
      .where(sql<boolean>`not ${isPurchaseStopped()}`)
      .limit(BATCH_MAX)
      .execute()
  );
}

/** A call whose lease is over may have bought: from now on it is looked up, never made again. */
async function doubtAbandonedCalls(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  await deps.db
    .updateTable('purchase')
    .set({ state: 'unknown', unknown_since: now, updated_at: now, due_at: now })
    .where(
      'supplier',
      'in',
      deps.suppliers.all.map((supplier) => supplier.id),
    )
    .where('state', '=', 'asked')
    .where('due_at', '<=', now)
    .execute();
}
