import { sql } from 'kysely';
import { errors } from '../core/errors.ts';
import type { Db } from '../db/connect.ts';
import type { CallbackRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { encodePosition } from '../http/paging.ts';
import type { TradeWire } from '../trades/wire.ts';
import { lockMerchant } from './lock-merchant.ts';
import type { EventWire } from './wire.ts';

/** More than a page, so that whoever catches up does not number before each; and soon done. */
const NUMBERED_MAX = 1000;

export interface EventPage {
  readonly items: EventWire[];
  /** To go on with, at the end as well: what happens next comes after it. */
  readonly nextCursor: string;
  readonly hasMore: boolean;
}

/**
 * A merchant's events behind a position, in an order that never changes and has no gaps: whoever follows it sees each
 * event once, and those of a trade in their order.
 *
 * Ids and times cannot give that order, as what commits later may carry an earlier one. So events get their place here,
 * when they are read, which is after they were committed; one reader at a time gives places to those that have none.
 * @throws VALIDATION_FAILED for a position that this log has not reached
 */
export async function readEvents(
  deps: Pick<Deps, 'db' | 'clock'>,
  merchantId: string,
  { after, limit }: { readonly after: bigint; readonly limit: number },
): Promise<EventPage> {
  const known = await eventsAfter(deps.db, merchantId, after, limit + 1);
  if (known.length > limit) return toPage(known, after, limit);
  const isNews = await hasUnnumbered(deps.db, merchantId, after);
  if (!isNews) return toPage(known, after, limit);
  await inTransaction(deps, (trx) => numberEvents(trx, merchantId));
  return toPage(await eventsAfter(deps.db, merchantId, after, limit + 1), after, limit);
}

type EventRow = Pick<CallbackRow, 'id' | 'body' | 'created_at' | 'position'>;

/** Positions are given in batches, one after the other, so whoever sees one of them sees all before it. */
function eventsAfter(db: Db, merchantId: string, after: bigint, limit: number): Promise<EventRow[]> {
  return db
    .selectFrom('callback')
    .select(['id', 'body', 'created_at', 'position'])
    .where('merchant_id', '=', merchantId)
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit)
    .execute();
}

async function hasUnnumbered(db: Db, merchantId: string, after: bigint): Promise<boolean> {
  const { events_numbered, isNews } = await db
    .selectFrom('merchant')
    .select('events_numbered')
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('callback')
          .select('callback.id')
          .whereRef('callback.merchant_id', '=', 'merchant.id')
          .where('callback.position', 'is', null),
      ).as('isNews'),
    )
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  // Of a database that was set back, or of another merchant: going on from there would leave events out in silence.
  if (after > events_numbered) throw errors.validationFailed({ after: 'is beyond the end of this log' });
  return Boolean(isNews);
}

/**
 * Gives the next places to the oldest events without one. With an event go the earlier ones of its trade, though a clock
 * that was ahead may have dated them later: within a trade the order is that of its callbacks' numbers, and none of
 * them can still be uncommitted, as steps of a trade are made under its lock.
 */
async function numberEvents(trx: Trx, merchantId: string): Promise<void> {
  const merchant = await lockMerchant(trx, merchantId);
  if (!merchant) return;
  const { numAffectedRows = 0n } = await sql`
    with oldest as (
      select trade_id, number from callback
      where merchant_id = ${merchantId} and position is null
      order by created_at, id limit ${NUMBERED_MAX}
    ), trades as (
      select trade_id, max(number) as last from oldest group by trade_id
    ), chosen as (
      select callback.id, callback.trade_id, callback.number,
        max(created_at) over (partition by callback.trade_id order by callback.number) as at
      from trades join callback on callback.trade_id = trades.trade_id and callback.number <= trades.last
      where callback.merchant_id = ${merchantId} and callback.position is null
    ), placed as (
      select id, row_number() over (order by at, trade_id, number) as place from chosen
    )
    update callback set position = ${merchant.events_numbered}::bigint + placed.place
    from placed where callback.merchant_id = ${merchantId} and callback.id = placed.id`.execute(trx);
  await trx
    .updateTable('merchant')
    .set({ events_numbered: merchant.events_numbered + numAffectedRows })
    .where('id', '=', merchantId)
    .execute();
}

function toPage(rows: readonly EventRow[], after: bigint, limit: number): EventPage {
  const page = rows.slice(0, limit);
  const last = page.at(-1)?.position ?? after;
  return { items: page.map(toWire), nextCursor: encodePosition(last), hasMore: rows.length > limit };
}

function toWire({ id, body, created_at, position }: EventRow): EventWire {
  const { trade } = JSON.parse(body) as { trade: TradeWire }; // as `enqueueCallback` wrote it
  return { cursor: encodePosition(position ?? 0n), id, trade, createdAt: created_at.toISOString() };
}
