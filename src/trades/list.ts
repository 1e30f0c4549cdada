import Type, { type Static } from 'typebox';
import { GameField } from '../http/fields.ts';
import { decodeCursor } from '../http/paging.ts';
import type { TradePageQuery } from './queries.ts';
import { TradeWire } from './wire.ts';

/** The query and the answer of the routes that list trades. */

export const ListQuery = Type.Object({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  type: Type.Optional(Type.Enum(['deposit', 'withdraw'])),
  game: Type.Optional(GameField),
});

export const TradePage = Type.Object(
  {
    items: Type.Array(TradeWire),
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  },
  { $id: 'TradePage' },
);

/**
 * @param steamId the client whose trades are listed; null: the merchant's own trades
 * @throws VALIDATION_FAILED for an invalid cursor
 */
export function pageQuery(query: Static<typeof ListQuery>, steamId: string | null): TradePageQuery {
  const { cursor, limit = 20, game = '730', type } = query;
  return { steamId, game, limit, ...(type ? { type } : {}), ...(cursor ? { after: decodeCursor(cursor) } : {}) };
}
