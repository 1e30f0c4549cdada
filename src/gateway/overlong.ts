import { type RawBuilder, sql } from 'kysely';
import { longestApprovalPauseMs } from '../approvals/claim.ts';
import { longestCallMs } from '../buying/make-purchase.ts';
import { longestLeaseMs } from '../callbacks/claim.ts';
import { longestRetryMs } from '../cancellations/store.ts';
import { LOOK_AGAIN } from '../cancelling/timer.ts';
import { later, MINUTE_MS, systemClock } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { READ_ORDERS } from '../purchases/claim-due.ts';
import { QUICK_BUY_LEASE_MS } from '../quick-buys/claim.ts';
import { longestPauseMs } from '../work/backoff.ts';

/** Nodes' clocks agree to within seconds, so less than this is no step of a clock. */
const TOLERATED_MS = MINUTE_MS;
const BATCH_MAX = 1000;

type DueDeps = Pick<Deps, 'db' | 'clock' | 'config'>;

/**
 * A due time that is further away than the longest pause of its row was written by a clock that has been set back since:
 * such a row is due now. This is the one place where that is decided, for every kind of due row; what claims them goes by
 * their times alone. Times that were announced (an item's `autoCancelAt`, a cancellation that is too early until then)
 * stay.
 *
 * @param isThorough looks at each row's own pause where there may be very many rows, not only at the longest of its kind
 * @returns how many rows have become due
 */
export async function bringForwardOverlong(deps: DueDeps, isThorough: boolean): Promise<number> {
  const { config } = deps;
  const [purchases, calls] = [longestPauseMs(READ_ORDERS), longestCallMs(config)];
  const found = [
    await bringForwardCallbacks(deps),
    await bringForward(deps, 'approval', longestApprovalPauseMs(config), sql`state = 'asking'`),
    await bringForward(deps, 'quick_buy', QUICK_BUY_LEASE_MS, sql`true`),
    await bringForward(deps, 'cancellation', longestRetryMs(config), sql`reason is distinct from 'too_early'`),
    await bringForward(deps, 'purchase', Math.max(purchases, calls), sql`true`),
    ...(isThorough ? [await bringForwardPurchases(deps, calls), await bringForwardAutoCancels(deps)] : []),
  ];
  return found.reduce((sum, count) => sum + count, 0);
}

/** The first moment that is further away than a pause can be. */
function beyond(now: Date, pauseMs: number): Date {
  return later(now, pauseMs + TOLERATED_MS);
}

/** For kinds in which one pause is as long as any. */
async function bringForward(
  { db, clock }: DueDeps,
  table: 'approval' | 'quick_buy' | 'cancellation' | 'purchase',
  pauseMs: number,
  which: RawBuilder<unknown>,
): Promise<number> {
  const now = clock.now();
  const { numAffectedRows = 0n } = await sql`
    update ${sql.table(table)} set due_at = ${now}::timestamptz
    where due_at > ${beyond(now, pauseMs)}::timestamptz and ${which}`.execute(db);
  return Number(numAffectedRows);
}

/** Each row knows the pause it was given. Those behind another of their trade go by that one's time. */
async function bringForwardCallbacks({ db, clock, config }: DueDeps): Promise<number> {
  const now = clock.now();
  const afterLease = beyond(now, longestLeaseMs(config));
  const { numAffectedRows = 0n } = await sql`
    with overlong as materialized (
      select late.merchant_id, late.id from callback as late
      where late.due_at > ${afterLease}::timestamptz and late.state = 'pending'
        and late.due_at > ${beyond(now, 0)}::timestamptz + coalesce(late.pause_ms, 0) * interval '1 millisecond'
        and late.number = (select earliest.number from callback as earliest
          where earliest.merchant_id = late.merchant_id and earliest.trade_id = late.trade_id
            and earliest.state = 'pending' order by earliest.number limit 1)
      limit ${BATCH_MAX}::integer
    )
    update callback set due_at = ${now}::timestamptz from overlong
    where callback.merchant_id = overlong.merchant_id and callback.id = overlong.id
      and (callback.state = 'pending' and callback.due_at > ${afterLease}::timestamptz) is true`.execute(db);
  return Number(numAffectedRows);
}

/** Orders are read after a tenth of the time since their last news, so the younger ones have shorter pauses. */
async function bringForwardPurchases({ db, clock }: DueDeps, callMs: number): Promise<number> {
  const now = clock.now();
  const { minMs, maxMs } = READ_ORDERS;
  // 0.12 and 1.2: a pause is up to a fifth longer than its rhythm says.
  const pause = sql`least(greatest((${now}::timestamptz - updated_at) * 0.12, ${ms(minMs * 1.2)}), ${ms(maxMs * 1.2)})`;
  const { numAffectedRows = 0n } = await sql`
    update purchase set due_at = ${now}::timestamptz
    where due_at > ${beyond(now, 0)}::timestamptz + greatest(${pause}, ${ms(callMs)})`.execute(db);
  return Number(numAffectedRows);
}

/** The time that was announced, or the next look after it, whichever is later. */
async function bringForwardAutoCancels({ db, clock }: DueDeps): Promise<number> {
  const now = clock.now();
  const { numAffectedRows = 0n } = await sql`
    update item set auto_cancel_due_at = greatest(${now}::timestamptz, trade.auto_cancel_at) from trade
    where item.auto_cancel_due_at > ${beyond(now, longestPauseMs(LOOK_AGAIN))}::timestamptz
      and trade.merchant_id = item.merchant_id and trade.id = item.trade_id
      and item.auto_cancel_due_at > trade.auto_cancel_at`.execute(db);
  return Number(numAffectedRows);
}

function ms(milliseconds: number): RawBuilder<unknown> {
  return sql`${`${milliseconds} milliseconds`}::interval`;
}

/** Notices when this machine's clock is set back: it falls behind the one that only counts. */
export class ClockWatch {
  #aheadMs = Number.POSITIVE_INFINITY;

  /** Whether the clock was set back since it was asked last; true the first time, as nobody knows what was before. */
  wasSetBack(): boolean {
    const aheadMs = systemClock.now().getTime() - performance.now();
    const wasSetBack = this.#aheadMs - aheadMs > TOLERATED_MS;
    this.#aheadMs = aheadMs;
    return wasSetBack;
  }
}
