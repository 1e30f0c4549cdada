import type { TradeRow } from '../../db/tables.ts';
import type { Deps } from '../../deps.ts';
import { errors } from '../../errors.ts';
import { encodeCursor } from '../../http/paging.ts';
import { findTrades, itemsOf, pageOfTrades, type TradePageQuery } from '../queries.ts';
import { type TradeWire, tradeToWire } from '../wire.ts';

/**
 * Trades of a merchant, its clients' included, by id or externalId. One reference gives that trade; several give an
 * array of those found, in the order they were asked for.
 * @throws TRADE_NOT_FOUND for one reference that is not found; of several, unknown ones are left out
 */
export async function readTrades(
  deps: Deps,
  merchantId: string,
  refs: readonly string[],
): Promise<TradeWire | TradeWire[]> {
  const rows = await findTrades(deps.db, merchantId, refs);
  const wires = await withItems(deps, merchantId, rows);
  const asked = refs.map((ref) => bestMatch(wires, ref)).filter((trade) => trade !== undefined);
  if (refs.length > 1) return [...new Set(asked)];
  const [only] = asked;
  if (!only) throw errors.of('TRADE_NOT_FOUND');
  return only;
}

/** An internal id wins over an externalId of the same text. */
function bestMatch(trades: readonly TradeWire[], ref: string): TradeWire | undefined {
  return trades.find((trade) => trade.id === ref.toLowerCase()) ?? trades.find((trade) => trade.externalId === ref);
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
