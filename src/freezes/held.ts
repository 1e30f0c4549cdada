import { type RawBuilder, sql } from 'kysely';
import { ofAllMerchants } from '../db/portable.ts';
import { isAnythingStopped, isMerchantStopped, isPurchaseStopped, isTradeStopped } from './freezes.ts';

/**
 * In SQL: the items that wait because of a freeze or because their merchant is disabled. They wait for approval, for a
 * listing, or for their purchase to be sent, and no purchase was requested from a supplier. Read by the small partial indexes
 * of due rows.
 * @param since only items that were created, and freezes that started, at or before this time; null: all
 */
export function heldItems(since: Date | null): RawBuilder<unknown> {
  const createdBefore = (column: RawBuilder<unknown>) =>
    since === null ? sql`` : sql`and ${column} <= ${since}::timestamptz`;
  const quickBuyStopped = isMerchantStopped(sql.ref('quick_buy.merchant_id'), since);
  // Mostly nothing is stopped, which is known without reading a row.
  return sql`
    select * from (
    select ${ofAllMerchants} item.merchant_id, item.trade_id, item.id as item_id, item.supplier, item.price_mills
    from approval join item on item.merchant_id = approval.merchant_id and item.trade_id = approval.trade_id
    where approval.due_at is not null and approval.state = 'asking' and item.state = 'initiated'
      ${createdBefore(sql`approval.created_at`)}
      and ${isTradeStopped(sql.ref('approval.merchant_id'), sql.ref('approval.trade_id'), since)}
    union all
    select item.merchant_id, item.trade_id, item.id, item.supplier, item.price_mills
    from purchase join item on item.merchant_id = purchase.merchant_id and item.id = purchase.item_id
    where purchase.due_at is not null and purchase.state = 'recorded' and item.state = 'pending'
      ${createdBefore(sql`purchase.created_at`)} and ${isPurchaseStopped(since)}
    union all
    select item.merchant_id, item.trade_id, item.id, item.supplier, item.price_mills
    from quick_buy join item on item.merchant_id = quick_buy.merchant_id and item.trade_id = quick_buy.trade_id
    where quick_buy.due_at is not null and item.state = 'pending' and item.listing_id is null
      ${createdBefore(sql`quick_buy.created_at`)} and ${quickBuyStopped}
    ) as held where ${isAnythingStopped(since)}`;
}

/** In SQL: whether one of these items waits because of this freeze. */
export function isHeldBy(scope: string, target: string): RawBuilder<boolean> {
  if (scope === 'all') return sql<boolean>`true`;
  return scope === 'merchant' ? sql<boolean>`merchant_id = ${target}::uuid` : sql<boolean>`supplier = ${target}`;
}
