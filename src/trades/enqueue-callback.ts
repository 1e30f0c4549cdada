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
  const body = JSON.stringify({ trade: tradeToWire(trade, items) });
  // While the merchant's callbacks are off it waits without a time.
  await sql`
    insert into callback (merchant_id, id, trade_id, number, body, state, due_at, created_at)
    select ${trade.merchant_id}::uuid, ${callbackId}::uuid, ${trade.id}::uuid, ${trade.version}::int4, ${body}, 'pending',
      case when callback_disabled_at is null then ${now}::timestamptz end, ${now}::timestamptz
    from merchant where id = ${trade.merchant_id}::uuid`.execute(trx);
  await deps.jobs.enqueue(trx, 'send-callbacks', [{ merchantId: trade.merchant_id, tradeId: trade.id, callbackId }]);
}
