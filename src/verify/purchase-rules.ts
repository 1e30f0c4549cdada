import { type RawBuilder, sql } from 'kysely';
import { afterBuying, type BrokenRow, type Rule, rule } from './rule.ts';

/** Items together with their purchase of one kind, if they have it. */
function itemsWithout(purchase: RawBuilder<unknown>, condition: RawBuilder<unknown>): RawBuilder<BrokenRow> {
  return sql`
    select item.merchant_id, item.trade_id, item.id as item_id, item.state, item.cost_mills from item
    left join purchase on purchase.merchant_id = item.merchant_id and purchase.item_id = item.id and ${purchase}
    where purchase.id is null and ${condition}`;
}

function purchasesOf(condition: RawBuilder<unknown>): RawBuilder<BrokenRow> {
  return sql`
    select purchase.merchant_id, purchase.trade_id, purchase.item_id, purchase.id as purchase_id, purchase.reference,
      purchase.state as purchase_state, item.state as item_state, item.cost_mills
    from purchase join item on item.merchant_id = purchase.merchant_id and item.id = purchase.item_id
    where ${condition}`;
}

const isDone = sql`purchase.state = 'done'`;
const isLive = sql`purchase.state <> 'refused'`;

/** DESIGN 4.3: one item, one purchase, one reference. */
export const purchaseRules: readonly Rule[] = [
  rule(
    'one-live-purchase',
    'An item has at most one purchase that may have bought something.',
    () => sql`
      select merchant_id, item_id, count(*)::integer as live_purchases from purchase
      where ${isLive} group by merchant_id, item_id having count(*) > 1`,
  ),
  rule(
    'reference-is-used-once',
    'No two purchases share a reference.',
    () => sql`
      select reference, count(*)::integer as purchases from purchase group by reference having count(*) > 1`,
  ),
  rule('cost-means-bought', 'An item with a cost has a purchase that was made.', () =>
    itemsWithout(isDone, sql`item.cost_mills is not null`),
  ),
  rule('bought-means-cost', 'A purchase that was made has an order, and its item a cost.', () =>
    purchasesOf(sql`${isDone} and (order_id is null or item.cost_mills is null)`),
  ),
  rule('pending-is-being-bought', 'An item that is pending has a purchase.', () =>
    itemsWithout(isLive, sql`item.state = 'pending'`),
  ),
  rule('delivery-was-bought', 'An item that went beyond pending was bought.', () =>
    itemsWithout(isDone, sql`item.state in (${afterBuying})`),
  ),
  rule('nothing-bought-before-gate', 'An item that never passed the gate has no purchase.', () =>
    purchasesOf(sql`item.state in ('initiated', 'canceled')`),
  ),
  rule('refused-means-failed', 'An item whose purchase was refused has failed, or is being bought anew.', () =>
    purchasesOf(sql`purchase.state = 'refused' and item.state <> 'failed' and not exists (
      select 1 from purchase as other where other.merchant_id = purchase.merchant_id
        and other.item_id = purchase.item_id and other.state <> 'refused')`),
  ),
];
