import { sql } from 'kysely';
import { allItemStates, itemStates, tradeStatus } from '../trades/states.ts';
import { type Rule, rule } from './rule.ts';

/** States in the order in which they decide a trade's status: asked of `tradeStatus` itself, two at a time. */
const decidingOrder = [...allItemStates].sort((a, b) => (a === b ? 0 : tradeStatus([a, b]) === a ? -1 : 1));

/** `tradeStatus` in SQL, over the items of one group. */
const statusOfItems = sql`case ${sql.join(
  decidingOrder.map((state) => sql`when bool_or(state = ${sql.lit(state)}) then ${sql.lit(state)}`),
  sql` `,
)} end`;

/** Every step that the table of states allows, and the one that begins an item. */
const knownSteps = sql.join([
  sql`('create', '', 'initiated')`,
  ...Object.entries(itemStates).flatMap(([from, steps]) =>
    Object.entries(steps).map(([event, to]) => sql`(${sql.lit(event)}, ${sql.lit(from)}, ${sql.lit(to)})`),
  ),
]);

/** DESIGN 4.1: states, and the events that led to them. */
export const tradeRules: readonly Rule[] = [
  rule(
    'status-follows-items',
    'A trade’s status is that of its items, by the rule.',
    () => sql`
      select trade.merchant_id, trade.id as trade_id, trade.status, items.status as status_of_items
      from trade left join (
        select merchant_id, trade_id, ${statusOfItems} as status from item group by merchant_id, trade_id
      ) as items on items.merchant_id = trade.merchant_id and items.trade_id = trade.id
      where trade.status is distinct from items.status`,
  ),
  rule(
    'version-counts-events',
    'A trade’s version is the number of its newest event, and its events are numbered without a gap.',
    () => sql`
      select trade.merchant_id, trade.id as trade_id, trade.version, newest, events
      from trade left join (
        select merchant_id, trade_id, max(number) as newest, count(*)::integer as events
        from trade_event group by merchant_id, trade_id
      ) as numbered on numbered.merchant_id = trade.merchant_id and numbered.trade_id = trade.id
      where trade.version is distinct from newest or newest is distinct from events`,
  ),
  rule(
    'state-is-last-event',
    'An item is in the state to which its last event led.',
    () => sql`
      select item.merchant_id, item.trade_id, item.id as item_id, item.state, last.to_state as state_of_last_event
      from item left join (
        select distinct on (merchant_id, item_id) merchant_id, item_id, to_state
        from trade_event order by merchant_id, item_id, number desc
      ) as last on last.merchant_id = item.merchant_id and last.item_id = item.id
      where item.state is distinct from last.to_state`,
  ),
  rule(
    'events-join-up',
    'Each event of an item starts from the state to which the one before led.',
    () => sql`
      select * from (
        select merchant_id, trade_id, item_id, number, event, from_state,
          lag(to_state) over (partition by merchant_id, item_id order by number) as state_before
        from trade_event
      ) as step
      where from_state is distinct from state_before`,
  ),
  rule(
    'events-are-known-steps',
    'Each event is a step of the table of states.',
    () => sql`
      select merchant_id, trade_id, item_id, number, event, from_state, to_state from trade_event
      where (event, coalesce(from_state, ''), to_state) not in (${knownSteps})`,
  ),
  rule(
    'event-has-its-item',
    'Each event is about an item of its own trade.',
    () => sql`
      select event.merchant_id, event.trade_id, event.item_id, event.number from trade_event as event
      left join item on item.merchant_id = event.merchant_id and item.id = event.item_id
        and item.trade_id = event.trade_id
      where item.id is null`,
  ),
  rule(
    'reverted-says-by-whom',
    'A reverted item says who reverted it, and no other item does.',
    () => sql`
      select merchant_id, trade_id, id as item_id, state, reverted_by from item
      where (state = 'reverted') <> (reverted_by is not null)`,
  ),
];
