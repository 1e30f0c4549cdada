import { sql } from 'kysely';
import { itemFacts } from './item-facts.ts';
import { afterBuying, inFlight, type Proof, type Rule, rule } from './rule.ts';
import { trades } from './walk.ts';

/** 2 % of the price in whole cents, at most $9: what a declined offer costs. */
const penalty = sql`least(price_mills * 200 / 100000 * 10, 9000)`;

const charge = sql`case when state in (${inFlight}, 'completed') then -price_mills
  when state = 'declined' then -${penalty} else 0 end`;

const paidToSupplier = sql`case when state = 'completed' then least(cost_mills, price_mills) else 0 end`;

/** The cost and the merchant's fee on it, rounded up to the cent. */
const quoted = sql`(cost_mills * (10000 + fee_bps) + 99999) / 100000 * 10`;

/** An item's money is what its state says. */
const moneyRules: readonly Rule[] = [
  rule(
    'item-locks-its-price',
    'An item locks exactly its price while it is in flight, and nothing after.',
    ['state', 'price_mills', 'locked_mills'],
    sql`locked_mills <> case when state in (${inFlight}) then price_mills else 0 end`,
  ),
  rule(
    'item-costs-what-it-should',
    'An item costs the wallet its price, nothing when it was not delivered, the penalty when it was declined.',
    ['state', 'price_mills', 'available_mills'],
    sql`available_mills <> ${charge}`,
  ),
  rule(
    'one-refund',
    'No item gives back more than was reserved for it.',
    ['state', 'reserved_mills', 'returned_mills'],
    sql`returned_mills > reserved_mills`,
  ),
  rule(
    'reserved-once',
    'The money for an item is reserved once.',
    ['state', 'reserves', 'reserved_mills'],
    sql`reserves <> 1`,
  ),
  rule(
    'captured-whole',
    'What is captured for an item, cost and fee together, is its price.',
    ['state', 'price_mills', 'taken_mills'],
    sql`(taken_mills <> 0 or state = 'completed') and taken_mills <> price_mills`,
  ),
  rule(
    'supplier-is-paid-for-completed',
    'A supplier’s account holds the cost of an item while it is completed, and nothing of any other.',
    ['state', 'cost_mills', 'supplier_mills'],
    sql`supplier_mills is distinct from ${paidToSupplier}`,
  ),
  rule(
    'movements-match-state',
    'An item has only movements that can lead to its state: none is captured before it is completed, none gives back while it is under way, none is a penalty but for declining.',
    ['state', 'taken_mills', 'refunded_mills', 'released_mills', 'penalty_mills'],
    sql`taken_mills <> 0 and state not in ('completed', 'reverted')
      or refunded_mills <> 0 and state not in ('failed', 'declined', 'reverted')
      or released_mills <> 0 and state not in ('failed', 'canceled')
      or penalty_mills <> 0 and state <> 'declined'`,
  ),
  rule(
    'only-bought-is-refunded',
    'What was never bought is released; only what was bought is captured or refunded.',
    ['state', 'cost_mills', 'refunded_mills', 'released_mills', 'taken_mills'],
    sql`case when cost_mills is null then refunded_mills <> 0 or taken_mills <> 0 or penalty_mills <> 0
      else released_mills <> 0 end`,
  ),
  rule('price-is-whole-cents', 'Every price is whole cents.', ['price_mills'], sql`price_mills % 10 <> 0`),
  rule(
    'price-is-no-more-than-quoted',
    'An item that was bought costs the merchant no more than its cost and the fee on that.',
    ['price_mills', 'cost_mills', 'fee_bps'],
    sql`price_mills > ${quoted}`,
  ),
];

/** An item's state, its events and its purchases. */
const stateRules: readonly Rule[] = [
  rule(
    'state-is-last-event',
    'An item is in the state to which its last event led.',
    ['state', 'state_of_last_event'],
    sql`state is distinct from state_of_last_event`,
  ),
  rule(
    'events-join-up',
    'Each event of an item starts from the state to which the one before led.',
    ['from_states', 'to_states'],
    sql`from_states is distinct from array_prepend(null, to_states[:cardinality(to_states) - 1])`,
  ),
  rule(
    'events-are-known-steps',
    'Each event is a step of the table of states.',
    ['unknown_step', 'from_states', 'to_states'],
    sql`unknown_step is not null`,
  ),
  rule(
    'reverted-says-by-whom',
    'A reverted item says who reverted it, and no other item does.',
    ['state', 'reverted_by'],
    sql`(state = 'reverted') <> (reverted_by is not null)`,
  ),
  rule(
    'one-live-purchase',
    'An item has at most one purchase that may have bought something.',
    ['state', 'live_purchases'],
    sql`live_purchases > 1`,
  ),
  rule(
    'cost-means-bought',
    'An item with a cost has a purchase that was made.',
    ['state', 'cost_mills'],
    sql`cost_mills is not null and made_purchases = 0`,
  ),
  rule(
    'pending-is-being-bought',
    'An item that is pending has a purchase, or has no listing yet.',
    ['state', 'listing_id'],
    sql`state = 'pending' and listing_id is not null and live_purchases = 0`,
  ),
  rule(
    'delivery-was-bought',
    'An item that went beyond pending was bought.',
    ['state', 'cost_mills'],
    sql`state in (${afterBuying}) and made_purchases = 0`,
  ),
  rule(
    'nothing-bought-before-gate',
    'An item that waits for its approval has no purchase.',
    ['state', 'live_purchases', 'refused_purchases'],
    sql`state = 'initiated' and live_purchases + refused_purchases > 0`,
  ),
  rule(
    'canceled-was-never-asked-for',
    'No supplier was asked to sell the listing of an item that is canceled.',
    ['state', 'live_purchases', 'newest_asked_at'],
    sql`state = 'canceled' and listing_id is not null and (live_purchases > 0 or newest_asked_at is not null)`,
  ),
  rule(
    'refused-means-failed',
    'An item whose purchase was refused has failed, is canceled, or is being bought anew.',
    ['state', 'refused_purchases'],
    sql`refused_purchases > 0 and live_purchases = 0 and listing_id is not null and state not in ('failed', 'canceled')`,
  ),
];

/** What is not sent in time is cancelled, and nothing else. */
const timerRules: readonly Rule[] = [
  rule(
    'timer-leaves-what-was-sent',
    'The timer comes for no item that was sent or is over.',
    ['state', 'auto_cancel_due_at'],
    sql`auto_cancel_due_at is not null and state not in ('initiated', 'pending')`,
  ),
  rule(
    'timer-comes-when-asked-for',
    'The timer comes only for items of trades that have an auto-cancel time, and not before it.',
    ['state', 'auto_cancel_due_at', 'auto_cancel_at'],
    sql`auto_cancel_due_at is not null and (auto_cancel_at is null or auto_cancel_due_at < auto_cancel_at)`,
  ),
];

/** All about one item that its own rows say. */
export const itemProof: Proof = {
  walk: trades,
  ids: ['merchant_id', 'trade_id', 'item_id'],
  facts: () => itemFacts,
  rules: [...moneyRules, ...stateRules, ...timerRules],
};
