import { sql } from 'kysely';
import { hashApiKey } from '../src/auth/keys.ts';
import { HOUR_MS, later } from '../src/core/clock.ts';
import { toMills } from '../src/core/money.ts';
import type { SecretBox } from '../src/core/secrets.ts';
import { steamIdOf } from '../src/core/steam.ts';
import type { Database, Db } from '../src/db/connect.ts';
import { quote } from '../src/market/pricing.ts';
import { type Stock, type StockItem, SUPPLIER } from './stock.ts';

const FEE_BPS = 150;
const CHUNK = 10_000;
const EXTRA_MILLS = 1_000_000n;
const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=52231&token=abcdefgh';
/** No limit is to be met: each merchant has this many requests a minute. */
const ROUTE_LIMITS = JSON.stringify({ 'item-cancel': 1_000_000, trades: 1_000_000 });

/**
 * Writes a stock as the gateway would have left it: paid for, reserved, bought, and waiting for the seller.
 * One statement a table, from a table of the stock's own that goes again at the end.
 */
export async function seed(database: Database, stock: Stock, secrets: SecretBox): Promise<void> {
  const { db } = database;
  await insertMerchants(db, stock, secrets);
  await database.exec(`create table bench_stock (merchant_id uuid, key_id uuid, trade_id uuid, item_id uuid,
    purchase_id uuid, reference text, order_id text, position smallint, listing_id text, native_id text, name text,
    cost_mills bigint, price_mills bigint)`);
  for (let start = 0; start < stock.items.length; start += CHUNK) {
    await insertStock(db, stock.items.slice(start, start + CHUNK));
  }
  await insertAccounts(db, stock.boughtAt);
  await insertTrades(db, stock.boughtAt);
  await insertItems(db, stock.boughtAt);
  await insertPurchases(db, stock.boughtAt);
  await insertCallbacks(db, stock.boughtAt);
  await database.exec('drop table bench_stock');
}

/** Those left out are empty, as new: analysed, they would be taken for tables that stay empty. */
const SEEDED = ['merchant', 'api_key', 'account', 'transfer', 'trade', 'item', 'trade_event', 'purchase', 'callback'];

/** So that neither planning nor the first rounds depend on when the server gets around to it. */
export async function settleDown(database: Database): Promise<void> {
  for (const table of SEEDED) await database.exec(`vacuum analyze ${table}`);
  // Only some roles may; without it the seed's dirty pages are written during the first rounds.
  await database.exec('checkpoint').catch(() => {});
  await database.exec("select run_command_on_workers('checkpoint')").catch(() => {}); // Where there are any.
}

