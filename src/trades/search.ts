import { type RawBuilder, sql } from 'kysely';
import { isUuid } from '../core/ids.ts';
import type { ItemState } from '../core/item-states.ts';
import { type Mills, toMills } from '../core/money.ts';
import type { Db } from '../db/connect.ts';
import { notOnClusters, ofAllMerchants } from '../db/portable.ts';
import type { TradeRow } from '../db/tables.ts';

/** A trade in a list for operators and members. */
export interface TradeSummary {
  readonly trade: TradeRow;
  readonly merchantName: string;
  readonly items: number;
  /** Of the first items. */
  readonly names: readonly string[];
  readonly priceMills: Mills;
}

export interface TradeSearch {
  /** Absent: of all merchants, for staff only. */
  readonly merchantId?: string | undefined;
  readonly status?: ItemState | undefined;
  /** Any id, an externalId, a Steam id, or a part of an item's name. Absent: every trade. */
  readonly text?: string | undefined;
  /** The id of the last trade of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface TradePage {
  readonly trades: readonly TradeSummary[];
  /** Where the next page begins; null: there is none. A page can be short, or empty, and still have a next one. */
  readonly next: string | null;
}

/**
 * A page reads at most so many trades to find those with a status: it has no index, since it changes with every step of a
 * trade. The page then has fewer entries, and the next one goes on.
 */
const READ_MAX = 20_000;
/** So many names of items that have the text in them are looked up, the shortest first. */
const NAMES_MAX = 200;

/** Newest first. Ids grow with time. */
export async function searchTrades(db: Db, search: TradeSearch): Promise<TradePage> {
  const text = search.text?.trim() ?? '';
  const [ids, next] = text === '' ? await newestIds(db, search) : await idsOfText(db, search, text);
  return { trades: await summariesOf(db, ids), next };
}

type Ids = readonly [ids: readonly string[], next: string | null];

async function newestIds(db: Db, { merchantId, status, after, limit }: TradeSearch): Promise<Ids> {
  const { rows } = await sql<{ id: string; status: ItemState; is_last: boolean }>`
    with read as (
      select ${ofAllMerchants} id, status from trade
      where ${merchantId ? sql`merchant_id = ${merchantId}` : sql`true`} and ${before(sql.ref('id'), after)}
      order by id desc limit ${status ? READ_MAX : limit + 1}
    ), found as (
      select id from read where ${status ? sql`status = ${status}` : sql`true`} order by id desc limit ${limit + 1}
    )
    select id, false as is_last from found
    union all (select id, true from read where (select count(*) from read) = ${status ? READ_MAX : -1} order by id limit 1)`.execute(
    db,
  );
  return pageOfRead(rows, limit);
}

/**
 * What an index finds at once comes first: ids, externalIds and Steam ids. Only what is none of these is looked for in the
 * names of items, for which thousands of names are read.
 */
async function idsOfText(db: Db, search: TradeSearch, text: string): Promise<Ids> {
  const { merchantId } = search;
  const of = (column: RawBuilder<unknown>) => (merchantId ? sql`${column} = ${merchantId}` : sql`true`);
  const exact = [...byId(text, of), byExternalId(text, of), bySteamId(text, of, search)];
  const found = await pageOfLists(db, search, sql.join(exact, sql` union all `));
  if (found[0].length > 0 || found[1] !== null || isUuid(text.toLowerCase())) return found;
  return merchantId ? namedOfMerchant(db, search, text) : pageOfLists(db, search, byName(text, search));
}

/** A list that is read newest first has at most so many trades: without a status those are enough for a page. */
function lengthOfLists({ status, limit }: TradeSearch): number {
  return status ? Math.ceil(READ_MAX / NAMES_MAX) : limit + 1;
}

/**
 * A page of several lists: rows of `list`, `merchant_id`, `id`. Of a list that is longer than what was read of it, the rest is
 * not known: the page ends where the first such list does.
 * @param lists `list` is null for rows that are all there
 */
async function pageOfLists(db: Db, search: TradeSearch, lists: RawBuilder<unknown>): Promise<Ids> {
  const { status, after, limit } = search;
  const { rows } = await sql<{ id: string; is_last: boolean }>`
    with ${ofAllMerchants} read as materialized (${lists}), unread as (
      select (array_agg(id order by id))[1] as id from read where list is not null
      group by list having count(*) = ${lengthOfLists(search)} order by 1 desc limit 1
    ), found as (
      select distinct trade.id from read join trade on trade.merchant_id = read.merchant_id and trade.id = read.id
      where ${before(sql.ref('trade.id'), after)} and ${status ? sql`trade.status = ${status}` : sql`true`}
        and not exists (select 1 from unread where unread.id > trade.id)
      order by trade.id desc limit ${limit + 1}
    )
    select id, false as is_last from found union all select id, true from unread`.execute(db);
  return pageOfRead(rows, limit);
}

type OfMerchant = (column: RawBuilder<unknown>) => RawBuilder<unknown>;

