import { type RawBuilder, sql } from 'kysely';
import { openStates } from '../cancellations/states.ts';
import { later, MINUTE_MS } from '../clock.ts';
import { type BrokenRow, inFlight, type Rule, rule, terminal, words } from './rule.ts';

const open = words(openStates);

/** A wish that was recorded while its item was being settled is closed by the next read of the order. */
const CLOSING_MAX_MS = 5 * MINUTE_MS;

const wishWithItem = sql`
  cancellation as wish join item on item.merchant_id = wish.merchant_id and item.id = wish.item_id`;

function brokenWishes(condition: RawBuilder<unknown>): RawBuilder<BrokenRow> {
  return sql`
    select wish.merchant_id, wish.trade_id, wish.item_id, wish.id as cancellation_id,
      wish.state as cancellation_state, item.state as item_state
    from ${wishWithItem} where ${condition}`;
}

/** DESIGN 4.2: wishes to cancel, and what became of their items. */
export const cancellationRules: readonly Rule[] = [
  rule(
    'one-open-wish',
    'An item has at most one open wish to cancel it.',
    () => sql`
      select merchant_id, item_id, count(*)::integer as open_wishes from cancellation
      where state in (${open}) group by merchant_id, item_id having count(*) > 1`,
  ),
  rule('no-wish-left-open', 'No wish is open on an item that ended more than five minutes ago.', (now) =>
    brokenWishes(sql`wish.state in (${open}) and item.state in (${terminal})
      and greatest(item.updated_at, wish.requested_at) < ${later(now, -CLOSING_MAX_MS)}::timestamptz`),
  ),
  rule('settled-wish-means-money-back', 'The item of a settled wish has ended, and was not delivered.', () =>
    brokenWishes(sql`wish.state = 'settled' and item.state in (${inFlight}, 'completed')`),
  ),
  rule('lost-wish-means-delivered', 'The item of a lost wish was delivered, whatever came after.', () =>
    brokenWishes(sql`wish.state = 'lost' and not exists (
      select 1 from trade_event as event where event.merchant_id = wish.merchant_id and event.item_id = wish.item_id
        and event.to_state in ('hold', 'completed'))`),
  ),
];
