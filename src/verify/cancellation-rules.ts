import { sql } from 'kysely';
import { TIMER } from '../cancellations/store.ts';
import { openStates } from '../core/cancellation-states.ts';
import { later, MINUTE_MS } from '../core/clock.ts';
import { inFlight, literals, type Proof, rule, terminal } from './rule.ts';
import { cancellations } from './walk.ts';

const open = literals(openStates);

/** When a request is recorded while its item is being settled, the next read of the order closes the request. */
const CLOSING_MAX_MS = 5 * MINUTE_MS;

const shown = ['trade_id', 'item_id', 'cancellation_state', 'item_state'] as const;

/** Cancellation requests compared with their items. */
export const cancellationProof: Proof = {
  walk: cancellations,
  ids: ['merchant_id', 'cancellation_id'],
  facts: (now, merchant) => sql`
    select slice.merchant_id, slice.id as cancellation_id, slice.trade_id, slice.item_id, slice.supplier,
      slice.state as cancellation_state, slice.actor, slice.requested_at, slice.due_at, slice.closed_at, item.state as item_state,
      item.trade_id as trade_of_item, item.supplier as supplier_of_item, others.*,
      greatest(item.updated_at, slice.requested_at) < ${later(now, -CLOSING_MAX_MS)}::timestamptz as is_long_ago,
      slice.state = 'lost' and not exists (
        select 1 from trade_event as event where event.merchant_id = ${merchant}
          and event.trade_id = slice.trade_id and event.item_id = slice.item_id and event.to_state in ('hold', 'completed')
      ) as is_lost_without_delivery,
      slice.actor = ${sql.lit(TIMER)} and not exists (
        select 1 from trade where trade.merchant_id = ${merchant} and trade.id = slice.trade_id
          and trade.auto_cancel_at <= slice.requested_at
      ) as is_too_early
    from slice
    left join lateral (
      select state, updated_at, trade_id, supplier from item
      where merchant_id = ${merchant} and id = slice.item_id offset 0
    ) as item on true
    cross join lateral (
      select count(*) filter (where state in (${open}))::int4 as open_requests,
        count(*) filter (where state = 'settled')::int4 as settled_requests
      from cancellation where merchant_id = ${merchant} and item_id = slice.item_id
    ) as others`,
  rules: [
    rule(
      'request-has-its-item',
      'A request belongs to an item of its own trade and to that item’s supplier, if the item has one.',
      ['trade_id', 'item_id', 'supplier', 'trade_of_item', 'supplier_of_item'],
      sql`trade_id is distinct from trade_of_item or supplier <> supplier_of_item`,
    ),
    rule(
      'one-open-request',
      'An item has at most one open cancellation request.',
      ['trade_id', 'item_id', 'open_requests'],
      sql`open_requests > 1`,
    ),
    rule(
      'one-settled-request',
      'At most one request of an item is settled.',
      ['trade_id', 'item_id', 'settled_requests'],
      sql`settled_requests > 1`,
    ),
    rule(
      'request-ends-once',
      'A request has a closing time exactly when it is closed.',
      shown,
      sql`(cancellation_state in (${open})) <> (closed_at is null)`,
    ),
    rule(
      'unanswered-request-is-retried',
      'A request without a clear answer has a time at which it is retried.',
      shown,
      sql`cancellation_state in ('requested', 'unknown') and due_at is null`,
    ),
    rule(
      'timer-keeps-its-time',
      'The timer requests a cancellation only once its trade’s auto-cancel time has come.',
      ['trade_id', 'item_id', 'actor', 'requested_at'],
      sql`is_too_early`,
    ),
    rule(
      'no-request-left-open',
      'No request is open on an item that ended more than five minutes ago.',
      shown,
      sql`cancellation_state in (${open}) and item_state in (${terminal}) and is_long_ago`,
    ),
    rule(
      'settled-request-means-money-back',
      'The item of a settled request has ended and was not delivered.',
      shown,
      sql`cancellation_state = 'settled' and item_state in (${inFlight}, 'completed')`,
    ),
    rule(
      'lost-request-means-delivered',
      'The item of a lost request was delivered, even if it was reverted later.',
      shown,
      sql`is_lost_without_delivery`,
    ),
  ],
};
