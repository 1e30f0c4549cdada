import { sql } from 'kysely';
import { later, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';

/** Beyond any lease: a callback whose time is this far off is not under way. */
const PARKED_BEHIND_MS = MINUTE_MS;
/** So that one that has just been made due, as by a switch, is left alone, also by a node whose clock is ahead. */
const LEFT_ALONE_MS = 10 * SECOND_MS;
const BATCH_MAX = 1000;

/**
 * Puts right when pending callbacks are due, where that is a matter of time only; sending them in order does not
 * depend on it.
 * @returns whether something became due
 */
export async function repairDue(deps: Deps): Promise<boolean> {
  await park(deps);
  await silence(deps);
  return awaken(deps);
}

/**
 * What waits behind a callback that is to be retried later is not looked at before that, however much it is. Found once
 * and before it is changed: joined the other way round, ten thousand due callbacks took more than a minute.
 */
async function park({ db, clock }: Deps): Promise<void> {
  const now = clock.now();
  const overdue = later(now, -LEFT_ALONE_MS);
  await sql`
    with blocked as materialized (
      select blocked.merchant_id, blocked.id, first.due_at
      from callback as blocked cross join lateral (
        select number, due_at from callback as first
        where first.merchant_id = blocked.merchant_id and first.trade_id = blocked.trade_id and first.state = 'pending'
        order by number limit 1
      ) as first
      where blocked.due_at <= ${overdue}::timestamptz and blocked.state = 'pending' and first.number < blocked.number
        and first.due_at > ${later(now, PARKED_BEHIND_MS)}::timestamptz
      limit ${BATCH_MAX}::integer
    )
    update callback set due_at = blocked.due_at from blocked
    where callback.merchant_id = blocked.merchant_id and callback.id = blocked.id
      and (callback.state = 'pending' and callback.due_at <= ${overdue}::timestamptz) is true`.execute(db);
}

/** A callback that was recorded in the moment in which its merchant's were switched off. */
async function silence({ db }: Deps): Promise<void> {
  await sql`
    update callback set due_at = null from merchant
    where merchant.callback_disabled_at is not null and callback.merchant_id = merchant.id
      and callback.state = 'pending' and callback.due_at is not null`.execute(db);
}

/** One that was recorded in the moment in which they were switched on. */
async function awaken({ db, clock }: Deps): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update callback set due_at = ${clock.now()}::timestamptz from merchant
    where merchant.callback_disabled_at is null and callback.merchant_id = merchant.id
      and callback.state = 'pending' and callback.due_at is null`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}
