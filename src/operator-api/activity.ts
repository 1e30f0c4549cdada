import { type RawBuilder, sql } from 'kysely';
import { HOUR_MS, later } from '../core/clock.ts';
import { firstIdOf } from '../core/ids.ts';
import { type Mills, toMills } from '../core/money.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';

type ReadDeps = Pick<Deps, 'db' | 'clock'>;

/** How far charts look back: more would read more rows than can be added up in half a second. */
export const HOURS_MAX = 72;

/** What happened in an hour. */
export interface HourOfActivity {
  readonly from: Date;
  readonly trades: number;
  readonly cancellations: number;
  /** Reserved for buys, paid for good (the marketplace's part and ours together), and paid back. */
  readonly reservedMills: Mills;
  readonly capturedMills: Mills;
  readonly refundedMills: Mills;
}

interface Bucket {
  readonly hour: number;
  readonly kind: 'trade' | 'cancellation' | 'reserve' | 'capture' | 'refund';
  readonly n: number;
  readonly mills: bigint;
}

/**
 * The last hours, oldest first, of one merchant or of all. Rows are found by their ids, which begin with the time of their
 * making, and transfers by their time.
 */
export async function activity(
  { db, clock }: ReadDeps,
  { hours, merchantId }: { readonly hours: number; readonly merchantId: string | undefined },
): Promise<HourOfActivity[]> {
  const now = clock.now();
  const thisHour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
  const from = later(thisHour, -(hours - 1) * HOUR_MS);
  const { rows } = await sql<Bucket>`
    ${counted('trade', sql.ref('created_at'), from, merchantId)}
    union all ${counted('cancellation', sql.ref('requested_at'), from, merchantId)}
    union all ${moved(from, merchantId)}`.execute(db);
  return Array.from({ length: hours }, (_, hour) => {
    const of = (kind: Bucket['kind']) => rows.find((row) => row.hour === hour && row.kind === kind);
    const mills = (kind: Bucket['kind']) => toMills(BigInt(of(kind)?.mills ?? 0));
    return {
      from: later(from, hour * HOUR_MS),
      trades: of('trade')?.n ?? 0,
      cancellations: of('cancellation')?.n ?? 0,
      reservedMills: mills('reserve'),
      capturedMills: mills('capture'),
      refundedMills: mills('refund'),
    };
  });
}

function hourSince(at: RawBuilder<unknown>, from: Date): RawBuilder<number> {
  return sql<number>`floor(extract(epoch from ${at} - ${from}::timestamptz) / 3600)::int4`;
}

/** Trades of all merchants have an index of their own; all else is read merchant by merchant. */
function counted(
  table: 'trade' | 'cancellation',
  at: RawBuilder<unknown>,
  from: Date,
  merchantId: string | undefined,
): RawBuilder<Bucket> {
  const rows =
    table === 'trade' && merchantId === undefined
      ? sql`select created_at from trade where id >= ${firstIdOf(from)}`
      : sql`select row.* from merchant cross join lateral (
          select ${at} from ${sql.table(table)} as each where each.merchant_id = merchant.id and each.id >= ${firstIdOf(from)}
        ) as row where ${isMerchant(merchantId)}`;
  return sql<Bucket>`select ${ofAllMerchants} ${hourSince(at, from)} as hour, ${table} as kind, count(*)::int4 as n, 0::bigint as mills
    from (${rows}) as rows group by 1`;
}

function moved(from: Date, merchantId: string | undefined): RawBuilder<Bucket> {
  return sql<Bucket>`select ${ofAllMerchants} ${hourSince(sql.ref('at'), from)} as hour, case kind when 'fee' then 'capture' else kind end as kind,
      count(*)::int4 as n, sum(amount_mills)::bigint as mills
    from merchant cross join lateral (
      select at, kind, amount_mills from transfer
      where transfer.merchant_id = merchant.id and at >= ${from} and kind in ('reserve', 'capture', 'fee', 'refund')
    ) as row where ${isMerchant(merchantId)} group by 1, 2`;
}

function isMerchant(merchantId: string | undefined): RawBuilder<boolean> {
  return merchantId ? sql<boolean>`merchant.id = ${merchantId}` : sql<boolean>`true`;
}

/** What became of the newest purchases of a marketplace. */
export interface MarketplaceOutcomes {
  readonly supplier: string;
  readonly purchases: number;
  readonly bought: number;
  readonly refused: number;
  readonly unknown: number;
  /** Items that reached the recipient, and those whose money came back. */
  readonly delivered: number;
  readonly refunded: number;
  /** The middle of the times from the order to both; null: none. */
  readonly deliveredAfterMs: number | null;
  readonly refundedAfterMs: number | null;
}

/** Enough for a median; each of their purchases costs two look-ups of events. */
const TRADES_MAX = 2000;

/** Of the purchases of at most the newest 2,000 trades in the last hours, which an index has. */
export async function marketplaceOutcomes({ db, clock }: ReadDeps, hours: number): Promise<MarketplaceOutcomes[]> {
  const from = firstIdOf(later(clock.now(), -hours * HOUR_MS));
  const { rows } = await sql<MarketplaceOutcomes>`
    with newest as (
      select ${ofAllMerchants} merchant_id, id from trade where id >= ${from} order by id desc limit ${TRADES_MAX}
    ), timed as (
      select purchase.supplier, purchase.state, purchase.created_at,
        ${firstEventAt(['hold', 'completed'])} as delivered_at,
        ${firstEventAt(['failed', 'reverted', 'declined'])} as refunded_at
      from newest
      join item on item.merchant_id = newest.merchant_id and item.trade_id = newest.id
      join purchase on purchase.merchant_id = item.merchant_id and purchase.item_id = item.id
    )
    select supplier, count(*)::int4 as purchases,
      (count(*) filter (where state = 'done'))::int4 as bought,
      (count(*) filter (where state = 'refused'))::int4 as refused,
      (count(*) filter (where state in ('unknown', 'asked')))::int4 as unknown,
      (count(delivered_at) filter (where state <> 'refused'))::int4 as delivered,
      (count(refunded_at) filter (where state <> 'refused'))::int4 as refunded,
      ${medianMs('delivered_at')} as "deliveredAfterMs", ${medianMs('refunded_at')} as "refundedAfterMs"
    from timed group by supplier order by supplier`.execute(db);
  return rows;
}

function firstEventAt(states: readonly string[]): RawBuilder<Date | null> {
  return sql<Date | null>`(select min(at) from trade_event where trade_event.merchant_id = purchase.merchant_id
    and trade_event.trade_id = purchase.trade_id
    and trade_event.item_id = purchase.item_id and to_state in (${sql.join(states)}))`;
}

function medianMs(column: 'delivered_at' | 'refunded_at'): RawBuilder<number | null> {
  return sql<number | null>`(percentile_cont(0.5) within group (
    order by extract(epoch from ${sql.ref(column)} - created_at) * 1000) filter (where state <> 'refused'))::float8`;
}
