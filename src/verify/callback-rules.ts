import { sql } from 'kysely';
import { type Rule, rule } from './rule.ts';

/**
 * Every event with what tells if a callback was due after it: none while an item still waited for the gate, and one
 * for items that took the same step together.
 */
const steps = sql`
  select merchant_id, trade_id, number, event,
    max(case when from_state = 'initiated' then number end) over trade as left_gate,
    (lead(event) over trade, lead(from_state) over trade, lead(at) over trade) = (event, from_state, at)
      as goes_on
  from trade_event
  window trade as (partition by merchant_id, trade_id order by number
    rows between unbounded preceding and unbounded following)`;

/** DESIGN 4.6: a transition and its callback happen together or not at all. */
export const callbackRules: readonly Rule[] = [
  rule(
    'newest-version-is-told',
    'The newest version of each trade that has passed its gate has a callback.',
    () => sql`
      select trade.merchant_id, trade.id as trade_id, trade.version, trade.status from trade
      left join delivery on delivery.merchant_id = trade.merchant_id and delivery.trade_id = trade.id
        and delivery.number = trade.version
      where trade.status <> 'initiated' and delivery.id is null`,
  ),
  rule(
    'every-step-is-told',
    'Every step of a trade after its gate has a callback.',
    () => sql`
      select step.merchant_id, step.trade_id, step.number, step.event
      from (${steps}) as step
      join trade on trade.merchant_id = step.merchant_id and trade.id = step.trade_id
      left join delivery on delivery.merchant_id = step.merchant_id and delivery.trade_id = step.trade_id
        and delivery.number = step.number
      where step.event <> 'create' and goes_on is not true and trade.status <> 'initiated'
        and step.number >= left_gate and delivery.id is null`,
  ),
  rule(
    'callback-tells-of-a-step',
    'Each callback tells of an event that happened.',
    () => sql`
      select delivery.merchant_id, delivery.trade_id, delivery.id as delivery_id, delivery.number from delivery
      left join trade_event as event on event.merchant_id = delivery.merchant_id
        and event.trade_id = delivery.trade_id and event.number = delivery.number
      where event.number is null`,
  ),
];
