import { type RawBuilder, sql } from 'kysely';
import { findAndRecord, type WantedCancel } from '../cancellations/fast-path.ts';
import { decide, type Facts } from '../cancellations/policy.ts';
import { TIMER } from '../cancellations/store.ts';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { nextAttemptAt } from '../work/backoff.ts';
import { claimDue, type DueTable } from '../work/claim.ts';
import { leaseEnd } from '../work/lease.ts';
import { runEach } from '../work/round.ts';
import { type RequestOutcome, requestCancel } from './engine.ts';
import { recordRequest } from './trade-lock.ts';

/** Items that one node cancels at a time: half of a pool's usual connections, so that requests find one. */
export const TIMER_BATCH = 8;
/** When an item that could not be cancelled yet is tried again. */
export const LOOK_AGAIN = { minMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };

const items = {
  table: 'item',
  key: 'id',
  dueAt: 'auto_cancel_due_at',
  attempts: null,
} as const satisfies DueTable;

interface DueItem {
  readonly merchant_id: string;
  readonly id: string;
  readonly trade_id: string;
  /** null: a unit of a quick buy for which no listing is found yet. */
  readonly listing_id: string | null;
  readonly source: 'self' | 'client';
}

/** `over`: the timer has done its work for the item; `again`: it tries again later. */
type Verdict = 'over' | 'again';

/**
 * Cancels items whose `autoCancel` time has come and that no seller has sent, as their merchant would: by a recorded
 * request, of which an item has one open at a time. When a process dies, the lease of its items ends and they are tried
 * again; that never leads to a second call beside the first.
 * @returns how many were claimed; a full batch means that there may be more
 */
export async function cancelDueItems(deps: Deps): Promise<number> {
  const now = deps.clock.now();
  const due = await claimDue<DueItem>(deps, items, {
    now,
    until: leaseEnd(now, deps.config.supplierTimeoutMs),
    take: TIMER_BATCH,
    returning: (merchantId) => sql`item.merchant_id, item.id, item.trade_id, item.listing_id, (
      select source from trade where trade.merchant_id = ${merchantId} and trade.id = item.trade_id) as source`,
  });
  return runEach(deps, due, {
    run: (item) => cancelDueItem(deps, item),
    failure: 'failed to cancel an item at its time; it is tried again when its lease ends',
    ids: ({ id: itemId, trade_id: tradeId }) => ({ itemId, tradeId }),
  });
}

async function cancelDueItem(deps: Deps, item: DueItem): Promise<void> {
  const verdict = await cancel(deps, item);
  await lookNext(deps, item, verdict === 'over' ? sql`null` : nextTime(deps, item));
}

async function cancel(deps: Deps, item: DueItem): Promise<Verdict> {
  if (item.listing_id === null) return 'again';
  const wanted = wantedBy(deps, item);
  const candidate = await findAndRecord(deps, wanted, { tradeRef: item.trade_id, itemRef: item.listing_id });
  switch (candidate.kind) {
    case 'no_trade':
    case 'no_item':
      throw new Error(`item ${item.id} is not in its trade`);
    case 'held':
      return verdictOf(deps, item, await requestCancel(deps, candidate.request));
    default:
      return follow(deps, wanted, candidate);
  }
}

function wantedBy({ clock }: Deps, { merchant_id: merchantId, source }: DueItem): WantedCancel {
  const now = clock.now();
  return { merchantId, source, steamId: null, actor: TIMER, requestId: null, askedAt: now, now, trigger: 'timer' };
}

async function follow(deps: Deps, wanted: WantedCancel, candidate: Facts['candidate']): Promise<Verdict> {
  const { trigger, now } = wanted;
  const decision = decide(deps, { trigger, candidate, earlier: null, now });
  switch (decision.kind) {
    case 'join':
      // Another caller's request does what the timer would do. If it is refused, the timer still has its turn.
      return decision.request.state === 'accepted' ? 'over' : 'again';
    case 'accepted_earlier':
    case 'refuse':
    case 'over':
      return 'over';
    case 'too_soon':
    case 'wait':
    case 'request':
      return 'again';
    case 'withdraw': {
      const { trade, item } = candidate;
      const ids = { tradeId: trade.id, itemId: item.id, supplier: item.supplier };
      await recordRequest(deps, { ...wanted, ...ids, leasedUntil: leaseEnd(now, deps.config.supplierTimeoutMs) });
      return 'again';
    }
  }
}

/** A request without a clear answer is kept and retried; only when it is known does the timer rest. */
function verdictOf(deps: Deps, item: DueItem, answer: RequestOutcome): Verdict {
  if (answer.outcome === 'accepted') return 'over';
  // The order was made some time after the item, and its marketplace counts from there.
  if (answer.outcome === 'unknown' || answer.reason === 'too_early') return 'again';
  deps.log.warn({ itemId: item.id, tradeId: item.trade_id, reason: answer.reason }, 'not cancelled at its time');
  return 'over';
}

/** An item that was sent or ended meanwhile has no such time any more, and gets none. */
async function lookNext(deps: Deps, item: DueItem, at: RawBuilder<unknown>): Promise<void> {
  await sql`update item set auto_cancel_due_at = ${at}
    where merchant_id = ${item.merchant_id} and id = ${item.id} and auto_cancel_due_at is not null`.execute(deps.db);
}

function nextTime(deps: Deps, { merchant_id, trade_id }: DueItem): RawBuilder<Date> {
  const since = sql<Date>`(select auto_cancel_at from trade where merchant_id = ${merchant_id} and id = ${trade_id})`;
  return nextAttemptAt(deps.clock.now(), { since, id: sql.ref('item.id') }, LOOK_AGAIN);
}
