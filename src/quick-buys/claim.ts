import { sql } from 'kysely';
import { later, SECOND_MS } from '../core/clock.ts';
import type { QuickBuyRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { isMerchantStopped } from '../freezes/freezes.ts';

/** For how long a node has a quick buy to itself; also how soon a market that is not known yet is looked at again. */
export const LEASE_MS = 5 * SECOND_MS;
export const QUICK_BUYS_MAX = 20;

/** From now on listings are looked for, at once, whichever node is first. */
export async function scheduleFill(deps: Deps, trx: Trx, trade: TradeRow): Promise<void> {
  await trx
    .updateTable('quick_buy')
    .set({ due_at: deps.clock.now() })
    .where('merchant_id', '=', trade.merchant_id)
    .where('trade_id', '=', trade.id)
    .execute();
  await deps.jobs.enqueue(trx, 'fill-quick-buys', [{ merchantId: trade.merchant_id, tradeId: trade.id }]);
}

/** Takes quick buys with units to fill for this node by moving their time; those of frozen merchants wait. */
export async function claimQuickBuys(deps: Deps): Promise<QuickBuyRow[]> {
  const now = deps.clock.now();
  return deps.db
    .updateTable('quick_buy')
    .set({ due_at: later(now, LEASE_MS) })
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('merchant_id', 'trade_id'),
        'in',
        selectFrom('quick_buy')
          .select(['merchant_id', 'trade_id'])
          .where('due_at', '<=', now)
          .where(sql<boolean>`not ${isMerchantStopped(sql.ref('quick_buy.merchant_id'))}`)
          .orderBy('due_at')
          .limit(QUICK_BUYS_MAX)
          .forUpdate()
          .skipLocked()
          .$asTuple('merchant_id', 'trade_id'),
      ),
    )
    .returningAll()
    .execute();
}
