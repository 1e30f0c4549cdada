import { errors } from '../core/errors.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { encodeCursor } from '../http/paging.ts';
import { findTrades, itemsOf, pageOfTrades, pickByRef, type TradePageQuery } from './queries.ts';
import { type TradeWire, tradeToWire } from './wire.ts';

/**
 * Trades of a merchant by id or externalId, its clients' included where it has none of its own. One reference gives that trade; several give an
 * array of those found, in the order they were asked for.
 * @throws TRADE_NOT_FOUND for one reference that is not found; of several, unknown ones are left out
 */
export async function readTrades(
  deps: Deps,
  merchantId: string,
  refs: readonly string[],
): Promise<TradeWire | TradeWire[]> {
  const found = await findTrades(deps.db, merchantId, refs);
  const asked = new Set(refs.map((ref) => pickByRef(found, ref)).filter((trade) => trade !== undefined));
  const wires = await withItems(deps, merchantId, [...asked]);
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
