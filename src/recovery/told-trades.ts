import { isTerminal } from '../core/item-states.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { archivedIds } from '../trades/archived.ts';
import { findTrades } from '../trades/queries.ts';
import type { TradeWire } from '../trades/wire.ts';

/** What the database has of a told trade. */
export type ToldTrade =
  | { readonly told: TradeWire; readonly here: 'lost' }
  /** `behind`: it was told later than what is here. Its orders move it on, unless all of its items have ended. */
  | { readonly told: TradeWire; readonly here: 'known' | 'behind' | 'ended otherwise'; readonly status: string };

const READ_AT_ONCE = 500;

/** Compares trades as their merchants were told of them with the database. */
export async function compareTold({ db }: Pick<Deps, 'db'>, trades: readonly TradeWire[]): Promise<ToldTrade[]> {
  const here = new Map<string, TradeRow>();
  const archived = new Set<string>();
  for (const [merchantId, told] of Map.groupBy(trades, (trade) => trade.merchantId)) {
    for (let start = 0; start < told.length; start += READ_AT_ONCE) {
      const ids = told.slice(start, start + READ_AT_ONCE).map(({ id }) => id);
      for (const trade of await findTrades(db, merchantId, ids)) here.set(trade.id, trade);
      for (const id of await archivedIds(db, merchantId, ids)) archived.add(id);
    }
  }
  return trades.map((told) => {
    const trade = here.get(told.id);
    if (archived.has(told.id)) return { told, here: 'known', status: 'archived' };
    if (trade === undefined) return { told, here: 'lost' };
    return { told, status: trade.status, here: standingOf(told, trade) };
  });
}

function standingOf(told: TradeWire, { status, updated_at }: TradeRow): 'known' | 'behind' | 'ended otherwise' {
  if (new Date(told.updatedAt) <= updated_at) return 'known';
  return isTerminal(status) && status !== told.status ? 'ended otherwise' : 'behind';
}
