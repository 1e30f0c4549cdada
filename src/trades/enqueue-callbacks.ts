import { sql } from 'kysely';
import { newId } from '../core/ids.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { ItemWithCancellation } from './queries.ts';
import { tradeToWire } from './wire.ts';

/** A trade after a transition, with all of its items. */
export interface ToldTrade {
  readonly trade: TradeRow;
  readonly items: readonly ItemWithCancellation[];
}

/**
 * Records the callbacks of transitions of one merchant's trades, and the jobs that send them, in the transitions' own
 * transaction: all are committed or none is. The bodies are made now, so that every attempt signs and sends the same bytes.
 *
 * A withdrawal at `initiated` has no callback: receivers would read it as an approval request.
 */
export async function enqueueCallbacks(
  deps: Pick<Deps, 'clock' | 'jobs'>,
  trx: Trx,
  merchantId: string,
  trades: readonly ToldTrade[],
): Promise<void> {
  const told = trades.filter(({ trade }) => trade.type !== 'withdraw' || trade.status !== 'initiated');
  if (told.length === 0) return;
  const now = deps.clock.now();
  const ids = told.map(() => newId(now));
  const bodies = told.map(({ trade, items }) => JSON.stringify({ trade: tradeToWire(trade, items) }));
  // While the merchant's callbacks are off they wait without a time.
  await sql`
    insert into callback (merchant_id, id, trade_id, number, body, state, due_at, created_at)
    select ${merchantId}::uuid, told.id, told.trade_id, told.number, told.body, 'pending',
      case when callback_disabled_at is null then ${now}::timestamptz end, ${now}::timestamptz
    from merchant, unnest(${ids}::uuid[], ${told.map(({ trade }) => trade.id)}::uuid[],
      ${told.map(({ trade }) => trade.version)}::int4[], ${bodies}::text[]) as told (id, trade_id, number, body)
    where merchant.id = ${merchantId}::uuid`.execute(trx);
  const jobs = told.map(({ trade }, place) => ({ merchantId, tradeId: trade.id, callbackId: ids[place] ?? '' }));
  await deps.jobs.enqueue(trx, 'send-callbacks', jobs);
}
