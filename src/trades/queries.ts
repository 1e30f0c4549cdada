import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Found, ItemRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { isUuid } from '../ids.ts';

/** Locks a trade, first of all rows (DESIGN 5: trade, items by id, wallet last). */
export async function lockTrade(trx: Trx, merchantId: string, tradeId: string): Promise<TradeRow> {
  return trx
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', tradeId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** Items of trades in the order they were bought. */
export async function itemsOf(db: Db | Trx, merchantId: string, tradeIds: readonly string[]): Promise<ItemRow[]> {
  if (tradeIds.length === 0) return [];
  return db
    .selectFrom('item')
    .selectAll()
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

/** Trades of a merchant by id or externalId, in no order; each once. */
export async function findTrades(db: Db, merchantId: string, refs: readonly string[]): Promise<TradeRow[]> {
  const ids = refs.map((ref) => ref.toLowerCase()).filter(isUuid);
  return db
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where((where) =>
      where.or([where('external_id', 'in', [...refs]), ...(ids.length > 0 ? [where('id', 'in', ids)] : [])]),
    )
    .execute();
}

/** The trade that a merchant means by a reference: an id wins over an externalId of the same text. */
export async function findTrade(db: Db, merchantId: string, ref: string): Promise<TradeRow | undefined> {
  const found = await findTrades(db, merchantId, [ref]);
  return found.find((trade) => trade.id === ref.toLowerCase()) ?? found[0];
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
  if (query.type) select = select.where('type', '=', query.type);
  if (query.after) {
    const { createdAt, id } = query.after;
    select = select.where(sql<boolean>`(created_at, id) < (${createdAt}::timestamptz, ${id}::uuid)`);
  }
  return select.execute();
}

/** Written out and not bound: the index of clients' trades is a partial one, which a plan for any source cannot use. */
function ofClient(steamId: string | null): RawBuilder<boolean> {
  return steamId === null ? sql<boolean>`source = 'self'` : sql<boolean>`(source = 'client' and steam_id = ${steamId})`;
}
