import { type RawBuilder, sql } from 'kysely';
import { findAndRecord } from '../cancellations/find-and-record.ts';
import { canEver, oldEnoughEverywhere } from '../cancellations/policy.ts';
import { leaseEnd, TIMER } from '../cancellations/store.ts';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { nextAttemptAt } from '../work/backoff.ts';
import { logFailure } from '../work/failure-log.ts';
import { recordCancellation } from './record-cancellation.ts';
import { askSupplier } from './request-cancel.ts';

/** Items that one node cancels at a time: half as many as its pool usually has connections, so that requests find one. */
export const TIMER_BATCH = 8;
/** How an item is looked at again that could not be cancelled yet. */
export const LOOK_AGAIN = { minMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };

interface DueItem {
  readonly merchant_id: string;
  readonly id: string;
  readonly trade_id: string;
  /** null: a unit of a quick buy for which no listing is found yet. */
  readonly listing_id: string | null;
  readonly source: 'self' | 'client';
}

/** `over`: the timer has had its say; `again`: it has not, and looks again. */
type Verdict = 'over' | 'again';

/**
 * Cancels items whose `autoCancel` time has come and that no seller has sent (wire-api §12.5), as their merchant would:
 * by a recorded request, of which an item has one at a time. What a lease leaves behind when a process dies is therefore
 * only a second look, never a second call at once.
 * @returns how many were taken up; a full batch means that there may be more
 */
export async function cancelDueItems(deps: Deps): Promise<number> {
  const due = await claim(deps);
  await Promise.all(due.map((item) => takeUp(deps, item)));
  return due.length;
}

async function claim(deps: Deps): Promise<DueItem[]> {
  const now = deps.clock.now();
  const { rows } = await sql<DueItem>`
    update item set auto_cancel_due_at = ${leaseEnd(deps, now, 1)}::timestamptz
    where (merchant_id, id) in (
      select merchant_id, id from item where auto_cancel_due_at <= ${now}::timestamptz
      order by auto_cancel_due_at limit ${TIMER_BATCH} for update skip locked
    )
    returning merchant_id, id, trade_id, listing_id, (
      select source from trade where trade.merchant_id = item.merchant_id and trade.id = item.trade_id
    ) as source`.execute(deps.db);
  return rows;
}

/** One item's failure is its own: its lease ends, and it is taken up again. */
async function takeUp(deps: Deps, item: DueItem): Promise<void> {
  try {
    const verdict = await cancel(deps, item);
    await lookNext(deps, item, verdict === 'over' ? sql`null` : nextTime(deps, item));
  } catch (error) {
    const about = { itemId: item.id };
    logFailure(deps.log, error, about, 'an item could not be cancelled at its time; it is tried again');
  }
}

async function cancel(deps: Deps, item: DueItem): Promise<Verdict> {
  if (item.listing_id === null) return 'again';
  const now = deps.clock.now();
  const { merchant_id: merchantId, source } = item;
  const mine = { merchantId, source, steamId: null, actor: TIMER, requestId: null, onlyUnsent: true } as const;
  const leasedUntil = leaseEnd(deps, now, 1);
  const asking = { ...mine, now, askedAt: now, ...oldEnoughEverywhere(deps, now), leaseEnd: leasedUntil };
  const found = await findAndRecord(deps, asking, { tradeRef: item.trade_id, itemRef: item.listing_id });
  if (!found?.item) throw new Error(`item ${item.id} is not in its trade`);
  const { id: itemId, supplier, state } = found.item;
  // Nobody could ever ask for it: looking again would go on until it is sent.
  if (!canEver(deps, found.trade, found.item)) return 'over';
  const request = { ...mine, itemId, supplier, leasedUntil };
  if (found.recorded !== null && found.order) {
    const { id, order } = { id: found.recorded, order: found.order };
    return verdictOf(deps, item, await askSupplier(deps, { ...request, id, order, asks: 1 }));
  }
  // Another caller's request does what the timer would; should it come to nothing, the timer is still there.
  if (found.cancellation) return found.cancellation.state === 'accepted' ? 'over' : 'again';
  if (state !== 'initiated' && state !== 'pending') return 'over';
  if (found.order === null) await recordCancellation(deps, { ...request, tradeId: item.trade_id });
  return 'again';
}

/** A request without a clear answer is kept and retried; only when it is known does the timer rest. */
function verdictOf(deps: Deps, item: DueItem, answer: Awaited<ReturnType<typeof askSupplier>>): Verdict {
  if (answer.outcome === 'accepted') return 'over';
  // The order was made some time after the item, and its marketplace counts from there.
  if (answer.outcome === 'unknown' || answer.reason === 'too_early') return 'again';
  deps.log.warn({ itemId: item.id, tradeId: item.trade_id, reason: answer.reason }, 'not cancelled at its time');
  return 'over';
}

/** Of an item that was sent or ended meanwhile, nothing comes back: it has no time any more. */
async function lookNext(deps: Deps, item: DueItem, at: RawBuilder<unknown>): Promise<void> {
  await sql`update item set auto_cancel_due_at = ${at}
    where merchant_id = ${item.merchant_id} and id = ${item.id} and auto_cancel_due_at is not null`.execute(deps.db);
}

function nextTime(deps: Deps, { merchant_id, trade_id }: DueItem): RawBuilder<Date> {
  const since = sql<Date>`(select auto_cancel_at from trade where merchant_id = ${merchant_id} and id = ${trade_id})`;
  return nextAttemptAt(deps.clock.now(), since, LOOK_AGAIN);
}
