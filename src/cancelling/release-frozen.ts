import { sql } from 'kysely';
import { later, MINUTE_MS } from '../core/clock.ts';
import type { TradeRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { heldItems } from '../freezes/held.ts';
import { itemsOf, lockTrade } from '../trades/queries.ts';
import { withdrawItem } from './withdraw.ts';

const BATCH_MAX = 50;

interface HeldTrade {
  readonly merchant_id: string;
  readonly trade_id: string;
  readonly item_ids: string[];
}

/**
 * Cancels the items that a freeze, or the disabling of their merchant, has held back for as long as the settings allow,
 * and releases their money: no freeze locks a merchant's money for ever. None of them was sent to a supplier.
 * @returns how many trades were found; a full batch means that there may be more
 */
export async function releaseFrozen(deps: Deps): Promise<number> {
  const since = later(deps.clock.now(), -deps.config.freezeWaitMin * MINUTE_MS);
  const { rows } = await sql<HeldTrade>`
    select merchant_id, trade_id, array_agg(item_id::text) as item_ids from (${heldItems(since)}) as held
    group by merchant_id, trade_id limit ${BATCH_MAX}::int4`.execute(deps.db);
  for (const held of rows) {
    try {
      await release(deps, held);
    } catch (error) {
      // It is found again in the next round; the others must not wait for it.
      deps.log.error({ err: error, tradeId: held.trade_id }, 'frozen items could not be cancelled; tried again');
    }
  }
  return rows.length;
}

async function release(deps: Deps, held: HeldTrade): Promise<void> {
  const wanted = new Set(held.item_ids);
  const origin = { actor: 'gateway', cause: { reason: 'buying was frozen for too long' } };
  await inTransaction(deps, async (trx) => {
    let trade: TradeRow = await lockTrade(trx, held.merchant_id, held.trade_id);
    const items = await itemsOf(trx, trade.merchant_id, [trade.id]);
    for (const item of items) {
      if (wanted.has(item.id)) trade = (await withdrawItem(deps, trx, trade, item, origin)) ?? trade;
    }
  });
}
