import { sql } from 'kysely';
import type { Caller } from '../auth/authenticate.ts';
import { requireWithinClientLimits } from '../clients/check.ts';
import { errors, OUTAGE_RETRY_AFTER_SECONDS } from '../core/errors.ts';
import type { Game } from '../core/games.ts';
import { isUuid, newId } from '../core/ids.ts';
import { type Mills, sum } from '../core/money.ts';
import { steamIdOf } from '../core/steam.ts';
import { failedOutcome } from '../db/failure.ts';
import type { ChosenListing, TradeRow } from '../db/tables.ts';
import { inTransactionOnce, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { book } from '../ledger/book.ts';
import { reserve } from '../ledger/movements.ts';
import type { Choice } from '../purchases/choice.ts';
import { isExternalIdArchived } from '../trades/archived.ts';
import {
  EXTERNAL_ID_OWNER,
  findTrades,
  type ItemWithCancellation,
  isExternalIdUsed,
  itemsOf,
} from '../trades/queries.ts';
import { autoCancelAt } from './auto-cancel.ts';

/** A trade to record: of chosen listings, or of a quick buy. */
export interface TradeToRecord {
  /** Made before the transaction begins, so that a trade whose commit was not confirmed can be found. */
  readonly id: string;
  readonly game: Game;
  readonly externalId: string | null;
  readonly tradeUrl: string;
  readonly isQuick: boolean;
  /** In minutes; if it is undefined, the operator's setting applies. */
  readonly autoCancel?: number | undefined;
  readonly items: readonly ItemToRecord[];
}

export interface ItemToRecord {
  readonly externalId: string | null;
  /** null: a unit of a quick buy, which gets a listing once the merchant has approved. */
  readonly found: (ChosenListing & { readonly attributes: string }) | null;
  /** What it costs now; null if that is not known. */
  readonly quoted: Mills | null;
  /** The most that it may cost, which is reserved for it. */
  readonly limit: Mills;
  /** The most that the supplier may charge. */
  readonly ceiling: Mills;
  /** The operator's markup for the supplier of the listing; 0 without a listing. */
  readonly markupBps: number;
  /** Why the listing is bought with this account; null: there was nothing to choose. */
  readonly choice: Choice | null;
}

/**
 * Records a new trade with its items, the approval request to its merchant and the reserved money, in the caller's
 * transaction.
 * @throws EXTERNAL_ID_EXISTS; CLIENT_LIMIT_REACHED; MERCHANT_BALANCE_LOW
 */
export async function recordTrade(
  deps: Deps,
  trx: Trx,
  caller: Caller,
  wanted: TradeToRecord,
  requestId: string,
): Promise<Recorded> {
  const trade = await insertTrade(deps, trx, caller, wanted);
  await insertItems(trx, trade, wanted.items, caller.feeBps);
  const items = await itemsOf(trx, trade.merchant_id, [trade.id]);
  const origin = { actor: caller.actor, at: trade.created_at };
  const itemIds = items.map((item) => item.id);
  await recordCreation(trx, trade, itemIds, origin.actor, requestId);
  await recordApprovalRequest(deps, trx, trade);
  if (caller.client) await requireWithinClientLimits(trx, trade, sum(items.map((item) => item.price_mills)));
  await book(
    trx,
    trade.merchant_id,
    items.flatMap((item) => reserve(item, origin)),
  );
  return { trade, items };
}

interface Recorded {
  readonly trade: TradeRow;
  readonly items: ItemWithCancellation[];
}

/**
 * Runs `record`, which records the trade `tradeId`, so that the trade is recorded once even if the database does not
 * confirm the commit.
 * @throws what `record` throws; SERVICE_UNAVAILABLE with `outcome: "unknown"` if it stays unknown whether it is recorded
 */
export async function recordOnce(
  deps: Deps,
  merchantId: string,
  tradeId: string,
  record: (trx: Trx) => Promise<Recorded>,
): Promise<Recorded> {
  try {
    return await inTransactionOnce(deps, record, (trx) => findRecorded(trx, merchantId, tradeId));
  } catch (error) {
    if (failedOutcome(error) !== 'unknown') throw error;
    deps.log.warn(
      { err: error, tradeId },
      'The database did not confirm whether a trade was recorded. The merchant is told to look for it.',
    );
    throw errors.of('SERVICE_UNAVAILABLE', {
      message: 'The database did not confirm whether this buy was recorded. Look for it before you buy again.',
      retryAfterSeconds: OUTAGE_RETRY_AFTER_SECONDS,
      details: { outcome: 'unknown', tradeId },
    });
  }
}

async function findRecorded(trx: Trx, merchantId: string, tradeId: string): Promise<Recorded | null> {
  const trade = await trx
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', tradeId)
    .executeTakeFirst();
  return trade ? { trade, items: await itemsOf(trx, merchantId, [trade.id]) } : null;
}

/**
 * Checks early that an externalId is unused, so that a repeated request costs no supplier call. The unique key decides.
 * @throws EXTERNAL_ID_EXISTS; VALIDATION_FAILED if it is the id of another trade of the merchant, which would hide this one
 */
export async function requireUnused(deps: Deps, caller: Caller, externalId: string | null): Promise<void> {
  if (externalId === null) return;
  const owner = { merchantId: caller.merchantId, steamId: caller.client?.steamId ?? null };
  if (await isExternalIdUsed(deps.db, owner, externalId)) throw errors.of('EXTERNAL_ID_EXISTS');
  if (!isUuid(externalId.toLowerCase())) return;
  const known = await findTrades(deps.db, caller.merchantId, [externalId]);
  if (known.some((trade) => trade.id === externalId.toLowerCase())) {
    throw errors.validationFailed({ externalId: 'is the id of another trade' });
  }
}

/** The approval request is due at once; its job is only sooner than the next sweep. */
async function recordApprovalRequest(deps: Deps, trx: Trx, { merchant_id, id, created_at }: TradeRow): Promise<void> {
  const approval = { merchant_id, trade_id: id, state: 'asking' as const, due_at: created_at, created_at };
  await trx.insertInto('approval').values(approval).execute();
  await deps.jobs.enqueue(trx, 'ask-approval', [{ merchantId: merchant_id, tradeId: id }]);
}

async function insertTrade(
  deps: Deps,
  trx: Trx,
  { merchantId, client }: Caller,
  wanted: TradeToRecord,
): Promise<TradeRow> {
  const at = deps.clock.now();
  const row = await trx
    .insertInto('trade')
    .values({
      merchant_id: merchantId,
      id: wanted.id,
      external_id: wanted.externalId,
      type: 'withdraw',
      source: client ? 'client' : 'self',
      client_id: client?.clientId ?? null,
      game: wanted.game,
      trade_url: wanted.tradeUrl,
      steam_id: steamIdOf(wanted.tradeUrl),
      status: 'initiated',
      is_quick: wanted.isQuick,
      version: wanted.items.length,
      auto_cancel_at: autoCancelAt(deps, wanted.game, wanted.autoCancel, at),
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.expression(sql`merchant_id, external_id, ${EXTERNAL_ID_OWNER}`).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) throw errors.of('EXTERNAL_ID_EXISTS');
  // Read after the insert, which waits for a transaction that is archiving a trade with this externalId.
  const owner = { merchantId, steamId: client?.steamId ?? null };
  if (wanted.externalId !== null && (await isExternalIdArchived(trx, owner, wanted.externalId)))
    throw errors.of('EXTERNAL_ID_EXISTS');
  return row;
}

async function insertItems(trx: Trx, trade: TradeRow, units: readonly ItemToRecord[], feeBps: number): Promise<void> {
  await trx
    .insertInto('item')
    .values(
      units.map(({ externalId, found, quoted, limit, ceiling, markupBps, choice }, position) => ({
        merchant_id: trade.merchant_id,
        id: newId(trade.created_at),
        trade_id: trade.id,
        position,
        external_id: externalId,
        ...found,
        state: 'initiated' as const,
        quoted_mills: quoted,
        price_mills: limit,
        ceiling_mills: ceiling,
        fee_bps: feeBps,
        markup_bps: markupBps,
        choice: choice && JSON.stringify(choice),
        auto_cancel_due_at: trade.auto_cancel_at,
        created_at: trade.created_at,
        updated_at: trade.created_at,
      })),
    )
    .execute();
}

/** The first event of each item of a new trade. */
export async function recordCreation(
  trx: Trx,
  trade: TradeRow,
  itemIds: readonly string[],
  actor: string,
  requestId: string | null,
): Promise<void> {
  await trx
    .insertInto('trade_event')
    .values(
      itemIds.map((itemId, index) => ({
        merchant_id: trade.merchant_id,
        trade_id: trade.id,
        number: index + 1,
        item_id: itemId,
        event: 'create',
        to_state: 'initiated' as const,
        actor,
        request_id: requestId,
        cause: '{}',
        at: trade.created_at,
      })),
    )
    .execute();
}
