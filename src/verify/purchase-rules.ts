import { type RawBuilder, sql } from 'kysely';
import { inFlight, type Proof, rule } from './rule.ts';
import { purchases, references } from './walk.ts';

/** After a refused listing, a unit of a quick buy may be bought from another supplier. */
const wasReassigned = (merchant: RawBuilder<unknown>) => sql`slice.state = 'refused' and coalesce((
  select is_quick from trade where merchant_id = ${merchant} and id = slice.trade_id), false)`;

/** Purchases of all merchants compared with each other. */
export const referenceProof: Proof = {
  walk: references,
  ids: ['reference'],
  facts: () => sql`select reference, count(*)::int4 as purchases from slice group by reference`,
  rules: [rule('reference-is-used-once', 'No two purchases share a reference.', ['purchases'], sql`purchases <> 1`)],
};

/** Purchases compared with their items. */
export const purchaseProof: Proof = {
  walk: purchases,
  ids: ['merchant_id', 'purchase_id'],
  facts: (_now, merchant) => sql`
    select slice.merchant_id, slice.id as purchase_id, slice.trade_id, slice.item_id, slice.reference, slice.supplier,
      slice.state as purchase_state, slice.order_id, slice.due_at, item.state as item_state, item.cost_mills,
      item.trade_id as trade_of_item, item.supplier as supplier_of_item, ${wasReassigned(merchant)} as was_reassigned
    from slice left join lateral (
      select state, cost_mills, trade_id, supplier from item
      where merchant_id = ${merchant} and id = slice.item_id offset 0
    ) as item on true`,
  rules: [
    rule(
      'purchase-has-its-item',
      'A purchase belongs to an item of its own trade and to that item’s supplier, unless the unit of a quick buy was reassigned.',
      ['trade_id', 'item_id', 'supplier', 'trade_of_item', 'supplier_of_item'],
      sql`trade_id is distinct from trade_of_item or supplier is distinct from supplier_of_item and not was_reassigned`,
    ),
    rule(
      'bought-means-cost',
      'A completed purchase has an order, and its item has a cost.',
      ['trade_id', 'item_id', 'reference', 'purchase_state', 'order_id', 'cost_mills'],
      sql`purchase_state = 'done' and (order_id is null or cost_mills is null)`,
    ),
    rule(
      'open-purchase-is-followed',
      'A purchase whose item is in flight has a time for its next check.',
      ['trade_id', 'item_id', 'reference', 'purchase_state', 'item_state'],
      sql`purchase_state <> 'refused' and item_state in (${inFlight}) and due_at is null`,
    ),
  ],
};
