import { type RawBuilder, sql } from 'kysely';
import { isUuid } from '../core/ids.ts';
import type { Db } from '../db/connect.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { CancellationState, ChosenListing, ItemRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { isExternalIdArchived } from './archived.ts';

/** Locks a trade. Lock order: trades by id, items by id, purchases by id, wallet. */
export async function lockTrade(trx: Trx, merchantId: string, tradeId: string): Promise<TradeRow> {
  return trx
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', tradeId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** Locks trades of one merchant, in the order of their ids. */
export async function lockTrades(trx: Trx, merchantId: string, ids: readonly string[]): Promise<TradeRow[]> {
  return trx
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/**
 * Locks an item; its trade must be locked before. The lock still allows inserts of rows that refer to the item. Otherwise a
 * cancellation request that one statement records would wait for this lock, while its holder waits for the request's
 * unique key.
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

/** Locks items of one merchant as `lockItem` does, in the order of their ids. */
export async function lockItems(trx: Trx, merchantId: string, ids: readonly string[]): Promise<ItemRow[]> {
  return trx
    .selectFrom('item')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

/** The newest cancellation request of an item, as merchants see it. */
export interface NewestCancellation {
  readonly state: CancellationState;
  /** When it reached this state; for an open request that is not accepted, when it was created. */
  readonly since: string;
  /** Why it was refused, or what it waits for; null: no reason. */
  readonly reason: string | null;
}

export type ItemWithCancellation = ItemRow & { readonly newest_cancellation: NewestCancellation | null };

/** Raw messages of suppliers and connections are for operators only; merchants see fixed reasons. */
const newestCancellation = sql<NewestCancellation | null>`(
  select json_build_object('state', state, 'since', coalesce(closed_at, answered_at, requested_at), 'reason', case
    when state = 'refused' then reason
    when state = 'lost' then 'already_sent'
    when state not in ('requested', 'unknown') then null
    when reason = 'too_early' then reason
    when attempts = 0 then 'not_bought_yet'
    when state = 'unknown' then 'no_clear_answer' end)
  from cancellation
  where cancellation.merchant_id = item.merchant_id and cancellation.item_id = item.id
  order by requested_at desc limit 1)`;

/** The items of trades, in the order of the buy. */
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

/** Whether the item has a listing. Only units of a quick buy can be without one. */
export function hasListing<T extends Pick<ItemRow, 'listing_id'>>(item: T): item is T & ChosenListing {
  return item.listing_id !== null;
}

/**
 * The owner of an externalId. A merchant and each of its clients have separate externalIds.
 * `steamId` is the client's account; null: the merchant itself.
 */
export interface ExternalIdOwner {
  readonly merchantId: string;
  readonly steamId: string | null;
}

/** Whether the owner has used the externalId before. */
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
  return row !== undefined || isExternalIdArchived(db, { merchantId, steamId }, externalId);
}

/** Exactly the expression of the unique index on externalIds. */
export const EXTERNAL_ID_OWNER = sql`(case when source = 'client' then steam_id else '' end)`;

function isOwnedBy(steamId: string | null): RawBuilder<boolean> {
  return sql<boolean>`${EXTERNAL_ID_OWNER} = ${steamId ?? ''}`;
}

/**
 * The trades of a merchant for references, each once, unordered: by id, and by externalId. Of several trades with one
 * externalId it is the merchant's own, or the oldest one of its clients.
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

/** Selects the trade of a reference from the result of `findTrades`: an id takes precedence over an externalId. */
export function pickByRef<T extends Pick<TradeRow, 'id' | 'external_id' | 'source' | 'created_at'>>(
  trades: readonly T[],
  ref: string,
): T | undefined {
  const byId = trades.find((trade) => trade.id === ref.toLowerCase());
  if (byId) return byId;
  // A trade that was found by its id may have this externalId as well, without being the first with it.
  const named = trades.filter((trade) => trade.external_id === ref);
  return named.toSorted((a, b) => rank(a) - rank(b) || a.created_at.getTime() - b.created_at.getTime())[0];
}

function rank({ source }: Pick<TradeRow, 'source'>): number {
  return source === 'self' ? 0 : 1;
}

/** The trade of a reference, of the merchant or of one of its clients. */
export async function findTrade(db: Db, merchantId: string, ref: string): Promise<TradeRow | undefined> {
  return pickByRef(await findTrades(db, merchantId, [ref]), ref);
}

/** Any merchant's trade, for operators. */
export async function findTradeById(db: Db, id: string): Promise<TradeRow | undefined> {
  return db.selectFrom('trade').modifyFront(ofAllMerchants).selectAll().where('id', '=', id).executeTakeFirst();
}

/** The trade of a client's reference: by id any trade of its merchant, to report a missing permission; by externalId its own. */
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
  /** The client whose trades are listed; null: the merchant's own trades. */
  readonly steamId: string | null;
  readonly game: '730' | '252490';
  readonly type?: 'deposit' | 'withdraw';
  readonly limit: number;
  /** The last row of the previous page. */
  readonly after?: { readonly createdAt: Date; readonly id: string };
}

/** A page of a merchant's own trades, or of one client's, newest first. It has one more row if there is a next page. */
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

/** Uses literals instead of parameters, because a plan for any source and type cannot use the partial indexes. */
function ofClient(steamId: string | null): RawBuilder<boolean> {
  return steamId === null ? sql<boolean>`source = 'self'` : sql<boolean>`(source = 'client' and steam_id = ${steamId})`;
}
