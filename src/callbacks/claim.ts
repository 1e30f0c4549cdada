import { sql } from 'kysely';
import type { Config } from '../config/config.ts';
import { later, SECOND_MS } from '../core/clock.ts';
import type { CallbackRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { asTable, type Lanes, MERCHANT_MAX } from '../work/lanes.ts';
import type { Addressed } from './target.ts';

/** A callback that is this node's to send until its lease ends, with where it goes. */
export type ClaimedCallback = Addressed &
  Pick<CallbackRow, 'merchant_id' | 'id' | 'trade_id' | 'number' | 'body' | 'attempts' | 'attempts_before'>;

const LEASE_MARGIN_MS = 5 * SECOND_MS;

/** For how long a node has a callback to itself. */
export function longestLeaseMs({ callbackTimeoutMs }: Pick<Config, 'callbackTimeoutMs'>): number {
  return callbackTimeoutMs + LEASE_MARGIN_MS;
}

/**
 * Takes callbacks that are due: of each trade only the first that is not through, so that none overtakes another
 * (DESIGN 4.6); of each merchant the longest due, as many as it has lanes; and when there is not room for all, of each
 * merchant its first, then of each its second, and so on. Merchants whose callbacks are off are left out.
 *
 * Merchants are found by jumping from one to the next in the index, so that ten thousand callbacks of one do not have
 * to be passed to find the next one's. As most of the time next to nothing is due, PostgreSQL believes that it never is
 * much, and would read all of it where a few rows are wanted. So within a merchant's the limit is in the text, `<=` stands
 * where `=` would do, and it is not said that what has a time is pending (0.6 ms for the first 32 of ten thousand, not 70);
 * and `is true` keeps the later checks of a row from becoming a way to find it.
 */
export async function claimDue({ db, clock, config }: Deps, lanes: Lanes): Promise<readonly ClaimedCallback[]> {
  const now = clock.now();
  const leaseEnd = later(now, longestLeaseMs(config));
  const { rows } = await sql<ClaimedCallback>`
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
    ), due as (
      select merchant_id, id from first where turn <= room order by turn, due_at limit ${lanes.room}::integer
    ), taken as (
      select callback.merchant_id, callback.id from due join callback using (merchant_id, id)
      where (callback.state = 'pending' and callback.due_at <= ${now}::timestamptz) is true
      for no key update of callback skip locked
    )
    update callback set due_at = ${leaseEnd}::timestamptz, attempts = attempts + 1
    from taken join merchant on merchant.id = taken.merchant_id
    where callback.merchant_id = taken.merchant_id and callback.id = taken.id
      and (callback.state = 'pending' and callback.due_at <= ${now}::timestamptz) is true
    returning callback.merchant_id, callback.id, callback.trade_id, callback.number, callback.body, callback.attempts,
      callback.attempts_before, merchant.callback_url, merchant.callback_disabled_at, merchant.api_secret_sealed,
      merchant.previous_secret_sealed, merchant.previous_secret_until`.execute(db);
  return rows;
}
