import { sql } from 'kysely';
import type { Database } from '../src/db/connect.ts';
import { itemCourses, itemMovements } from './verify-courses.ts';

const MERCHANTS = 1000;
const ITEMS_MAX_PER_TRADE = 5;

export interface HistoryOptions {
  readonly merchants?: number;
  /** When the first trade was made. */
  readonly from?: Date;
  /** The pause between two trades. */
  readonly everyMs?: number;
  /** So many of the oldest trades have no item under way. */
  readonly ended?: number;
  /** Of each callback, and then with an attempt; absent: a body of a few bytes, and no attempts. */
  readonly bodyBytes?: number;
}

/**
 * Fills a database with trades as the gateway would have left them, some of them under way: one merchant has a third of all, the
 * others share the rest. Everything is made by the server, from numbers.
 */
export async function seedHistory(
  database: Database,
  items: number,
  { merchants = MERCHANTS, from = new Date('2026-01-01'), everyMs = 30, bodyBytes = 0, ended = 0 }: HistoryOptions = {},
): Promise<void> {
  await database.exec(`
    create function bench_id(kind integer, number bigint, trade bigint) returns uuid language sql immutable as $$
      select (lpad(to_hex(${from.getTime()} + trade * ${everyMs}), 12, '0') || '7' || substr(md5(kind || ':' || number), 1, 3)
        || '8' || substr(md5(kind || ':' || number), 4, 15))::uuid $$;
    create table bench_course as select * from (values ${itemCourses}) as course
      (course, step, event, from_state, to_state);
    create table bench_item as
      select trade, trade * ${ITEMS_MAX_PER_TRADE} + position as number, position, state.to_state as state, state.course,
        bench_id(1, case when trade % 3 = 0 then 0 else trade % ${merchants} end, 0) as merchant_id,
        bench_id(2, trade, trade) as trade_id, bench_id(3, trade * ${ITEMS_MAX_PER_TRADE} + position, trade) as item_id,
        bench_id(4, trade * ${ITEMS_MAX_PER_TRADE} + position, trade) as purchase_id,
        1000 + trade % 50000 * 10 as cost_mills,
        (((1000 + trade % 50000 * 10)::bigint * 10150 + 99999) / 100000) * 10 as price_mills,
        timestamptz '${from.toISOString()}' + trade * interval '${everyMs} ms' as at
      from (
        select trade, position, (trade * 7 + position * 13) % case when trade < ${ended} then 92 else 100 end as draw
        from generate_series(0, ${items}) as trade, generate_series(0, (trade % ${ITEMS_MAX_PER_TRADE})::integer) as position
        order by trade limit ${items}
      ) as drawn
      join lateral (
        select course, to_state from bench_course where course = case
          when draw < 68 then 'completed' when draw < 80 then 'cancelled' when draw < 84 then 'declined'
          when draw < 87 then 'failed' when draw < 90 then 'refused' when draw < 92 then 'reversed'
          when draw < 94 then 'hold' when draw < 96 then 'active' else 'pending' end
        order by step desc limit 1
      ) as state on true;
    create index on bench_item (trade_id); analyze bench_item;`);
  for (const script of scriptsWith(bodyBytes)) await database.exec(script);
  await database.exec('drop table bench_item, bench_course; drop function bench_id');
  await sql`vacuum analyze`.execute(database.slowDb);
}

const statusOfItems = `case ${['pending', 'active', 'hold', 'completed', 'reverted', 'declined', 'failed']
  .map((state) => `when bool_or(state = '${state}') then '${state}'`)
  .join(' ')} end`;
const errorOf = `case course when 'declined' then 'OFFER_NOT_ACCEPTED' when 'failed' then 'MARKET_UNAVAILABLE'
  when 'refused' then 'LISTING_UNAVAILABLE' end`;

/**
 * Checking each row's foreign keys takes longer than writing it, and `verify` does not build on them. A cluster has keys of
 * the copies of a table too, and makes tables anew when it drops the last key to one that is copied.
 */
const withoutForeignKeys = `do $$ declare statement text; begin
  foreach statement in array array(
    select format('alter table if exists %s drop constraint if exists %I', conrelid::regclass, conname) from pg_constraint
    where contype = 'f' and conparentid = 0 and connamespace = 'public'::regnamespace
      and conrelid::regclass::text !~ '_[0-9]{6,}$')
  loop execute statement; end loop;
end $$`;

const attempts = `insert into callback_attempt (merchant_id, callback_id, number, at, duration_ms, status, response)
  select merchant_id, id, 1, created_at, 40, 200, '{"status":"ok"}' from callback`;

