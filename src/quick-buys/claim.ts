import { sql } from 'kysely';
import { later } from '../core/clock.ts';
import type { QuickBuyRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { isMerchantStopped } from '../freezes/freezes.ts';
import { claimDue, type DueTable } from '../work/claim.ts';
import { leaseMs } from '../work/lease.ts';

/** Two nodes may fill a quick buy one after the other without harm, so attempts are not counted. */
const quickBuys: DueTable = { table: 'quick_buy', key: 'trade_id', dueAt: 'due_at', attempts: null };

/** Filling makes no calls. This is also the pause after which a market that was not known is read again. */
export const QUICK_BUY_LEASE_MS = leaseMs(0);
export const QUICK_BUYS_MAX = 20;

/** Makes a quick buy due, and wakes a node that looks for its listings. */
export async function scheduleFill(deps: Pick<Deps, 'clock' | 'jobs'>, trx: Trx, trade: TradeRow): Promise<void> {
  await trx
    .updateTable('quick_buy')
    .set({ due_at: deps.clock.now() })
    .where('merchant_id', '=', trade.merchant_id)
    .where('trade_id', '=', trade.id)
    .execute();
  await deps.jobs.enqueue(trx, 'fill-quick-buys', [{ merchantId: trade.merchant_id, tradeId: trade.id }]);
}

/** Claims quick buys with units to fill, those first that have been due for longest. Those of frozen merchants wait. */
export async function claimQuickBuys(
  deps: Pick<Deps, 'db' | 'clock' | 'isDistributed'>,
): Promise<readonly QuickBuyRow[]> {
  const now = deps.clock.now();
  return claimDue<QuickBuyRow>(deps, quickBuys, {
    now,
    until: later(now, QUICK_BUY_LEASE_MS),
    take: QUICK_BUYS_MAX,
    which: sql`not ${isMerchantStopped(sql.ref('quick_buy.merchant_id'))}`,
  });
}
