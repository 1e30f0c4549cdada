import { type RawBuilder, sql } from 'kysely';
import { isUuid } from '../core/ids.ts';
import type { Db } from '../db/connect.ts';
import type { CancellationState, Found, ItemRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';

/** Locks a trade, first of all rows (lock order: trade, items by id, wallet last). */
export async function lockTrade(trx: Trx, merchantId: string, tradeId: string): Promise<TradeRow> {
  return trx
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', tradeId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/**
 * Locks an item; its trade must be locked before. Rows that refer to it can still be inserted: a request to cancel that is
 * being recorded by one statement would wait for this lock, and the holder of the lock for that request's unique key.
 */
export async function lockItem(trx: Trx, ref: { merchant_id: string; item_id: string }) {
  return trx
    .selectFrom('item')
    .selectAll()
    .where('merchant_id', '=', ref.merchant_id)
    .where('id', '=', ref.item_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** An item's newest cancellation request, as merchants may know it. */
export interface NewestCancellation {
  readonly state: CancellationState;
  /** When it came to this state; while it is open and not accepted, when it was made. */
  readonly since: string;
  /** Why it was refused, or why it waits; null: there is nothing to say. */
  readonly reason: string | null;
}

export type ItemWithCancellation = ItemRow & { readonly newest_cancellation: NewestCancellation | null };

/** What a supplier or a broken connection said is for operators; merchants see our own words only. */
const newestCancellation = sql<NewestCancellation | null>`(
  select json_build_object('state', state, 'since', coalesce(closed_at, answered_at, requested_at), 'reason', case
    when state = 'refused' then reason
    when state = 'lost' then 'already_sent'
    when state not in ('requested', 'unknown') then null
    when reason = 'too_early' then reason
    when asks = 0 then 'not_bought_yet'
    when state = 'unknown' then 'no_clear_answer' end)
  from cancellation
  where cancellation.merchant_id = item.merchant_id and cancellation.item_id = item.id
  order by requested_at desc limit 1)`;

/** Items of trades in the order they were bought. */
export async function itemsOf(
  db: Db | Trx,
  merchantId: string,
  tradeIds: readonly string[],
): Promise<ItemWithCancellation[]> {
  if (tradeIds.length === 0) return [];
  return db
    .selectFrom('item')
    .selectAll()
    .select(newestCancellation.as('newest_cancellation'))
    .where('merchant_id', '=', merchantId)
    .where('trade_id', 'in', [...tradeIds])
    .orderBy('trade_id')
    .orderBy('position')
    .execute();
}

/** Whether it is known which listing the item is: always, but for units of a quick buy. */
export function isFound<T extends Pick<ItemRow, 'listing_id'>>(item: T): item is T & Found {
  return item.listing_id !== null;
}

/**
 * Whose an externalId is: a merchant's and each of its clients' are apart.
 * `steamId` is the client's account; null: the merchant itself.
 */
export interface ExternalIdOwner {
  readonly merchantId: string;
  readonly steamId: string | null;
}

/** Whether this merchant, or this client of it, has used the externalId before. */
export async function isExternalIdUsed(
  db: Db,
  { merchantId, steamId }: ExternalIdOwner,
  externalId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('trade')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('external_id', '=', externalId)
    .where(isOwnedBy(steamId))
    .executeTakeFirst();
  return row !== undefined;
}

/** The expression in the unique key of externalIds, in the same words. */
export const EXTERNAL_ID_OWNER = sql`(case source when 'client' then steam_id else '' end)`;

function isOwnedBy(steamId: string | null): RawBuilder<boolean> {
  return sql<boolean>`${EXTERNAL_ID_OWNER} = ${steamId ?? ''}`;
}

/**
 * The trades of a merchant that references mean, each once, in no order: by id, and of those with one externalId the
 * merchant's own, or the oldest where only its clients have it.
 */
export async function findTrades(db: Db, merchantId: string, refs: readonly string[]): Promise<TradeRow[]> {
  const ids = refs.map((ref) => ref.toLowerCase()).filter(isUuid);
  const ofMerchant = db.selectFrom('trade').selectAll().where('merchant_id', '=', merchantId);
  const byName = ofMerchant
    .where('external_id', 'in', [...refs])
    .distinctOn('external_id')
    .orderBy('external_id')
    .orderBy(sql`source = 'self'`, 'desc')
    .orderBy('created_at')
    .orderBy('id');
  const named = db.selectFrom(byName.as('named')).selectAll();
  return ids.length === 0 ? named.execute() : named.union(ofMerchant.where('id', 'in', ids)).execute();
}

/** Of trades that `findTrades` found, the one that a reference means: an id wins over an externalId of the same text. */
export function pickByRef<T extends Pick<TradeRow, 'id' | 'external_id' | 'source' | 'created_at'>>(
  trades: readonly T[],
  ref: string,
): T | undefined {
  const byId = trades.find((trade) => trade.id === ref.toLowerCase());
  if (byId) return byId;
  // One that was found by its id may have this name as well, and not be the first to have it.
  const named = trades.filter((trade) => trade.external_id === ref);
  return named.toSorted((a, b) => rank(a) - rank(b) || a.created_at.getTime() - b.created_at.getTime())[0];
}

function rank({ source }: Pick<TradeRow, 'source'>): number {
  return source === 'self' ? 0 : 1;
}

/** The trade that a merchant means by a reference, be it its own or a client's. */
export async function findTrade(db: Db, merchantId: string, ref: string): Promise<TradeRow | undefined> {
  return pickByRef(await findTrades(db, merchantId, [ref]), ref);
}

/** The trade that a client means: any of its merchant by id, so that it can be told what it may not do; its own by name. */
export async function findTradeOfClient(
  db: Db,
  { merchantId, steamId }: { readonly merchantId: string; readonly steamId: string },
  ref: string,
): Promise<TradeRow | undefined> {
  const id = ref.toLowerCase();
  const named = sql<boolean>`(external_id = ${ref} and ${isOwnedBy(steamId)})`;
  const found = await db
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where(isUuid(id) ? sql<boolean>`(${named} or id = ${id}::uuid)` : named)
    .execute();
  return pickByRef(found, ref);
}

export interface TradePageQuery {
  /** The client whose trades are asked for; null: the merchant's own. */
  readonly steamId: string | null;
  readonly game: '730' | '252490';
  readonly type?: 'deposit' | 'withdraw';
  readonly limit: number;
  /** The last row of the page before. */
  readonly after?: { readonly createdAt: Date; readonly id: string };
}

/** One page of a merchant's own trades, or of one client's, newest first; one row more than `limit` tells that there is a next page. */
export async function pageOfTrades(db: Db, merchantId: string, query: TradePageQuery): Promise<TradeRow[]> {
  let select = db
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where(ofClient(query.steamId))
    .where('game', '=', query.game)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  if (query.type) select = select.where('type', '=', sql.lit(query.type));
  if (query.after) {
    const { createdAt, id } = query.after;
    select = select.where(sql<boolean>`(created_at, id) < (${createdAt}::timestamptz, ${id}::uuid)`);
  }
  return select.execute();
}

/** Written out and not bound, as the type is: partial indexes are of no use to a plan for any source and type. */
function ofClient(steamId: string | null): RawBuilder<boolean> {
  return steamId === null ? sql<boolean>`source = 'self'` : sql<boolean>`(source = 'client' and steam_id = ${steamId})`;
}
