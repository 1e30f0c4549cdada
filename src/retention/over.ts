import { type RawBuilder, sql } from 'kysely';
import { openStates } from '../core/cancellation-states.ts';
import { firstIdOf } from '../core/ids.ts';
import { allItemStates, isTerminal } from '../core/item-states.ts';
import type { Db } from '../db/connect.ts';
import type { Trx } from '../db/transaction.ts';

/** Which trades are over: nothing about them can change any more, but by a person. */

const list = (words: readonly string[]) => sql.join(words.map((word) => sql.lit(word)));
const ended = list(allItemStates.filter(isTerminal));
const open = list(openStates);

/**
 * A trade that ended before, and has nothing open: no order that is still read, no purchase without an outcome, no request to
 * cancel, and no callback or approval that waits. Each table is looked up by the trade's keys.
 */
function isOver(merchantId: string, before: Date): RawBuilder<boolean> {
  const items = sql`item.merchant_id = ${merchantId} and item.trade_id = trade.id`;
  return sql<boolean>`(trade.status in (${ended}) and trade.updated_at < ${before}::timestamptz
    and not exists (select 1 from item where ${items}
      and (item.state not in (${ended}) or item.updated_at >= ${before}::timestamptz or item.auto_cancel_due_at is not null))
    and not exists (select 1 from item join purchase on purchase.merchant_id = ${merchantId} and purchase.item_id = item.id
      where ${items} and (purchase.due_at is not null or purchase.state not in ('done', 'refused')))
    and not exists (select 1 from item join cancellation on cancellation.merchant_id = ${merchantId}
        and cancellation.item_id = item.id
      where ${items} and (cancellation.due_at is not null or cancellation.state in (${open})))
    and not exists (select 1 from callback where callback.merchant_id = ${merchantId} and callback.trade_id = trade.id
      and callback.state = 'pending')
    and not exists (select 1 from approval where approval.merchant_id = ${merchantId} and approval.trade_id = trade.id
      and (approval.state = 'asking' or approval.due_at is not null))
    and not exists (select 1 from quick_buy where quick_buy.merchant_id = ${merchantId} and quick_buy.trade_id = trade.id
      and quick_buy.due_at is not null))`;
}

/** A trade that is over, and what shows whether it has changed since it was read. */
export interface OverTrade {
  readonly id: string;
  readonly createdAt: Date;
  readonly mark: string;
}

/** Its steps, and how often its callbacks were sent: a replay adds attempts, and nothing else changes a trade that is over. */
const mark = (
  merchantId: string,
) => sql<string>`(trade.version || ':' || (select coalesce(sum(attempts), 0) from callback
  where callback.merchant_id = ${merchantId} and callback.trade_id = trade.id))`;

export interface Page {
  /** The id of the last trade of the page before. */
  readonly after: string | null;
  /** Only trades that were made before. */
  readonly madeBefore: Date;
  readonly limit: number;
}

/** A merchant's trades that are over, oldest first. */
export async function tradesOver(
  db: Db | Trx,
  merchantId: string,
  before: Date,
  { after, madeBefore, limit }: Page,
): Promise<OverTrade[]> {
  let select = db
    .selectFrom('trade')
    .select(['id', 'created_at as createdAt', mark(merchantId).as('mark')])
    .where('merchant_id', '=', merchantId)
    .where('id', '<', firstIdOf(madeBefore))
    .where(isOver(merchantId, before))
    .orderBy('id')
    .limit(limit);
  if (after !== null) select = select.where('id', '>', after);
  return select.execute();
}

/** Locks trades. @returns whether all of them are still over, and none has changed since it was read */
export async function lockUnchanged(
  trx: Trx,
  merchantId: string,
  before: Date,
  trades: readonly OverTrade[],
): Promise<boolean> {
  const ids = trades.map(({ id }) => id);
  await trx
    .selectFrom('trade')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute();
  // In a statement of its own, so that it sees what was committed before the locks were given.
  const now = await trx
    .selectFrom('trade')
    .select(['id', mark(merchantId).as('mark')])
    .where('merchant_id', '=', merchantId)
    .where('id', 'in', ids)
    .where(isOver(merchantId, before))
    .execute();
  const marks = new Map(now.map((trade) => [trade.id, trade.mark]));
  return trades.every((trade) => marks.get(trade.id) === trade.mark);
}

/** How many of a merchant's trades are over. Reads all of them. */
export async function countOver(db: Db, merchantId: string, before: Date): Promise<number> {
  const { count } = await db
    .selectFrom('trade')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('merchant_id', '=', merchantId)
    .where('id', '<', firstIdOf(before))
    .where(isOver(merchantId, before))
    .executeTakeFirstOrThrow();
  return Number(count);
}
