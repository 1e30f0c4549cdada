import { type NotNull, sql } from 'kysely';
import { errors } from '../core/errors.ts';
import type { Db } from '../db/connect.ts';
import type { CallbackRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { encodePosition } from '../http/paging.ts';
import type { TradeWire } from '../trades/wire.ts';
import { lockMerchant } from './endpoint.ts';
import type { EventWire } from './log.ts';

/** More than a page, so that a reader who catches up does not number before each page, and few enough to be fast. */
const NUMBERED_MAX = 1000;
/** Positions that one page looks at. Where bodies were removed a page can be empty, and the reader goes on with its cursor. */
const WINDOW = 1000n;

export interface EventPage {
  readonly items: EventWire[];
  /** Where the next page begins, at the end of the log as well. */
  readonly nextCursor: string;
  readonly hasMore: boolean;
}

/**
 * A merchant's events after a position. Their order never changes: a reader who follows it sees each event once, and the
 * events of a trade in their order. Events are left out only when their bodies have passed their time (`src/retention`).
 *
 * Ids and times cannot give that order, because a transaction that commits later may have an earlier one. So events get
 * their positions when they are read, which is after their commit, and only one reader at a time numbers them.
 * @throws VALIDATION_FAILED for a position that this log has not reached
 */
export async function readEvents(
  deps: Pick<Deps, 'db' | 'clock'>,
  merchantId: string,
  { after, limit }: { readonly after: bigint; readonly limit: number },
): Promise<EventPage> {
  const known = await eventsAfter(deps.db, merchantId, after, limit + 1);
  if (known.length > limit) return toPage(known, after, limit);
  const end = await endOfLog(deps.db, merchantId, after);
  // Another reader may have numbered events since `known` was read: without them the page would look like the end.
  if (!end.hasUnnumbered && end.numbered === lastOf(known, after)) return toPage(known, after, limit);
  if (end.hasUnnumbered) await inTransaction(deps, (trx) => numberEvents(trx, merchantId));
  const { numbered } = end.hasUnnumbered ? await endOfLog(deps.db, merchantId, after) : end;
  // Read after the end was: what is numbered by then is seen.
  const rest = await eventsAfter(deps.db, merchantId, after, limit + 1);
  if (rest.length > limit || numbered <= after + WINDOW) return toPage(rest, after, limit);
  return { items: rest.map(toWire), nextCursor: encodePosition(after + WINDOW), hasMore: true };
}

type EventRow = Pick<CallbackRow, 'id' | 'created_at' | 'position'> & { readonly body: string };

/** Positions are given in batches, one batch after the other, so a reader who sees a position sees all lower ones. */
function eventsAfter(db: Db, merchantId: string, after: bigint, limit: number): Promise<EventRow[]> {
  return db
    .selectFrom('callback')
    .select(['id', 'body', 'created_at', 'position'])
    .where('merchant_id', '=', merchantId)
    .where('position', '>', after)
    .where('position', '<=', after + WINDOW)
    .where('body', 'is not', null)
    .$narrowType<{ body: NotNull }>()
    .orderBy('position')
    .limit(limit)
    .execute();
}

/** How many events have a position, and whether others wait for theirs. */
async function endOfLog(
  db: Db,
  merchantId: string,
  after: bigint,
): Promise<{ readonly numbered: bigint; readonly hasUnnumbered: boolean }> {
  const { events_numbered, hasUnnumbered } = await db
    .selectFrom('merchant')
    .select('events_numbered')
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('callback')
          .select('callback.id')
          .where('callback.merchant_id', '=', merchantId)
          .where('callback.position', 'is', null),
      ).as('hasUnnumbered'),
    )
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  // The cursor is from another merchant, or from before a backup was restored. Continuing would skip events silently.
  if (after > events_numbered) throw errors.validationFailed({ after: 'is beyond the end of this log' });
  return { numbered: events_numbered, hasUnnumbered: Boolean(hasUnnumbered) };
}

/**
 * Gives the next positions to the oldest events without one, together with the earlier events of the same trades, even
 * if a clock that was ahead gave those a later time. Within a trade the order is that of its callbacks' numbers; none
 * with a lower number can still be uncommitted, because the steps of a trade are made under its lock.
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
  return { items: page.map(toWire), nextCursor: encodePosition(lastOf(page, after)), hasMore: rows.length > limit };
}

function lastOf(rows: readonly EventRow[], after: bigint): bigint {
  return rows.at(-1)?.position ?? after;
}

function toWire({ id, body, created_at, position }: EventRow): EventWire {
  const { trade } = JSON.parse(body) as { trade: TradeWire }; // as `enqueueCallbacks` wrote it
  return { cursor: encodePosition(position ?? 0n), id, trade, createdAt: created_at.toISOString() };
}
