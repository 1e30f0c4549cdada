import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { NotFoundError } from '../core/operator-error.ts';
import type { Db } from '../db/connect.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { CancellationState, PurchaseRow } from '../db/tables.ts';

/** A purchase or cancellation request whose outcome at the supplier is unknown. */
export interface UnknownOutcome {
  readonly kind: 'purchase' | 'cancellation';
  readonly id: string;
  readonly merchantId: string;
  readonly merchantName: string;
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
  /** The last one of the page before. */
  readonly after?: Pick<UnknownOutcome, 'since' | 'id'> | undefined;
}

/**
 * All unknown outcomes, oldest first. They include calls whose lease has expired, which a killed process leaves until a
 * worker claims them, and purchases that are being repeated. Read by the partial indexes of what is unknown or due.
 */
export async function unknownOutcomes(db: Db, now: Date, filter: UnknownFilter): Promise<UnknownOutcome[]> {
  const { merchantId, id, after, kind } = filter;
  const open = [
    ...(kind === 'cancellation' ? [] : [unknownPurchases(now)]),
    ...(kind === 'purchase' ? [] : [unknownCancellations(now)]),
  ];
  const isWanted = sql.join(
    [
      sql`true`,
      ...(merchantId === undefined ? [] : [sql`open.merchant_id = ${merchantId}::uuid`]),
      ...(id === undefined ? [] : [sql`open.id = ${id}::uuid`]),
      ...(after ? [sql`(since, open.id) > (${after.since}::timestamptz, ${after.id}::uuid)`] : []),
    ],
    sql` and `,
  );
  const { rows } = await sql<UnknownOutcome>`
    select kind, open.id, open.merchant_id as "merchantId", merchant.name as "merchantName", item.trade_id as "tradeId",
      item.id as "itemId", item.listing_id as "listingId", item.market_hash_name as "marketHashName", open.supplier,
      coalesce(reference, '') as reference, open.state, since, open.due_at as "dueAt", tries, repeats, cause
    from (${sql.join(open, sql` union all `)}) as open
    join item on item.merchant_id = open.merchant_id and item.id = open.item_id
    join merchant on merchant.id = open.merchant_id
    where ${isWanted}
    order by since, open.id
    limit ${filter.limit ?? 1000}`.execute(db);
  return rows;
}

/** Every purchase that is unknown has the time since when. A first call that a killed process left has none yet. */
function unknownPurchases(now: Date): RawBuilder<unknown> {
  const columns = sql`'purchase' as kind, merchant_id, id, item_id, supplier, reference, state,
    coalesce(unknown_since, updated_at) as since, due_at, misses as tries, greatest(calls - 1, 0) as repeats,
    reason as cause`;
  return sql`
    select ${ofAllMerchants} ${columns} from purchase where unknown_since is not null and state in ('unknown', 'asked')
    union all
    select ${columns} from purchase where unknown_since is null and state = 'asked' and due_at <= ${now}`;
}

function unknownCancellations(now: Date): RawBuilder<unknown> {
  return sql`
    select ${ofAllMerchants} 'cancellation' as kind, cancellation.merchant_id, cancellation.id, cancellation.item_id, cancellation.supplier,
      purchase.reference, cancellation.state, requested_at as since, cancellation.due_at, attempts as tries, 0 as repeats,
      cancellation.reason as cause
    from cancellation
    left join purchase on purchase.merchant_id = cancellation.merchant_id
      and purchase.item_id = cancellation.item_id and purchase.state <> 'refused'
    where cancellation.due_at is not null
      and (cancellation.state = 'unknown' or (cancellation.state = 'requested' and cancellation.due_at <= ${now}))`;
}

/** @throws OperatorError when the outcome is known, or nothing has the id */
export async function requireUnknown(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  id: string,
): Promise<UnknownOutcome> {
  const [one] = await unknownOutcomes(db, clock.now(), { id });
  if (one) return one;
  throw new NotFoundError(
    `${id} is not a purchase or cancellation with an unknown outcome; its outcome may be known by now: see skinrail trade show`,
  );
}
