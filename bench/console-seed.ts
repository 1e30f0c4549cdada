import { sql } from 'kysely';
import type { Database } from '../src/db/connect.ts';

const MERCHANTS = 1000;
const NAMES = 5000;
/** The trades are spread over so many days before now. */
const DAYS = 30;

/**
 * A month of trades with one item each, of a thousand merchants, one of which has a third of all; the items have five
 * thousand names. Everything that the lists, searches and charts of the operator API read, made by the server from numbers.
 */
export async function seedMonth(database: Database, trades: number): Promise<void> {
  await database.exec(`
    create function bench_id(kind integer, number bigint, at timestamptz) returns uuid language sql immutable as $$
      select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(kind || ':' || number), 1, 3)
        || '8' || substr(md5(kind || ':' || number), 4, 15))::uuid $$;
    create table bench_trade as select *, bench_id(2, n, at) as trade_id, bench_id(3, n, at) as item_id from (
      select n, bench_id(1, case when n % 3 = 0 then 0 else n % ${MERCHANTS} end, '2026-01-01') as merchant_id,
        now() - (${trades} - n) * (interval '${DAYS} days' / ${trades}) as at,
        case when n % 100 < 70 then 'completed' when n % 100 < 85 then 'reverted' when n % 100 < 88 then 'failed'
          when n % 100 < 90 then 'declined' else 'hold' end as state,
        (1000 + n % 50000 * 10)::bigint as price_mills
      from generate_series(1, ${trades}) as n) as drawn;
    analyze bench_trade;`);
  for (const script of scripts) await database.exec(script);
  await database.exec('drop table bench_trade; drop function bench_id');
  await sql`vacuum analyze`.execute(database.db);
}

/** Checking each row's foreign keys takes longer than writing it, and nothing here builds on them. */
const withoutForeignKeys = `do $$ declare found record; begin
  for found in select conrelid::regclass as of_table, conname from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace
  loop execute format('alter table %s drop constraint %I', found.of_table, found.conname); end loop;
end $$`;

const scripts = [
  withoutForeignKeys,
  `insert into merchant (id, name, api_secret_sealed, created_at)
    select merchant_id, 'Merchant ' || row_number() over (order by merchant_id), null, min(at) from bench_trade group by merchant_id`,
  `insert into trade (merchant_id, id, external_id, type, source, game, trade_url, steam_id, status, version, created_at,
      updated_at)
    select merchant_id, trade_id, 'order-' || n, 'withdraw', 'self', '730',
      'https://steamcommunity.com/tradeoffer/new/?partner=52231&token=abcdefgh', (76561197960265728 + n % 100000)::text,
      state, 3, at, at from bench_trade`,
  `insert into item (merchant_id, id, trade_id, position, listing_id, supplier, native_listing_id, market_hash_name, state,
      price_mills, ceiling_mills, fee_bps, cost_mills, created_at, updated_at)
    select merchant_id, item_id, trade_id, 0, 'listing-' || n, 'cs2dt', n,
      (array['AK-47', 'AWP', 'M4A4', 'P250', 'Glock-18'])[1 + n % 5] || ' | Pattern ' || n % ${NAMES} || ' (Field-Tested)', state,
      price_mills, price_mills, 150, price_mills, at, at from bench_trade`,
  `insert into trade_event (merchant_id, trade_id, number, item_id, event, from_state, to_state, actor, at)
    select merchant_id, trade_id, step, item_id, event, from_state, case when step = 3 then state else to_state end, 'gateway',
      at + step * interval '1 minute'
    from bench_trade cross join (values (1, 'create', null, 'initiated'), (2, 'approve', 'initiated', 'pending'),
      (3, 'end', 'pending', '')) as step (step, event, from_state, to_state) order by n, step`,
  `insert into purchase (merchant_id, id, trade_id, item_id, supplier, reference, state, order_id, due_at, asked_at, ordered_at,
      created_at, updated_at)
    select merchant_id, bench_id(4, n, at), trade_id, item_id, (array['cs2dt', 'waxpeer', 'lis-skins'])[1 + n % 3],
      upper(substr(md5('reference' || n), 1, 26)), 'done', 'o' || n, case when state = 'hold' then now() + interval '1 hour' end,
      at, at, at, at from bench_trade`,
  `insert into cancellation (merchant_id, id, trade_id, item_id, supplier, state, actor, attempts, requested_at, answered_at,
      closed_at)
    select merchant_id, bench_id(5, n, at), trade_id, item_id, 'cs2dt', 'settled', 'merchant:bench', 1, at, at, at
    from bench_trade where state = 'reverted'`,
  `insert into callback (merchant_id, id, trade_id, number, body, state, attempts, created_at, delivered_at)
    select merchant_id, bench_id(6, n, at), trade_id, 3, '{"trade":{}}', case when n % 500 = 0 then 'failed' else 'delivered' end,
      1, at, at from bench_trade`,
  `insert into callback_attempt (merchant_id, callback_id, number, at, duration_ms, status)
    select merchant_id, bench_id(6, n, at), 1, at, 40, 200 from bench_trade`,
  `insert into account (merchant_id, name, balance_mills) select merchant.id, account.name, 1000000
    from merchant cross join (values ('available'), ('locked'), ('revenue'), ('funding'), ('supplier:cs2dt'))
      as account (name)`,
  `insert into transfer (merchant_id, key, kind, from_account, to_account, amount_mills, trade_id, item_id, actor, at)
    select merchant_id, kind || ':' || item_id, kind, from_account, to_account, price_mills, trade_id, item_id, 'gateway', at
    from bench_trade join (values ('reserve', 'available', 'locked', null), ('capture', 'locked', 'supplier:cs2dt', 'completed'),
      ('refund', 'locked', 'available', 'reverted')) as moved (kind, from_account, to_account, state_of)
      on state_of is null or state_of = state`,
];