async function insertMerchants(db: Db, stock: Stock, secrets: SecretBox): Promise<void> {
  const rows = stock.merchants.map((merchant, index) => ({
    id: merchant.id,
    name: `Bench ${index}`,
    sealed: secrets.seal(merchant.apiSecret, { merchantId: merchant.id, purpose: 'api-secret' }),
    key_id: merchant.keyId,
    hash: hashApiKey(merchant.apiKey).toString('hex'),
    last_four: merchant.apiKey.slice(-4),
  }));
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as given (id uuid, name text, sealed text, key_id uuid, hash text, last_four text)`;
  await sql`
    insert into merchant (id, name, verified, fee_bps, route_limits, callback_url, api_secret_sealed, created_at)
    select id, name, true, ${FEE_BPS}::integer, ${ROUTE_LIMITS}::jsonb, ${stock.callbackUrl}::text, sealed,
      ${stock.boughtAt}::timestamptz
    from ${given}`.execute(db);
  await sql`
    insert into api_key (id, merchant_id, hash, last_four, scopes, created_at)
    select key_id, id, decode(hash, 'hex'), last_four, '{CORE_ACCESS}', ${stock.boughtAt}::timestamptz
    from ${given}`.execute(db);
}

async function insertStock(db: Db, items: readonly StockItem[]): Promise<void> {
  const rows = items.map(({ merchant, listing, ...item }) => ({
    merchant_id: merchant.id,
    key_id: merchant.keyId,
    trade_id: item.tradeId,
    item_id: item.itemId,
    purchase_id: item.purchaseId,
    reference: item.reference,
    order_id: item.orderId,
    position: item.position,
    listing_id: listing.publicId,
    native_id: listing.nativeId,
    name: listing.name,
    cost_mills: String(listing.priceMills),
    price_mills: String(quote(toMills(listing.priceMills), FEE_BPS)),
  }));
  await sql`insert into bench_stock
    select * from jsonb_populate_recordset(null::bench_stock, ${JSON.stringify(rows)}::jsonb)`.execute(db);
}

/** Each merchant paid in what its items cost and a bit more; the price of every item is reserved. */
async function insertAccounts(db: Db, at: Date): Promise<void> {
  await sql`
    insert into account (merchant_id, name, balance_mills)
    select merchant_id, account.name,
      case account.name when 'locked' then locked when 'available' then ${EXTRA_MILLS}::bigint
        else -locked - ${EXTRA_MILLS}::bigint end
    from (select merchant_id, sum(price_mills)::bigint as locked from bench_stock group by merchant_id) as sums,
      (values ('available'), ('locked'), ('funding')) as account (name)`.execute(db);
  await sql`
    insert into transfer (merchant_id, key, kind, from_account, to_account, amount_mills, actor, at)
    select merchant_id, 'credit:bench', 'credit', 'funding', 'available', sum(price_mills) + ${EXTRA_MILLS}::bigint,
      'operator', ${at}::timestamptz
    from bench_stock group by merchant_id`.execute(db);
}

async function insertTrades(db: Db, at: Date): Promise<void> {
  await sql`
    insert into trade (merchant_id, id, external_id, type, source, game, trade_url, steam_id, status, version,
      created_at, updated_at)
    select merchant_id, trade_id, 'order-' || trade_id, 'withdraw', 'self', '730', ${TRADE_URL}::text,
      ${steamIdOf(TRADE_URL)}::text, 'pending', 2 * count(*), ${at}::timestamptz, ${at}::timestamptz
    from bench_stock group by merchant_id, trade_id`.execute(db);
  await sql`
    insert into approval (merchant_id, trade_id, state, attempts, created_at, decided_at)
    select merchant_id, trade_id, 'approved', 1, ${at}::timestamptz, ${at}::timestamptz
    from bench_stock group by merchant_id, trade_id`.execute(db);
}

/** Each trade's last step was told and taken. */
async function insertCallbacks(db: Db, at: Date): Promise<void> {
  await sql`
    insert into callback (merchant_id, id, trade_id, number, body, state, attempts, created_at, delivered_at)
    select merchant_id, gen_random_uuid(), trade_id, 2 * count(*), '{}', 'delivered', 1, ${at}::timestamptz,
      ${at}::timestamptz
    from bench_stock group by merchant_id, trade_id`.execute(db);
}

async function insertItems(db: Db, at: Date): Promise<void> {
  await sql`
    insert into item (merchant_id, id, trade_id, position, listing_id, external_id, supplier, native_listing_id,
      market_hash_name, state, price_mills, ceiling_mills, fee_bps, cost_mills, created_at, updated_at)
    select merchant_id, item_id, trade_id, position, listing_id, 'line-' || position, ${SUPPLIER}::text, native_id,
      name, 'pending', price_mills, cost_mills, ${FEE_BPS}::integer, cost_mills, ${at}::timestamptz, ${at}::timestamptz
    from bench_stock`.execute(db);
  await sql`
    insert into trade_event (merchant_id, trade_id, number, item_id, event, from_state, to_state, actor, at)
    select merchant_id, trade_id, step.number * count(*) over (partition by trade_id, step.event) + position + 1,
      item_id, step.event, step.from_state, step.to_state,
      case step.event when 'create' then 'merchant:' || key_id else 'gateway' end, ${at}::timestamptz
    from bench_stock,
      (values (0, 'create', null, 'initiated'), (1, 'approve', 'initiated', 'pending'))
        as step (number, event, from_state, to_state)`.execute(db);
  await sql`
    insert into transfer (merchant_id, key, kind, from_account, to_account, amount_mills, trade_id, item_id, actor, at)
    select merchant_id, 'reserve:' || item_id, 'reserve', 'available', 'locked', price_mills, trade_id, item_id,
      'merchant:' || key_id, ${at}::timestamptz
    from bench_stock`.execute(db);
}

/**
 * Due after an hour, which is the longest that an order waits: reading orders is no part of what is measured, unless a cancel
 * causes it.
 */
async function insertPurchases(db: Db, at: Date): Promise<void> {
  await sql`
    insert into purchase (merchant_id, id, trade_id, item_id, supplier, reference, state, order_id, due_at,
      asked_at, ordered_at, created_at, updated_at)
    select merchant_id, purchase_id, trade_id, item_id, ${SUPPLIER}::text, reference, 'done', order_id,
      ${later(new Date(), HOUR_MS)}::timestamptz, ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz,
      ${at}::timestamptz
    from bench_stock`.execute(db);
}