/** Trades, items, purchases, callbacks and cancellation requests, by the ids that their events and logs show. */
function byId(text: string, of: OfMerchant): RawBuilder<unknown>[] {
  const id = text.toLowerCase();
  const purchase = sql`select null as list, merchant_id, trade_id as id from purchase
    where reference = ${text.toUpperCase()} and ${of(sql.ref('merchant_id'))}`;
  const order = sql`select null, merchant_id, trade_id from purchase
    where order_id = ${text} and due_at is not null and ${of(sql.ref('merchant_id'))}`;
  if (!isUuid(id)) return [purchase, order];
  // The join from the merchants lets each query use the primary key (merchant_id, id).
  const tables = ['item', 'purchase', 'callback', 'cancellation'].map(
    (table) => sql`select null, merchant_id, trade_id from merchant join ${sql.table(table)} as row
      on row.merchant_id = merchant.id and row.id = ${id}::uuid where ${of(sql.ref('merchant.id'))}`,
  );
  const trade = sql`select null, merchant_id, id from trade where id = ${id}::uuid and ${of(sql.ref('merchant_id'))}`;
  return [purchase, order, trade, ...tables];
}

function byExternalId(text: string, of: OfMerchant): RawBuilder<unknown> {
  return sql`select null, trade.merchant_id, trade.id from merchant join trade
    on trade.merchant_id = merchant.id and trade.external_id = ${text} where ${of(sql.ref('merchant.id'))}`;
}

function bySteamId(text: string, of: OfMerchant, search: TradeSearch): RawBuilder<unknown> {
  return sql`(select steam_id, merchant_id, id from trade where steam_id = ${text} and ${of(sql.ref('merchant_id'))}
    and ${before(sql.ref('id'), search.after)} order by id desc limit ${lengthOfLists(search)})`;
}

/** Reads the index from one name to the next, and for each that matches its newest trades, of all merchants. */
function byName(text: string, search: TradeSearch): RawBuilder<unknown> {
  const pattern = patternOf(text);
  return sql`
    with recursive ${notOnClusters} name (name) as (
      (select market_hash_name from item where market_hash_name is not null order by market_hash_name limit 1)
      union all
      select (select market_hash_name from item where market_hash_name > name.name order by market_hash_name limit 1)
      from name where name.name is not null
    ), matching as (
      select name from name where name ilike ${pattern} order by length(name), name limit ${NAMES_MAX}
    )
    select matching.name as list, newest.merchant_id, newest.trade_id as id from matching cross join lateral (
      select distinct on (trade_id) merchant_id, trade_id from item
      where market_hash_name = matching.name and ${before(sql.ref('trade_id'), search.after)}
      order by trade_id desc limit ${lengthOfLists(search)}
    ) as newest`;
}

/** Of one merchant its own newest items are read, at most `READ_MAX`: a name can be in very many of other merchants. */
async function namedOfMerchant(db: Db, { merchantId, status, after, limit }: TradeSearch, text: string): Promise<Ids> {
  const { rows } = await sql<{ id: string; is_last: boolean }>`
    with read as (
      select trade_id, market_hash_name from item
      where merchant_id = ${merchantId} and ${before(sql.ref('trade_id'), after)}
      order by trade_id desc limit ${READ_MAX}
    ), found as (
      select distinct trade.id from read join trade on trade.merchant_id = ${merchantId} and trade.id = read.trade_id
      where market_hash_name ilike ${patternOf(text)} and ${status ? sql`trade.status = ${status}` : sql`true`}
      order by trade.id desc limit ${limit + 1}
    )
    select id, false as is_last from found
    union all (select trade_id, true from read where (select count(*) from read) = ${READ_MAX} order by trade_id limit 1)`.execute(
    db,
  );
  return pageOfRead(rows, limit);
}

/** A page of what was found, or, if that is less, where the rows that were read end. */
function pageOfRead(rows: readonly { readonly id: string; readonly is_last: boolean }[], limit: number): Ids {
  const ids = rows.filter((row) => !row.is_last).map(({ id }) => id);
  const page = ids.slice(0, limit);
  if (ids.length > limit) return [page, page.at(-1) ?? null];
  return [page, rows.find((row) => row.is_last)?.id ?? null];
}

function patternOf(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

function before(column: RawBuilder<unknown>, after: string | undefined): RawBuilder<unknown> {
  return after === undefined ? sql`true` : sql`${column} < ${after}::uuid`;
}

const NAMES_SHOWN = 3;

async function summariesOf(db: Db, ids: readonly string[]): Promise<TradeSummary[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('trade')
    .modifyFront(ofAllMerchants)
    .innerJoin('merchant', 'merchant.id', 'trade.merchant_id')
    .selectAll('trade')
    .select('merchant.name as merchant_name')
    .where('trade.id', 'in', ids)
    .orderBy('trade.id', 'desc')
    .execute();
  const items = await db
    .selectFrom('item')
    .select(['trade_id', 'market_hash_name', 'price_mills'])
    .where('merchant_id', 'in', [...new Set(rows.map((row) => row.merchant_id))])
    .where('trade_id', 'in', ids)
    .orderBy('position')
    .execute();
  const itemsByTrade = Map.groupBy(items, (item) => item.trade_id);
  return rows.map(({ merchant_name: merchantName, ...trade }) => {
    const own = itemsByTrade.get(trade.id) ?? [];
    const names = own.flatMap((item) => item.market_hash_name ?? []).slice(0, NAMES_SHOWN);
    const priceMills = toMills(own.reduce((total, item) => total + item.price_mills, 0n));
    return { trade, merchantName, items: own.length, names, priceMills };
  });
}
