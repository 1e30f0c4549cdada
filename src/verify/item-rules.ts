import { sql } from 'kysely';
import { itemFacts } from './item-facts.ts';
import { afterBuying, inFlight, type Proof, type Rule, rule } from './rule.ts';
import { trades } from './walk.ts';

/** The penalty for a declined offer: 2 % of the price in whole cents, at most $9. */
const penalty = sql`least(price_mills * 200 / 100000 * 10, 9000)`;

const charge = sql`case when state in (${inFlight}, 'completed') then -price_mills
  when state = 'declined' then -${penalty} else 0 end`;

const paidToSupplier = sql`case when state = 'completed' then least(cost_mills, price_mills) else 0 end`;

/** The cost with the operator's markup, and the merchant's fee on both, rounded up to the cent. */
const quoted = sql`(cost_mills * (10000 + markup_bps) * (10000 + fee_bps) + 999999999) / 1000000000 * 10`;

/** An item's money compared with its state. */
const moneyRules: readonly Rule[] = [
  rule(
    'item-locks-its-price',
    'An item locks exactly its price while it is in flight, and nothing afterwards.',
    ['state', 'price_mills', 'locked_mills'],
    sql`locked_mills <> case when state in (${inFlight}) then price_mills else 0 end`,
  ),
  rule(
    'item-costs-what-it-should',
    'An item costs the wallet its price; nothing if it was not delivered; the penalty if it was declined.',
    ['state', 'price_mills', 'available_mills'],
    sql`available_mills <> ${charge}`,
  ),
  rule(
    'one-refund',
    'No item returns more money than was reserved for it.',
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
    'The captured cost and fee of an item add up to its price.',
    ['state', 'price_mills', 'taken_mills'],
    sql`(taken_mills <> 0 or state = 'completed') and taken_mills <> price_mills`,
  ),
  rule(
    'supplier-is-paid-for-completed',
    'A supplier’s account holds the cost of each completed item, and nothing for other items.',
    ['state', 'cost_mills', 'supplier_mills'],
    sql`supplier_mills is distinct from ${paidToSupplier}`,
  ),
  rule(
    'movements-match-state',
    'An item has only movements that match its state: no capture before it is completed, no return while it is in flight, and a penalty only if it was declined.',
    ['state', 'taken_mills', 'refunded_mills', 'released_mills', 'penalty_mills'],
    sql`taken_mills <> 0 and state not in ('completed', 'reverted')
      or refunded_mills <> 0 and state not in ('failed', 'declined', 'reverted')
      or released_mills <> 0 and state not in ('failed', 'canceled')
      or penalty_mills <> 0 and state <> 'declined'`,
  ),
  rule(
    'only-bought-is-refunded',
    'An item that was never bought is released; only an item that was bought is captured or refunded.',
    ['state', 'cost_mills', 'refunded_mills', 'released_mills', 'taken_mills'],
    sql`case when cost_mills is null then refunded_mills <> 0 or taken_mills <> 0 or penalty_mills <> 0
      else released_mills <> 0 end`,
  ),
  rule('price-is-whole-cents', 'Every price is in whole cents.', ['price_mills'], sql`price_mills % 10 <> 0`),
  rule(
    'price-is-no-more-than-quoted',
    'The price of an item that was bought is at most its cost plus the markup and the fee.',
    ['price_mills', 'cost_mills', 'markup_bps', 'fee_bps'],
    sql`price_mills > ${quoted}`,
  ),
];

/** An item's state compared with its events and purchases. */
const stateRules: readonly Rule[] = [
  rule(
    'state-is-last-event',
    'An item has the state of its last event.',
    ['state', 'state_of_last_event'],
    sql`state is distinct from state_of_last_event`,
  ),
  rule(
    'events-join-up',
    'Each event of an item starts from the state of the previous event.',
    ['from_states', 'to_states'],
    sql`from_states is distinct from array_prepend(null, to_states[:cardinality(to_states) - 1])`,
  ),
  rule(
    'events-are-known-steps',
    'Each event is allowed by the state table.',
    ['unknown_step', 'from_states', 'to_states'],
    sql`unknown_step is not null`,
  ),
  rule(
    'reverted-says-by-whom',
    'A reverted item records who reverted it, and no other item does.',
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
    'An item with a cost has a completed purchase.',
    ['state', 'cost_mills'],
    sql`cost_mills is not null and made_purchases = 0`,
  ),
  rule(
    'pending-is-being-bought',
    'A pending item has a purchase, or has no listing yet.',
    ['state', 'listing_id'],
    sql`state = 'pending' and listing_id is not null and live_purchases = 0`,
  ),
  rule(
    'delivery-was-bought',
    'An item in a state after pending was bought.',
    ['state', 'cost_mills'],
    sql`state in (${afterBuying}) and made_purchases = 0`,
  ),
  rule(
    'nothing-bought-before-gate',
    'An item that waits for approval has no purchase.',
    ['state', 'live_purchases', 'refused_purchases'],
    sql`state = 'initiated' and live_purchases + refused_purchases > 0`,
  ),
  rule(
    'canceled-was-never-asked-for',
    'No purchase was requested for a canceled item’s listing.',
    ['state', 'live_purchases', 'newest_asked_at'],
    sql`state = 'canceled' and listing_id is not null and (live_purchases > 0 or newest_asked_at is not null)`,
  ),
  rule(
    'refused-means-failed',
    'An item whose purchase was refused has failed, is canceled, or is being bought again.',
    ['state', 'refused_purchases'],
    sql`refused_purchases > 0 and live_purchases = 0 and listing_id is not null and state not in ('failed', 'canceled')`,
  ),
];

/** Items compared with the auto-cancel time of their trade. */
const timerRules: readonly Rule[] = [
  rule(
    'timer-leaves-what-was-sent',
    'No item that was sent or has ended is due for auto-cancel.',
    ['state', 'auto_cancel_due_at'],
    sql`auto_cancel_due_at is not null and state not in ('initiated', 'pending')`,
  ),
  rule(
    'timer-comes-when-asked-for',
    'Only items of trades with an auto-cancel time are due for auto-cancel, and not before that time.',
    ['state', 'auto_cancel_due_at', 'auto_cancel_at'],
    sql`auto_cancel_due_at is not null and (auto_cancel_at is null or auto_cancel_due_at < auto_cancel_at)`,
  ),
];

/** All rules about single items. */
export const itemProof: Proof = {
  walk: trades,
  ids: ['merchant_id', 'trade_id', 'item_id'],
  facts: (_now, merchant) => itemFacts(merchant),
  rules: [...moneyRules, ...stateRules, ...timerRules],
};
