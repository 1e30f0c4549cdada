import Type, { type Static } from 'typebox';
import { decimal } from '../core/money.ts';
import type { TradeSummary } from '../trades/search.ts';
import type { CsvColumn } from './csv.ts';
import { Dollars, Id, iso, orNull, Time } from './wire.ts';

/** Trades in lists, as people see them. */

export const TradeEntry = Type.Object(
  {
    id: Id,
    externalId: orNull(Type.String()),
    merchant: Type.Object({ id: Id, name: Type.String() }),
    status: Type.String(),
    error: orNull(Type.String()),
    game: Type.String(),
    source: Type.String(),
    steamId: Type.String(),
    items: Type.Integer(),
    names: Type.Array(Type.String(), { description: 'Of the first three items' }),
    price: Dollars,
    createdAt: Time(),
    updatedAt: Time(),
  },
  { $id: 'TradeEntry' },
);

export function tradeEntry({ trade, merchantName, items, names, priceMills }: TradeSummary): Static<typeof TradeEntry> {
  return {
    id: trade.id,
    externalId: trade.external_id,
    merchant: { id: trade.merchant_id, name: merchantName },
    status: trade.status,
    error: trade.error,
    game: trade.game,
    source: trade.source,
    steamId: trade.steam_id,
    items,
    names: [...names],
    price: decimal(priceMills),
    createdAt: iso(trade.created_at),
    updatedAt: iso(trade.updated_at),
  };
}

const columnsOfAll: readonly CsvColumn<TradeSummary>[] = [
  ['id', ({ trade }) => trade.id],
  ['external_id', ({ trade }) => trade.external_id],
  ['status', ({ trade }) => trade.status],
  ['error', ({ trade }) => trade.error],
  ['game', ({ trade }) => trade.game],
  ['source', ({ trade }) => trade.source],
  ['steam_id', ({ trade }) => trade.steam_id],
  ['items', ({ items }) => ({ number: String(items) })],
  ['names', ({ names }) => names.join('; ')],
  ['price', ({ priceMills }) => ({ number: decimal(priceMills) })],
  ['created_at', ({ trade }) => iso(trade.created_at)],
  ['updated_at', ({ trade }) => iso(trade.updated_at)],
];

const columnsOfStaff: readonly CsvColumn<TradeSummary>[] = [
  ...columnsOfAll,
  ['merchant_id', ({ trade }) => trade.merchant_id],
  ['merchant_name', ({ merchantName }) => merchantName],
];

/** Members see one merchant only, so that its name says nothing. */
export function tradeColumns(isStaff: boolean): readonly CsvColumn<TradeSummary>[] {
  return isStaff ? columnsOfStaff : columnsOfAll;
}
