import { type RawBuilder, sql } from 'kysely';
import { ofAllMerchants } from '../db/portable.ts';
import type { CallbackRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { claimOfMerchant, type DueTable } from '../work/claim.ts';
import { MERCHANT_MAX } from '../work/lanes.ts';
import { leaseEnd } from '../work/lease.ts';
import type { EndpointRow } from './endpoint.ts';

const callbacks: DueTable = { table: 'callback', key: 'id', dueAt: 'due_at', attempts: 'attempts' };

/** A callback that this node alone may send until its lease ends, with the endpoint it goes to. */
export type ClaimedCallback = EndpointRow &
  Pick<CallbackRow, 'merchant_id' | 'id' | 'trade_id' | 'number' | 'attempts' | 'attempts_before'> & {
    /** One that is pending has it. */
    readonly body: string;
  };

/** The merchants that have due callbacks; those whose callbacks are switched off have none. */
export async function merchantsWithCallbacks({ db, clock }: Deps): Promise<readonly string[]> {
  const { rows } = await sql<{ merchant_id: string }>`
    select ${ofAllMerchants} distinct merchant_id from callback where due_at <= ${clock.now()}::timestamptz`.execute(
    db,
  );
  return rows.map(({ merchant_id }) => merchant_id);
}

/**
 * Claims due callbacks of a merchant, and counts the attempt.
 * @param room how many at most; `MERCHANT_MAX` is the most
 */
export function claimCallbacks(
  { db, clock, config }: Deps,
  merchantId: string,
  room: number,
): Promise<readonly ClaimedCallback[]> {
  const now = clock.now();
  return claimOfMerchant<ClaimedCallback>(db, callbacks, merchantId, {
    now,
    until: leaseEnd(now, config.callbackTimeoutMs),
    chosen: firstInLine(merchantId, now, room),
    which: sql`callback.state = 'pending'`,
    join: sql`join merchant on merchant.id = claimed.merchant_id and merchant.callback_disabled_at is null`,
    returning: () => sql`callback.merchant_id, callback.id, callback.trade_id, callback.number, callback.body,
      callback.attempts, callback.attempts_before, merchant.callback_url, merchant.callback_disabled_at,
      merchant.api_secret_sealed, merchant.previous_secret_sealed, merchant.previous_secret_until`,
  });
}

/**
 * The merchant's callbacks to send next: those that are due longest, and of each trade only the first pending one, so that
 * none overtakes another.
 *
 * Usually almost nothing is due, so PostgreSQL estimates few rows and would read and sort all of a merchant's. Hence a limit
 * is a literal, `<=` stands where `=` would do, and the query does not say that a row with a due time is pending: 0.6 ms
 * instead of 70 ms for the first 32 of ten thousand.
 */
function firstInLine(merchantId: string, now: Date, room: number): RawBuilder<unknown> {
  return sql`
    select id from (
      select id, due_at from callback
      where merchant_id = ${merchantId}::uuid and due_at <= ${now}::timestamptz
        and number <= (select earliest.number from callback as earliest
          where earliest.merchant_id = ${merchantId}::uuid and earliest.trade_id = callback.trade_id
            and earliest.state = 'pending' order by earliest.number limit 1)
      order by due_at limit ${sql.lit(MERCHANT_MAX)}
    ) as first order by due_at limit ${room}::int4`;
}
