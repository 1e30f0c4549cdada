import { sql } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Db } from '../db/connect.ts';
import type { CancellationState, PurchaseRow } from '../db/tables.ts';

/** A purchase or cancellation request whose outcome at the supplier is unknown. */
export interface UnknownOutcome {
  readonly kind: 'purchase' | 'cancellation';
  readonly id: string;
  readonly merchantId: string;
  readonly tradeId: string;
  readonly itemId: string;
  readonly listingId: string;
  readonly marketHashName: string;
  readonly supplier: string;
  /** Our reference of the order at the supplier. */
  readonly reference: string;
  readonly state: PurchaseRow['state'] | CancellationState;
  readonly since: Date;
  readonly dueAt: Date | null;
  /** Failed look-ups of a purchase, or cancellation attempts. */
  readonly tries: number;
  /** How often a purchase was repeated since its first call; 0 for a cancellation. */
  readonly repeats: number;
  /** What was received instead of a clear answer. */
  readonly cause: string | null;
}

export interface UnknownFilter {
  readonly kind?: UnknownOutcome['kind'] | undefined;
  readonly merchantId?: string | undefined;
  readonly id?: string | undefined;
  readonly limit?: number;
}

/**
 * All unknown outcomes, oldest first. They include calls whose lease has expired, which a killed process leaves until a
 * worker claims them, and purchases that are being repeated.
 */
export async function unknownOutcomes(db: Db, now: Date, filter: UnknownFilter): Promise<UnknownOutcome[]> {
  const only = (kind: UnknownOutcome['kind']) => filter.kind === undefined || filter.kind === kind;
  const [merchantId, id] = [filter.merchantId ?? null, filter.id ?? null];
  const isWanted = sql`(${merchantId}::uuid is null or open.merchant_id = ${merchantId}::uuid)
    and (${id}::uuid is null or open.id = ${id}::uuid)`;
  const { rows } = await sql<UnknownOutcome>`
    select kind, open.id, open.merchant_id as "merchantId", item.trade_id as "tradeId", item.id as "itemId",
      item.listing_id as "listingId", item.market_hash_name as "marketHashName", open.supplier,
      coalesce(reference, '') as reference, open.state, since, open.due_at as "dueAt", tries, repeats, cause
    from (
      select 'purchase' as kind, merchant_id, id, item_id, supplier, reference, state,
        coalesce(unknown_since, updated_at) as since, due_at, misses as tries,
        greatest(calls - 1, 0) as repeats, reason as cause
      from purchase
      where ${only('purchase')} and (state = 'unknown' or (state = 'asked' and (due_at <= ${now} or unknown_since is not null)))
      union all
      select 'cancellation', cancellation.merchant_id, cancellation.id, cancellation.item_id, cancellation.supplier,
        purchase.reference, cancellation.state, requested_at, cancellation.due_at, attempts, 0, cancellation.reason
      from cancellation
      left join purchase on purchase.merchant_id = cancellation.merchant_id
        and purchase.item_id = cancellation.item_id and purchase.state <> 'refused'
      where ${only('cancellation')}
        and (cancellation.state = 'unknown' or (cancellation.state = 'requested' and cancellation.due_at <= ${now}))
    ) as open
    join item on item.merchant_id = open.merchant_id and item.id = open.item_id
    where ${isWanted}
    order by since, open.id
    limit ${filter.limit ?? 1000}`.execute(db);
  return rows;
}

/** @throws OperatorError when the outcome is known, or nothing has the id */
export async function requireUnknown(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  id: string,
): Promise<UnknownOutcome> {
  const [one] = await unknownOutcomes(db, clock.now(), { id });
  if (one) return one;
  throw new OperatorError(
    `${id} is not a purchase or cancellation with an unknown outcome; its outcome may be known by now: see skinrail trade show`,
  );
}
