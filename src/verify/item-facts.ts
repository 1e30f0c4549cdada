import { type RawBuilder, sql } from 'kysely';
import { itemStates } from '../core/item-states.ts';
import { AVAILABLE, LOCKED } from '../ledger/book.ts';
import { CANCEL_REFUSED, FILL } from '../trades/move.ts';
import { literals } from './rule.ts';

/** The net sum of an item's movements on one account. */
function net(name: string): RawBuilder<unknown> {
  const account = sql.lit(name);
  return total(sql`case when to_account = ${account} then amount_mills
    when from_account = ${account} then -amount_mills end`);
}

function total(amount: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce(sum(${amount}), 0)::bigint`;
}

function totalWhere(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce(sum(amount_mills) filter (where ${condition}), 0)::bigint`;
}

const money = (merchant: RawBuilder<unknown>) => sql`
  select ${net(LOCKED)} as locked_mills, ${net(AVAILABLE)} as available_mills,
    ${total(sql`case when to_account like 'supplier:%' then amount_mills
      when from_account like 'supplier:%' then -amount_mills end`)} as supplier_mills,
    ${totalWhere(sql`kind = 'reserve'`)} as reserved_mills,
    ${totalWhere(sql`to_account = ${sql.lit(AVAILABLE)}`)} as returned_mills,
    ${totalWhere(sql`kind in ('capture', 'fee')`)} as taken_mills,
    ${totalWhere(sql`kind = 'refund'`)} as refunded_mills,
    ${totalWhere(sql`kind = 'release' and key not like 'cheaper:%'`)} as released_mills,
    ${totalWhere(sql`kind = 'penalty'`)} as penalty_mills,
    count(*) filter (where kind = 'reserve')::int4 as reserves
  from transfer where merchant_id = ${merchant} and item_id = item.id`;

const buying = (merchant: RawBuilder<unknown>) => sql`
  select count(*) filter (where state <> 'refused')::int4 as live_purchases,
    count(*) filter (where state = 'done')::int4 as made_purchases,
    count(*) filter (where state = 'refused')::int4 as refused_purchases,
    (array_agg(asked_at order by created_at desc, id desc))[1] as newest_asked_at
  from purchase where merchant_id = ${merchant} and item_id = item.id`;

/** All allowed events as `event:from:to`: those of the state table, the creation, and events that do not change the state. */
const knownSteps = literals([
  'create::initiated',
  `${FILL}:pending:pending`,
  `${CANCEL_REFUSED}:pending:pending`,
  `${CANCEL_REFUSED}:active:active`,
  ...Object.entries(itemStates).flatMap(([from, steps]) =>
    Object.entries(steps).map(([event, to]) => `${event}:${from}:${to}`),
  ),
]);

/** Found by the trade, and sorted in a subquery: the index provides this order without cost, while sorting inside `array_agg` would cost. */
const history = (merchant: RawBuilder<unknown>) => sql`
  select array_agg(from_state) as from_states, array_agg(to_state) as to_states,
    min(number) filter (where event || ':' || coalesce(from_state, '') || ':' || to_state not in (${knownSteps}))
      as unknown_step
  from (
    select number, event, from_state, to_state from trade_event
    where merchant_id = ${merchant} and trade_id = item.trade_id and item_id = item.id order by number
  ) as event`;

/**
 * Each item of a slice of trades, with the sums of its money and purchases, and its states. Every row is looked up by its key
 * (`offset 0` keeps the planner from reordering the joins), so the time per item does not depend on the size of the
 * tables.
 */
export const itemFacts = (merchant: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select item.merchant_id, item.trade_id, item.id as item_id, item.listing_id, item.state, item.reverted_by, item.price_mills,
    item.cost_mills, item.fee_bps, item.markup_bps, item.auto_cancel_due_at, slice.auto_cancel_at, money.*, buying.*, history.*,
    history.to_states[cardinality(history.to_states)] as state_of_last_event
  from slice
  cross join lateral (
    select * from item where merchant_id = ${merchant} and trade_id = slice.id offset 0
  ) as item
  cross join lateral (${money(merchant)}) as money
  cross join lateral (${buying(merchant)}) as buying
  cross join lateral (${history(merchant)}) as history`;
