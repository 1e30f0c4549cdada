import { sql } from 'kysely';
import { LOOK_AGAIN } from '../cancelling/timer.ts';
import { later, MINUTE_MS, systemClock } from '../core/clock.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';
import { READ_BACKOFF } from '../purchases/store.ts';
import { longestCallMs } from '../suppliers/timing.ts';
import { latestAttemptAt, longestPauseMs } from '../work/backoff.ts';
import { changeOfEach, changeRows } from '../work/claim.ts';
import { leaseMs } from '../work/lease.ts';
import { dueWork, type LongestPause } from './due-work.ts';

/** Clocks of different nodes agree to within seconds, so a smaller difference does not show that a clock was set back. */
const TOLERATED_MS = MINUTE_MS;
const BATCH_MAX = 1000;

type DueDeps = Pick<Deps, 'db' | 'clock' | 'config' | 'suppliers'>;

/**
 * Makes rows due whose due time is further away than the longest pause of their kind: a clock that has been set back
 * since wrote it. This is the one place that decides it, for every kind of due row; a claim goes by the due time alone.
 * Times that were announced stay: the `autoCancelAt` of an item, and the time until which a cancellation is too early.
 * @param isThorough compares each row with its own longest pause, also where there may be very many rows
 * @returns how many rows have become due
 */
export async function bringForwardOverlong(deps: Deps, isThorough: boolean): Promise<number> {
  let found = await bringForwardCallbacks(deps);
  for (const { longest } of dueWork(deps)) found += longest ? await bringForward(deps, longest) : 0;
  if (!isThorough) return found;
  return found + (await bringForwardPurchases(deps)) + (await bringForwardAutoCancels(deps));
}

/** The first moment that is further away than a pause can be. */
function beyond(now: Date, pauseMs: number): Date {
  return later(now, pauseMs + TOLERATED_MS);
}

async function bringForward({ db, clock }: DueDeps, { table, ms, which = sql`true` }: LongestPause): Promise<number> {
  const now = clock.now();
  return changeOfEach(
    db,
    { table },
    {
      which: sql`due_at > ${beyond(now, ms)}::timestamptz and ${which}`,
      set: sql`due_at = ${now}::timestamptz`,
    },
  );
}

/** The row of a callback holds its own pause. A callback behind another one of its trade waits for that one. */
async function bringForwardCallbacks({ db, clock, config }: DueDeps): Promise<number> {
  const now = clock.now();
  const afterLease = beyond(now, leaseMs(config.callbackTimeoutMs));
  const { rows } = await sql<{ merchant_id: string; id: string }>`
    select ${ofAllMerchants} late.merchant_id, late.id from callback as late
    where late.due_at > ${afterLease}::timestamptz and late.state = 'pending'
      and late.due_at > ${beyond(now, 0)}::timestamptz + coalesce(late.pause_ms, 0) * interval '1 millisecond'
      and not exists (select 1 from callback as earlier
        where earlier.merchant_id = late.merchant_id and earlier.trade_id = late.trade_id
          and earlier.state = 'pending' and earlier.number < late.number)
    limit ${BATCH_MAX}::int4`.execute(db);
  const isLate = sql`state = 'pending' and due_at > ${afterLease}::timestamptz`;
  return changeRows(db, 'callback', rows, { which: isLate, set: sql`due_at = ${now}::timestamptz` });
}

/** Orders with recent changes have shorter pauses than the longest of all. */
async function bringForwardPurchases(deps: DueDeps): Promise<number> {
  const { db, clock } = deps;
  const now = clock.now();
  const leaseOfCallMs = leaseMs(longestCallMs(deps));
  const latest = latestAttemptAt({ now, from: beyond(now, 0) }, sql.ref('updated_at'), READ_BACKOFF, leaseOfCallMs);
  return changeOfEach(
    db,
    { table: 'purchase' },
    {
      which: sql`due_at > ${latest}`,
      set: sql`due_at = ${now}::timestamptz`,
    },
  );
}

/** An item is due at the time that was announced, and at the attempts after it. */
async function bringForwardAutoCancels({ db, clock }: DueDeps): Promise<number> {
  const now = clock.now();
  const announced = sql`(select auto_cancel_at from trade
    where trade.merchant_id = item.merchant_id and trade.id = item.trade_id)`;
  return changeOfEach(
    db,
    { table: 'item' },
    {
      which: sql`item.auto_cancel_due_at > ${beyond(now, longestPauseMs(LOOK_AGAIN))}::timestamptz
      and item.auto_cancel_due_at > ${announced}`,
      set: sql`auto_cancel_due_at = greatest(${now}::timestamptz, ${announced})`,
    },
  );
}

/** Detects that this machine's clock was set back: it then falls behind the clock that only counts. */
export class ClockWatch {
  #aheadMs = Number.POSITIVE_INFINITY;

  /** Whether the clock was set back since the last call. The first call returns true: nothing is known about before. */
  wasSetBack(): boolean {
    const aheadMs = systemClock.now().getTime() - performance.now();
    const wasSetBack = this.#aheadMs - aheadMs > TOLERATED_MS;
    this.#aheadMs = aheadMs;
    return wasSetBack;
  }
}
