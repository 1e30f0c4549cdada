import { requireReachable } from '../../approvals/reachable.ts';
import type { Caller } from '../../auth/authenticate.ts';
import type { TradeRow } from '../../db/tables.ts';
import { inTransaction, type Trx } from '../../db/transaction.ts';
import type { Deps } from '../../deps.ts';
import { errors } from '../../errors.ts';
import { newId } from '../../ids.ts';
import type { Game } from '../../suppliers/supplier.ts';
import { book } from '../../wallets/ledger.ts';
import { reserve } from '../../wallets/movements.ts';
import { findTrades, itemsOf } from '../queries.ts';
import { steamIdOf } from '../steam.ts';
import { type TradeWire, tradeToWire } from '../wire.ts';
import { type QuotedItem, quoteItems, type WantedItem } from './quote-items.ts';

export interface NewTrade {
  readonly game: Game;
  readonly externalId: string | null;
  readonly tradeUrl: string;
  readonly items: readonly WantedItem[];
}

/**
 * Records a buy and reserves its price. Nothing is bought here: its merchant is asked first, by the job that is enqueued
 * with it.
 * @throws what `requireReachable` throws; what `quoteItems` throws; EXTERNAL_ID_EXISTS; MERCHANT_BALANCE_LOW. Nothing is recorded then.
 */
export async function createTrade(deps: Deps, caller: Caller, wanted: NewTrade, requestId: string): Promise<TradeWire> {
  // Asked early, so that a repeat costs no supplier call; the unique key below is what decides.
  if (wanted.externalId !== null && (await isUsed(deps, caller.merchantId, wanted.externalId))) {
    throw errors.of('EXTERNAL_ID_EXISTS');
  }
  await requireReachable(deps, caller.merchantId);
  const quoted = await quoteItems(deps, caller, wanted.game, wanted.items);
  return inTransaction(deps, async (trx) => {
    const trade = await insertTrade(deps, trx, caller, wanted, quoted.length);
    await insertItems(trx, trade, quoted, caller.feeBps);
    const items = await itemsOf(trx, trade.merchant_id, [trade.id]);
    const origin = { actor: caller.actor, at: trade.created_at };
    await recordCreation(
      trx,
      trade,
      items.map((item) => item.id),
      origin.actor,
      requestId,
    );
    await recordQuestion(deps, trx, trade);
    await book(
      trx,
      trade.merchant_id,
      items.flatMap((item) => reserve(item, origin)),
    );
    return tradeToWire(trade, items);
  });
}

/** Due at once; the job that comes with it only makes it sooner than the sweep would. */
async function recordQuestion(deps: Deps, trx: Trx, { merchant_id, id, created_at }: TradeRow): Promise<void> {
  const question = { merchant_id, trade_id: id, state: 'asking' as const, due_at: created_at, created_at };
  await trx.insertInto('approval').values(question).execute();
  await deps.jobs.enqueue(trx, 'ask-approval', [{ merchantId: merchant_id, tradeId: id }]);
}

async function isUsed(deps: Deps, merchantId: string, externalId: string): Promise<boolean> {
  const known = await findTrades(deps.db, merchantId, [externalId]);
  return known.some((trade) => trade.external_id === externalId);
}

async function insertTrade(
  deps: Deps,
  trx: Trx,
  { merchantId, client }: Caller,
  wanted: NewTrade,
  itemCount: number,
): Promise<TradeRow> {
  const at = deps.clock.now();
  const row = await trx
    .insertInto('trade')
    .values({
      merchant_id: merchantId,
      id: newId(at),
      external_id: wanted.externalId,
      type: 'withdraw',
      source: client ? 'client' : 'self',
      client_id: client?.clientId ?? null,
      game: wanted.game,
      trade_url: wanted.tradeUrl,
      steam_id: steamIdOf(wanted.tradeUrl),
      status: 'initiated',
      version: itemCount,
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.columns(['merchant_id', 'external_id']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) throw errors.of('EXTERNAL_ID_EXISTS');
  return row;
}

async function insertItems(trx: Trx, trade: TradeRow, quoted: readonly QuotedItem[], feeBps: number): Promise<void> {
  await trx
    .insertInto('item')
    .values(
      quoted.map(({ wanted, supplier, listing, price, limit, ceiling }, position) => ({
        merchant_id: trade.merchant_id,
        id: newId(trade.created_at),
        trade_id: trade.id,
        position,
        listing_id: wanted.listingId,
        external_id: wanted.externalId,
        supplier: supplier.id,
        native_listing_id: listing.nativeId,
        market_hash_name: listing.marketHashName,
        state: 'initiated' as const,
        quoted_mills: price,
        price_mills: limit,
        ceiling_mills: ceiling,
        fee_bps: feeBps,
        created_at: trade.created_at,
        updated_at: trade.created_at,
      })),
    )
    .execute();
}

async function recordCreation(
  trx: Trx,
  trade: TradeRow,
  itemIds: readonly string[],
  actor: string,
  requestId: string,
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
