import { sql } from 'kysely';
import { newId } from '../core/ids.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { ItemWithCancellation } from './queries.ts';
import { tradeToWire } from './wire.ts';

/**
 * Records the callback of a transition, and the job that sends it, in the transition's own transaction: both are committed
 * or neither is. The body is made now, so that every attempt signs and sends the same bytes.
 *
 * A withdrawal at `initiated` has no callback: receivers would read it as an approval request.
 */
export async function enqueueCallback(
  deps: Pick<Deps, 'clock' | 'jobs'>,
  trx: Trx,
  trade: TradeRow,
  items: readonly ItemWithCancellation[],
): Promise<void> {
  if (trade.type === 'withdraw' && trade.status === 'initiated') return;
  const now = deps.clock.now();
  const callbackId = newId(now);
  await trx
    .insertInto('callback')
    .values({
      merchant_id: trade.merchant_id,
      id: callbackId,
      trade_id: trade.id,
      number: trade.version,
      body: JSON.stringify({ trade: tradeToWire(trade, items) }),
      state: 'pending',
      // While the merchant's callbacks are off it waits without a time.
      due_at: sql<Date | null>`(select case when callback_disabled_at is null then ${now}::timestamptz end
        from merchant where id = ${trade.merchant_id}::uuid)`,
      created_at: now,
      delivered_at: null,
    })
    .execute();
  await deps.jobs.enqueue(trx, 'send-callbacks', [{ merchantId: trade.merchant_id, tradeId: trade.id, callbackId }]);
}
