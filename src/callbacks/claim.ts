import { type RawBuilder, sql } from 'kysely';
import type { CallbackRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { claimDue, type DueTable } from '../work/claim.ts';
import { asTable, type Lanes, MERCHANT_MAX } from '../work/lanes.ts';
import { leaseEnd } from '../work/lease.ts';
import type { EndpointRow } from './endpoint.ts';

const callbacks: DueTable = { table: 'callback', key: 'id', dueAt: 'due_at', attempts: 'attempts' };

/** A callback that this node alone may send until its lease ends, with the endpoint it goes to. */
export type ClaimedCallback = EndpointRow &
  Pick<CallbackRow, 'merchant_id' | 'id' | 'trade_id' | 'number' | 'body' | 'attempts' | 'attempts_before'>;

/** Claims callbacks that are due and have a lane, and counts the attempt. */
export function claimCallbacks({ db, clock, config }: Deps, lanes: Lanes): Promise<readonly ClaimedCallback[]> {
  const now = clock.now();
  return claimDue<ClaimedCallback>(db, callbacks, {
    now,
    until: leaseEnd(now, config.callbackTimeoutMs),
    take: firstInLine(now, lanes),
    which: sql`callback.state = 'pending'`,
    join: sql`join merchant on merchant.id = claimed.merchant_id`,
    returning: sql`callback.merchant_id, callback.id, callback.trade_id, callback.number, callback.body,
      callback.attempts, callback.attempts_before, merchant.callback_url, merchant.callback_disabled_at,
      merchant.api_secret_sealed, merchant.previous_secret_sealed, merchant.previous_secret_until`,
  });
}

/**
 * The callbacks to send next:
 * - of each trade only the first pending one, so that none overtakes another;
 * - of each merchant those that are due longest, as many as it has free lanes;
 * - if there is not room for all, first one of each merchant, then a second one of each, and so on;
 * - none of merchants whose callbacks are switched off.
 *
 * The query finds merchants by jumping from one to the next in the index, so it does not read ten thousand callbacks of
 * one merchant to find the next merchant. Usually almost nothing is due, so PostgreSQL estimates few rows and would
 * read and sort all of a merchant's. Hence the limit per merchant is a literal, `<=` stands where `=` would do, and the
 * query does not say that a row with a due time is pending: 0.6 ms instead of 70 ms for the first 32 of ten thousand.
 */
function firstInLine(now: Date, lanes: Lanes): RawBuilder<unknown> {
  return sql`
    with recursive waiting (merchant_id) as (
      (select merchant_id from callback where due_at is not null order by merchant_id limit 1)
      union all
      select (select merchant_id from callback where due_at is not null and callback.merchant_id > waiting.merchant_id
        order by merchant_id limit 1)
      from waiting where merchant_id is not null
    ), roomy as (
      select merchant.id, coalesce(lanes.room, ${MERCHANT_MAX}::integer) as room
      from waiting join merchant on merchant.id = waiting.merchant_id and merchant.callback_disabled_at is null
      left join ${asTable(lanes)} on lanes.merchant_id = merchant.id
      where coalesce(lanes.room, 1) > 0
    ), first as (
      select first.*, roomy.room, row_number() over (partition by roomy.id order by first.due_at) as turn
      from roomy cross join lateral (
        select merchant_id, id, due_at from callback
        where merchant_id = roomy.id and due_at <= ${now}::timestamptz
          and number <= (select earliest.number from callback as earliest
            where earliest.merchant_id = callback.merchant_id and earliest.trade_id = callback.trade_id
              and earliest.state = 'pending' order by earliest.number limit 1)
        order by due_at limit ${sql.lit(MERCHANT_MAX)}
      ) as first
    )
    select merchant_id, id from first where turn <= room order by turn, due_at limit ${lanes.room}::integer`;
}
