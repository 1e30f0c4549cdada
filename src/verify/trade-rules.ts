import { type RawBuilder, sql } from 'kysely';
import { CS2 } from '../core/games.ts';
import { allItemStates, tradeStatus } from '../core/item-states.ts';
import { type Proof, rule } from './rule.ts';
import { trades } from './walk.ts';

/** States in the order in which they decide a trade's status, found by comparing pairs with `tradeStatus`. */
const statesByPrecedence = [...allItemStates].sort((a, b) => (a === b ? 0 : tradeStatus([a, b]) === a ? -1 : 1));

/** `tradeStatus` in SQL, over the items of one trade. */
const statusOfItems = sql`case ${sql.join(
  statesByPrecedence.map((state) => sql`when bool_or(state = ${sql.lit(state)}) then ${sql.lit(state)}`),
  sql` `,
)} end`;

/**
 * The first event after the approval that has no callback. There is no callback while an item waits for approval, and one
 * callback for items that change together.
 */
const missingCallback = (merchant: RawBuilder<unknown>) => sql`
  select min(number) as missing_callback from (
    select number, (lead(event) over trade, lead(from_state) over trade, lead(at) over trade)
      = (event, from_state, at) as goes_on
    from trade_event
    where merchant_id = ${merchant} and trade_id = slice.id and number >= events.left_approval
    window trade as (order by number)
  ) as step
  where goes_on is not true and (number = any (callbacks.sent)) is not true`;

/** The error of a failed trade: why it was not approved, or the error that all of its items share. */
const errorOfTrade = sql`case asked.approval when 'rejected' then 'MERCHANT_REJECTED'
  when 'timed_out' then 'APPROVAL_TIMEOUT' else items.shared_error end`;

const facts = (merchant: RawBuilder<unknown>) => sql`
  select slice.merchant_id, slice.id as trade_id, slice.type, slice.status, slice.version, slice.error, slice.game,
    slice.created_at, slice.auto_cancel_at, slice.is_quick, items.*, sought.*, events.*,
    callbacks.*, missing.*, asked.*, ${errorOfTrade} as error_of_trade
  from slice
  cross join lateral (
    select ${statusOfItems} as status_of_items, count(*)::int4 as items, array_agg(id) as item_ids,
      count(*) filter (where listing_id is null)::int4 as without_listing,
      count(*) filter (where listing_id is null and state = 'pending')::int4 as open_units,
      count(distinct position)::int4 as positions, min(position) as first_position,
      case when count(distinct coalesce(error, '')) = 1 then min(error) end as shared_error
    from item where merchant_id = ${merchant} and trade_id = slice.id
  ) as items
  cross join lateral (
    select max(number) as newest, count(*)::int4 as events,
      max(number) filter (where from_state = 'initiated') as left_approval,
      min(number) filter (where (item_id = any (items.item_ids)) is not true) as stray_event,
      count(*) filter (where event = 'approve')::int4 as items_approved
    from trade_event where merchant_id = ${merchant} and trade_id = slice.id
  ) as events
  cross join lateral (
    select array_agg(number) as sent, min(number) as first_sent, max(number) as last_sent,
      min(number) filter (where position is not null and (position > before) is not true) as misplaced
    from (
      select number, position, lag(position, 1, 0::bigint) over (order by number) as before
      from callback where merchant_id = ${merchant} and trade_id = slice.id
    ) as callback
  ) as callbacks
  cross join lateral (${missingCallback(merchant)}) as missing
  left join lateral (
    select due_at as sought_at from quick_buy
    where merchant_id = ${merchant} and trade_id = slice.id offset 0
  ) as sought on slice.is_quick
  left join lateral (
    select state as approval, due_at as asked_at from approval
    where merchant_id = ${merchant} and trade_id = slice.id offset 0
  ) as asked on true`;

/** A trade compared with its items, events and callbacks. */
export const tradeProof: Proof = {
  walk: trades,
  ids: ['merchant_id', 'trade_id'],
  facts: (_now, merchant) => facts(merchant),
  rules: [
    rule(
      'status-follows-items',
      'A trade’s status follows from the states of its items.',
      ['status', 'status_of_items'],
      sql`status is distinct from status_of_items`,
    ),
    rule(
      'trade-has-its-items',
      'A trade has 1 to 50 items, a quick buy up to 200 units, each with a different position.',
      ['items', 'positions', 'first_position', 'is_quick'],
      sql`items not between 1 and (case when is_quick then 200 else 50 end) or positions <> items or first_position <> 0`,
    ),
    rule(
      'only-units-lack-a-listing',
      'Only a unit of a quick buy can be without a listing.',
      ['is_quick', 'without_listing'],
      sql`without_listing > 0 and not is_quick`,
    ),
    rule(
      'unit-is-looked-for',
      'While a unit of a quick buy has no listing, the search for one is scheduled.',
      ['open_units', 'sought_at'],
      sql`open_units > 0 and is_quick and sought_at is null`,
    ),
    rule(
      'error-is-shared',
      'A trade has an error exactly when all of its items failed with that error.',
      ['status', 'error', 'error_of_trade'],
      sql`error is distinct from case when status = 'failed' then error_of_trade end`,
    ),
    rule(
      'auto-cancel-in-its-span',
      'Only a CS2 trade has an auto-cancel time, at least 30 minutes and less than 12 hours after its creation.',
      ['game', 'created_at', 'auto_cancel_at'],
      sql`auto_cancel_at is not null and (game <> ${sql.lit(CS2)}
        or auto_cancel_at not between created_at + interval '30 minutes' and created_at + interval '719 minutes')`,
    ),
    rule(
      'waiting-trade-is-asked-about',
      'A trade that waits for approval has an open approval request.',
      ['status', 'approval', 'asked_at'],
      sql`status = 'initiated' and type = 'withdraw' and (approval is distinct from 'asking' or asked_at is null)`,
    ),
    rule(
      'approved-before-bought',
      'No item of a trade is approved unless the merchant approved the trade.',
      ['status', 'approval', 'items_approved'],
      sql`items_approved > 0 and approval is distinct from 'approved'`,
    ),
    rule(
      'version-counts-events',
      'A trade’s version is the number of its newest event, and its events are numbered without gaps.',
      ['version', 'newest', 'events'],
      sql`version is distinct from newest or newest is distinct from events`,
    ),
    rule(
      'event-has-its-item',
      'Each event belongs to an item of its own trade.',
      ['stray_event'],
      sql`stray_event is not null`,
    ),
    rule(
      'newest-version-is-told',
      'The newest version of each trade after its approval has a callback.',
      ['version', 'status'],
      sql`status <> 'initiated' and (version = any (sent)) is not true`,
    ),
    rule(
      'every-step-is-told',
      'Every event of a trade after its approval has a callback.',
      ['status', 'missing_callback'],
      sql`status <> 'initiated' and missing_callback is not null`,
    ),
    rule(
      'callback-tells-of-a-step',
      'Each callback belongs to an existing event.',
      ['newest', 'first_sent', 'last_sent'],
      sql`first_sent < 1 or last_sent > coalesce(newest, 0)`,
    ),
    rule(
      'log-keeps-order',
      'In the log of events the events of each trade are in order, and none is missing before a later one.',
      ['misplaced'],
      sql`misplaced is not null`,
    ),
  ],
};
