import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { CallbackAttemptRow, CallbackRow } from '../db/tables.ts';
import type { Range } from '../http/instants.ts';
import type { Cursor } from '../http/paging.ts';

/** A callback as those see it who ask what became of it; its body is read only where it is shown. */
export interface CallbackSummary {
  readonly id: string;
  readonly merchantId: string;
  readonly tradeId: string;
  readonly number: number;
  readonly state: CallbackRow['state'];
  readonly attempts: number;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  readonly dueAt: Date | null;
  /** Of the last attempt that ended; both null when there was none. */
  readonly lastStatus: number | null;
  readonly lastFailure: string | null;
}

export interface CallbackFilter {
  /** null: of every merchant, which is for operators only. */
  readonly merchantId: string | null;
  readonly tradeId?: string | undefined;
  readonly state?: CallbackRow['state'] | undefined;
  readonly made?: Range;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after?: Cursor | undefined;
}

/** Callbacks, newest first. The page is chosen before its last attempts are looked up, of which there may be many. */
export async function findCallbacks(db: Db, filter: CallbackFilter): Promise<CallbackSummary[]> {
  const { merchantId, tradeId, state, made, after } = filter;
  let page = db
    .selectFrom('callback')
    .select(seenColumns)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit);
  if (merchantId !== null) page = page.where('merchant_id', '=', merchantId);
  if (tradeId !== undefined) page = page.where('trade_id', '=', tradeId);
  // Written out and not bound: partial indexes are of no use to a plan for any state.
  if (state) page = page.where('state', '=', sql.lit(state));
  if (made?.from) page = page.where('created_at', '>=', made.from);
  if (made?.to) page = page.where('created_at', '<', made.to);
  if (after) {
    page = page.where(sql<boolean>`(created_at, id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`);
  }
  return db
    .selectFrom(page.as('callback'))
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('callback_attempt')
          .select(['status', 'failure'])
          .whereRef('callback_attempt.merchant_id', '=', 'callback.merchant_id')
          .whereRef('callback_attempt.callback_id', '=', 'callback.id')
          .orderBy('callback_attempt.number', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select(['id', 'merchant_id as merchantId', 'trade_id as tradeId', 'number', 'state', 'attempts'])
    .select(['created_at as createdAt', 'delivered_at as deliveredAt', 'due_at as dueAt'])
    .select(['last.status as lastStatus', 'last.failure as lastFailure'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

const seenColumns = [
  'id',
  'merchant_id',
  'trade_id',
  'number',
  'state',
  'attempts',
  'created_at',
  'delivered_at',
  'due_at',
] as const;

/** With what a replay adds there is no end to the attempts at one callback; these are the newest. */
const ATTEMPTS_SHOWN_MAX = 200;

export interface CallbackWithAttempts {
  readonly callback: CallbackRow;
  /** In the order in which they were made. */
  readonly attempts: readonly CallbackAttemptRow[];
}

/** One callback with its body and its attempts; of any merchant when none is named, which is for operators only. */
export async function findCallback(
  db: Db,
  merchantId: string | null,
  id: string,
): Promise<CallbackWithAttempts | null> {
  // Joined from the merchants, so that the key on (merchant, id) is used.
  let select = db
    .selectFrom('merchant')
    .innerJoin('callback', 'callback.merchant_id', 'merchant.id')
    .selectAll('callback')
    .where('callback.id', '=', id);
  if (merchantId !== null) select = select.where('merchant.id', '=', merchantId);
  const callback = await select.executeTakeFirst();
  if (!callback) return null;
  const attempts = await db
    .selectFrom('callback_attempt')
    .selectAll()
    .where('merchant_id', '=', callback.merchant_id)
    .where('callback_id', '=', id)
    .orderBy('number', 'desc')
    .limit(ATTEMPTS_SHOWN_MAX)
    .execute();
  return { callback, attempts: attempts.reverse() };
}
