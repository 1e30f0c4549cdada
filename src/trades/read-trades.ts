import { errors } from '../core/errors.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { encodeCursor } from '../http/paging.ts';
import { findTrades, itemsOf, pageOfTrades, pickByRef, type TradePageQuery } from './queries.ts';
import { type TradeWire, tradeToWire } from './wire.ts';

/**
 * Reads trades of a merchant by id or externalId, including trades of its clients. One reference returns the trade; several
 * return an array of the existing trades, in the order of the references.
 * @throws TRADE_NOT_FOUND for a single unknown reference; of several, unknown ones are omitted
 */
export async function readTrades(
  deps: Deps,
  merchantId: string,
  refs: readonly string[],
): Promise<TradeWire | TradeWire[]> {
  const found = await findTrades(deps.db, merchantId, refs);
  const requested = new Set(refs.map((ref) => pickByRef(found, ref)).filter((trade) => trade !== undefined));
  const wires = await withItems(deps, merchantId, [...requested]);
  if (refs.length > 1) return wires;
  const [only] = wires;
  if (!only) throw errors.of('TRADE_NOT_FOUND');
  return only;
}

/** One page of trades, newest first; `nextCursor` is null at the end. */
export async function listTrades(deps: Deps, merchantId: string, query: TradePageQuery) {
  const rows = await pageOfTrades(deps.db, merchantId, query);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const hasMore = rows.length > query.limit;
  return {
    items: await withItems(deps, merchantId, page),
    nextCursor: hasMore && last ? encodeCursor({ createdAt: last.created_at, id: last.id }) : null,
  };
}

async function withItems(deps: Deps, merchantId: string, trades: readonly TradeRow[]): Promise<TradeWire[]> {
  const items = await itemsOf(
    deps.db,
    merchantId,
    trades.map((trade) => trade.id),
  );
  const byTrade = Map.groupBy(items, (item) => item.trade_id);
  return trades.map((trade) => tradeToWire(trade, byTrade.get(trade.id) ?? []));
}