const scriptsWith = (bodyBytes: number) => [
  withoutForeignKeys,
  `insert into merchant (id, name, api_secret_sealed, created_at)
    select merchant_id, 'Bench', '', min(at) from bench_item group by merchant_id`,
  `insert into trade (merchant_id, id, external_id, type, source, game, trade_url, steam_id, status, error, version,
      created_at, updated_at)
    select merchant_id, trade_id, 'order-' || trade, 'withdraw', 'self', '730',
      'https://steamcommunity.com/tradeoffer/new/?partner=52231&token=abcdefgh', '76561197960317959',
      ${statusOfItems},
      case when bool_and(state = 'failed') and count(distinct ${errorOf}) = 1 then min(${errorOf}) end,
      (select count(*) from bench_item as one join bench_course using (course) where one.trade_id = item.trade_id),
      at, at
    from bench_item as item group by merchant_id, trade_id, trade, at`,
  `insert into approval (merchant_id, trade_id, state, attempts, created_at, decided_at)
    select merchant_id, id, 'approved', 1, created_at, created_at from trade`,
  `insert into item (merchant_id, id, trade_id, position, listing_id, external_id, supplier, native_listing_id,
      market_hash_name, state, error, reverted_by, price_mills, ceiling_mills, fee_bps, cost_mills, created_at,
      updated_at)
    select merchant_id, item_id, trade_id, position, 'listing-' || position, 'line-' || position, 'cs2dt',
      number, 'P250 | Sand Dune', state, ${errorOf},
      case course when 'cancelled' then 'supplier' when 'reversed' then 'user' end,
      price_mills, cost_mills, 150, case when course <> 'refused' then cost_mills end, at, at
    from bench_item`,
  `insert into trade_event (merchant_id, trade_id, number, item_id, event, from_state, to_state, actor, at)
    select merchant_id, trade_id, row_number() over (partition by trade_id order by step, position), item_id, event,
      from_state, to_state, 'gateway', at + step * interval '1 minute' + case when step > 1 then position else 0 end
        * interval '1 second'
    from bench_item join bench_course using (course) order by trade, step, position`,
  `insert into callback (merchant_id, id, trade_id, number, body, state, attempts, created_at, delivered_at)
    select event.merchant_id, (left(event.trade_id::text, 15) || substr(md5(event.trade_id::text || number), 1, 3) || '8'
        || substr(md5(event.trade_id::text || number), 4, 15))::uuid, event.trade_id, number,
      '{"trade":{}}' || repeat(md5(event.trade_id::text || number), ${Math.floor(bodyBytes / 32)}), 'delivered', 1, event.at,
      event.at
    from trade_event as event join (
      select trade_id, count(*) as items from bench_item group by trade_id
    ) as trade using (trade_id)
    where number >= 2 * items order by event.merchant_id, event.trade_id, number`,
  ...(bodyBytes > 0 ? [attempts] : []),
  `insert into purchase (merchant_id, id, trade_id, item_id, supplier, reference, state, order_id, due_at, asked_at,
      ordered_at, created_at, updated_at)
    select merchant_id, purchase_id, trade_id, item_id, 'cs2dt', upper(substr(replace(purchase_id::text, '-', ''),
      7)), case course when 'refused' then 'refused' else 'done' end, case when course <> 'refused' then 'o' || number end,
      case when state in ('pending', 'active', 'hold') then timestamptz '2100-01-01' end, at,
      case when course <> 'refused' then at end, at, at
    from bench_item`,
  `insert into cancellation (merchant_id, id, trade_id, item_id, supplier, state, actor, attempts, requested_at, answered_at,
      closed_at)
    select merchant_id, bench_id(5, number, trade), trade_id, item_id, 'cs2dt',
      case course when 'cancelled' then 'settled' else 'lost' end, 'merchant:bench', 1, at, at, at
    from bench_item where course = 'cancelled' or course = 'completed' and number % 20 = 0`,
  `insert into account (merchant_id, name) select merchant.id, account.name
    from merchant cross join (values ('available'), ('locked'), ('revenue'), ('funding'), ('supplier:cs2dt'))
      as account (name)`,
  `insert into transfer (merchant_id, key, kind, from_account, to_account, amount_mills, trade_id, item_id, actor, at)
    select merchant_id, movement.key || ':' || item_id, movement.kind, from_account, to_account, amount_mills, trade_id,
      item_id, 'gateway', at
    from bench_item cross join lateral (${itemMovements}) as movement (courses, key, kind, from_account, to_account,
      amount_mills)
    where (course = any (courses) or courses is null) and amount_mills > 0 order by trade, position`,
  `insert into transfer (merchant_id, key, kind, from_account, to_account, amount_mills, actor, at)
    select merchant_id, 'credit:bench', 'credit', 'funding', 'available', sum(price_mills) + 10, 'operator', min(at)
    from bench_item group by merchant_id`,
  `update account set balance_mills = moved.mills from (
    select merchant_id, side.name, sum(side.mills) as mills from transfer cross join lateral
      (values (to_account, amount_mills), (from_account, -amount_mills)) as side (name, mills)
    group by merchant_id, side.name
  ) as moved where moved.merchant_id = account.merchant_id and moved.name = account.name`,
];
