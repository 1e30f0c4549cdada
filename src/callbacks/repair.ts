import { type RawBuilder, sql } from 'kysely';
import { later, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';
import { changeOfEach, changeRows } from '../work/claim.ts';

/** Longer than any lease: a callback that is due later than this is not being sent. */
const DEFERRED_BEYOND_MS = MINUTE_MS;
/** A callback that has just become due is left alone, also when a node's clock is ahead. */
const LEFT_ALONE_MS = 10 * SECOND_MS;
const BATCH_MAX = 1000;

/**
 * Corrects the due times of pending callbacks. That only saves work or makes a callback be sent sooner: the order in
 * which callbacks are sent does not depend on it.
 * @returns whether something became due
 */
export async function repairDue(deps: Deps): Promise<boolean> {
  await deferBlocked(deps);
  await pauseDisabled(deps);
  return resumeEnabled(deps);
}

/**
 * A callback that waits for an earlier one of its trade becomes due with that one, so that it is not examined before.
 * The rows are found once, before any is changed: joined the other way round, ten thousand due callbacks took more than
 * a minute.
 */
async function deferBlocked({ db, clock }: Deps): Promise<void> {
  const now = clock.now();
  const overdue = later(now, -LEFT_ALONE_MS);
  const { rows } = await sql<{ merchant_id: string; id: string; due_at: Date }>`
    select ${ofAllMerchants} blocked.merchant_id, blocked.id, first.due_at
    from callback as blocked cross join lateral (
      select number, due_at from callback as first
      where first.merchant_id = blocked.merchant_id and first.trade_id = blocked.trade_id and first.state = 'pending'
      order by number limit 1
    ) as first
    where blocked.due_at <= ${overdue}::timestamptz and blocked.state = 'pending' and first.number < blocked.number
      and first.due_at > ${later(now, DEFERRED_BEYOND_MS)}::timestamptz
    limit ${BATCH_MAX}::int4`.execute(db);
  const isOverdue = sql`state = 'pending' and due_at <= ${overdue}::timestamptz`;
  for (const [dueAt, blocked] of Map.groupBy(rows, (row) => row.due_at.getTime())) {
    const set = sql`due_at = ${new Date(dueAt)}::timestamptz`;
    await changeRows(db, 'callback', blocked, { which: isOverdue, set });
  }
}

/** A callback that was recorded while its merchant's callbacks were being switched off has no due time. */
async function pauseDisabled({ db }: Deps): Promise<void> {
  await changeOfEach(
    db,
    { table: 'callback' },
    {
      which: sql`state = 'pending' and due_at is not null and ${isSwitchedOff(true)}`,
      set: sql`due_at = null`,
    },
  );
}

/** A callback that was recorded while its merchant's callbacks were being switched on is due. */
async function resumeEnabled({ db, clock }: Deps): Promise<boolean> {
  const resumed = await changeOfEach(
    db,
    { table: 'callback' },
    {
      which: sql`state = 'pending' and due_at is null and ${isSwitchedOff(false)}`,
      set: sql`due_at = ${clock.now()}::timestamptz`,
    },
  );
  return resumed > 0;
}

function isSwitchedOff(isOff: boolean): RawBuilder<unknown> {
  return sql`exists (select 1 from merchant where merchant.id = callback.merchant_id
    and (merchant.callback_disabled_at is not null) = ${isOff})`;
}
