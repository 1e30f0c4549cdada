import { later, SECOND_MS } from '../clock.ts';
import type { Deps } from '../deps.ts';
import { approveTrade } from '../trades/operations/approve-trade.ts';
import { makePurchase } from './make-purchase.ts';

/** A trade's job comes within moments; one that still waits after this lost it. */
const GATE_GRACE_MS = 5 * SECOND_MS;
const BATCH_MAX = 50;

/**
 * Goes on with trades and purchases that a dead process, or a lost job, left behind.
 * @returns how many were found; a full batch means that there may be more
 */
export async function resumeDue(deps: Deps): Promise<number> {
  if (deps.suppliers.all.length === 0) return 0;
  const trades = await abandonedTrades(deps);
  for (const trade of trades) await approveTrade(deps, trade);
  await doubtAbandonedCalls(deps);
  const purchases = await abandonedPurchases(deps);
  await Promise.all(purchases.map((purchase) => makePurchase(deps, purchase)));
  return Math.max(trades.length, purchases.length);
}

async function abandonedTrades(deps: Deps) {
  return deps.db
    .selectFrom('trade')
    .select(['merchant_id as merchantId', 'id as tradeId'])
    .where('status', '=', 'initiated')
    .where('created_at', '<=', later(deps.clock.now(), -GATE_GRACE_MS))
    .orderBy('created_at')
    .limit(BATCH_MAX)
    .execute();
}

/** Recorded, and never asked for: the one case in which buying is safe to do again. */
async function abandonedPurchases(deps: Deps) {
  return deps.db
    .selectFrom('purchase')
    .select(['merchant_id as merchantId', 'id as purchaseId'])
    .where(
      'supplier',
      'in',
      deps.suppliers.all.map((supplier) => supplier.id),
    )
    .where('state', '=', 'recorded')
    .where('due_at', '<=', deps.clock.now())
    .limit(BATCH_MAX)
    .execute();
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
