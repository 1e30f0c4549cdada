import { type RawBuilder, sql } from 'kysely';
import { later, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { longestPauseMs } from '../unknown/rhythm.ts';
import type { Order } from './cancellation.ts';

/** The actor of wishes that nobody made but the clock. */
export const TIMER = 'timer';

/** Past the supplier's time-out, a call without a recorded answer belonged to a process that died. */
const LEASE_MARGIN_MS = 5 * SECOND_MS;
/** How a wish without a clear answer is taken up again. */
export const ASK_AGAIN = { minMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };

interface NewCancellation {
  readonly merchantId: string;
  readonly tradeId: string;
  readonly itemId: string;
  readonly supplier: string;
  readonly actor: string;
  readonly requestId: string | null;
  /** null: the purchase has no known order yet, so the wish waits for it. */
  readonly order: Order | null;
  /** How long the wish belongs to the caller, who asks the supplier meanwhile. */
  readonly leasedUntil: Date;
  /** Whether what was sent already is left alone, as the timer does. */
  readonly onlyPending?: true;
}

/**
 * Records a wish before the supplier hears of it. The key on open wishes lets exactly one of any number of equal
 * requests through.
 * @returns the wish's id, or null when another wish of this item was there first and answers for it
 */
export async function recordCancellation(deps: Deps, cancellation: NewCancellation): Promise<string | null> {
  const now = deps.clock.now();
  const { merchantId, tradeId, itemId, supplier, actor, requestId, order, leasedUntil, onlyPending } = cancellation;
  const [state, asks, dueAt] = order ? ['requested', 1, leasedUntil] : ['unknown', 0, later(now, ASK_AGAIN.minMs)];
  const { rows } = await sql<{ id: string }>`
    insert into cancellation
      (merchant_id, id, trade_id, item_id, supplier, state, actor, request_id, asks, due_at, requested_at)
    select ${merchantId}::uuid, ${newId(now)}::uuid, ${tradeId}::uuid, ${itemId}::uuid, ${supplier}, ${state}, ${actor},
      ${requestId}, ${asks}::integer, ${dueAt}::timestamptz, ${now}::timestamptz
    where not ${justLost(deps, now, { merchantId: sql.val(merchantId), itemId: sql.val(itemId) })}
      and (${onlyPending !== true}::boolean or exists (
        select from item where item.merchant_id = ${merchantId}::uuid and item.id = ${itemId}::uuid
          and item.state = 'pending'))
    on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing
    returning id`.execute(deps.db);
  return rows[0]?.id ?? null;
}

/**
 * Whether a wish of this item was lost so recently that its call can still be under way. For as long, that wish is
 * the answer to any other: the supplier never hears two cancels of an order at a time.
 */
export function justLost(
  deps: Deps,
  now: Date,
  { merchantId, itemId }: { readonly merchantId: RawBuilder<unknown>; readonly itemId: RawBuilder<unknown> },
): RawBuilder<boolean> {
  // Whoever calls took the wish up before it was lost, for at most two calls.
  const since = later(now, -leaseMs(deps, 2));
  return sql<boolean>`exists (
    select from cancellation as lost where lost.merchant_id = ${merchantId} and lost.item_id = ${itemId}
      and lost.state = 'lost' and lost.closed_at > ${since}::timestamptz)`;
}

/** @param calls how many calls to the supplier, one after the other, the lease is for */
export function leaseEnd(deps: Deps, now: Date, calls: 1 | 2): Date {
  return later(now, leaseMs(deps, calls));
}

/** A request is looked at again after this at the latest, unless it waits for a time that was announced. */
export function longestRetryMs({ supplierTimeoutMs }: Pick<Config, 'supplierTimeoutMs'>): number {
  return Math.max(longestPauseMs(ASK_AGAIN), 2 * supplierTimeoutMs + LEASE_MARGIN_MS);
}

function leaseMs(deps: Deps, calls: 1 | 2): number {
  return calls * deps.config.supplierTimeoutMs + LEASE_MARGIN_MS;
}
