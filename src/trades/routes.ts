import Type from 'typebox';
import type { Deps } from '../deps.ts';
import { errors } from '../errors.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { asMerchant, callerOf, type Gatekeeper } from '../http/merchant-routes.ts';
import { decodeCursor } from '../http/paging.ts';
import { Text } from '../http/validation.ts';
import { fromMerchantDollars } from '../money.ts';
import { GameField, Price } from './fields.ts';
import { createTrade } from './operations/create-trade.ts';
import type { WantedItem } from './operations/quote-items.ts';
import { listTrades, readTrades } from './operations/read-trades.ts';
import { TRADE_URL } from './steam.ts';
import { TradeWire } from './wire.ts';

const BuyBody = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        itemId: Text(5, 256, { description: 'Listing id, as quoted' }),
        price: Price,
        maxPrice: Type.Optional(Price),
        externalId: Type.Optional(Text(1, 128)),
      }),
      { minItems: 1, maxItems: 50 },
    ),
    slippageBps: Type.Optional(Type.Integer({ minimum: 0, maximum: 2000 })),
    autoCancel: Type.Optional(
      Type.Integer({ minimum: 720, maximum: 720, description: 'Only 720 (off) is offered, and is the default' }),
    ),
    game: Type.Optional(GameField),
    externalId: Type.Optional(Text(1, 128)),
    tradeUrl: Type.String({ pattern: TRADE_URL }),
  },
  { additionalProperties: false },
);

const ListQuery = Type.Object({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  type: Type.Optional(Type.Enum(['deposit', 'withdraw'])),
  game: Type.Optional(GameField),
});

const TradePage = Type.Object({
  items: Type.Array(TradeWire),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

const REFS_MAX = 100;

/** `POST /secure/buy`, `GET /secure/trades` and `GET /secure/trades/{ref[,ref…]}` (wire-api §4.4, §4.5). */
export function tradeRoutes(app: App, deps: Deps, gatekeeper: Gatekeeper): void {
  app.post(
    '/secure/buy',
    {
      ...asMerchant(gatekeeper, 'buy'),
      schema: { summary: 'Buy 1 to 50 items', tags: ['trades'], body: BuyBody, response: { 200: Ok(TradeWire) } },
    },
    async (request) => {
      const { body } = request;
      const items = body.items.map((item, index) => wantedItem(item, index, body.slippageBps ?? 0));
      refuseRepeats(items);
      const { game = '730', tradeUrl, externalId = null } = body;
      const trade = { game, externalId, tradeUrl, items };
      return ok(request, await createTrade({ ...deps, log: request.log }, callerOf(request), trade, request.id));
    },
  );

  app.get(
    '/secure/trades',
    {
      ...asMerchant(gatekeeper, 'trades'),
      schema: {
        summary: 'Own trades, newest first',
        tags: ['trades'],
        querystring: ListQuery,
        response: { 200: Ok(TradePage) },
      },
    },
    async (request) => {
      const { cursor, limit = 20, game = '730', type } = request.query;
      const page = {
        source: 'self' as const,
        game,
        limit,
        ...(type ? { type } : {}),
        ...(cursor ? { after: decodeCursor(cursor) } : {}),
      };
      return ok(request, await listTrades(deps, callerOf(request).merchantId, page));
    },
  );

  app.get(
    '/secure/trades/:tradeId',
    {
      ...asMerchant(gatekeeper, 'trades'),
      schema: {
        summary: 'One trade by id or externalId, or up to 100 separated by commas',
        tags: ['trades'],
        params: Type.Object({ tradeId: Text(1, 16_000) }),
        response: { 200: Ok(Type.Union([TradeWire, Type.Array(TradeWire)])) },
      },
    },
    async (request) => {
      const refs = splitRefs(request.params.tradeId);
      return ok(request, await readTrades(deps, callerOf(request).merchantId, refs));
    },
  );
}

interface WantedOnWire {
  itemId: string;
  price: number;
  maxPrice?: number;
  externalId?: string;
}

function wantedItem(item: WantedOnWire, index: number, slippageBps: number): WantedItem {
  const at = (field: string) => `items.${index}.${field}`;
  return {
    listingId: item.itemId,
    externalId: item.externalId ?? null,
    price: fromMerchantDollars(item.price, at('price')),
    maxPrice: item.maxPrice === undefined ? null : fromMerchantDollars(item.maxPrice, at('maxPrice')),
    slippageBps,
  };
}

/** Within a trade, a listing can be bought once, and an item's externalId names one item: it is used to cancel. */
function refuseRepeats(items: readonly WantedItem[]): void {
  const fields: Record<string, string> = {};
  const seen = new Set<string>();
  items.forEach((item, index) => {
    if (seen.has(`id ${item.listingId}`)) fields[`items.${index}.itemId`] = 'is in this trade already';
    if (item.externalId !== null && seen.has(`ref ${item.externalId}`)) {
      fields[`items.${index}.externalId`] = 'is in this trade already';
    }
    seen.add(`id ${item.listingId}`).add(`ref ${item.externalId}`);
  });
  if (Object.keys(fields).length > 0) throw errors.validationFailed(fields);
}

function splitRefs(text: string): string[] {
  const refs = text.split(',');
  if (refs.length > REFS_MAX) throw errors.validationFailed({ tradeId: `names more than ${REFS_MAX} trades` });
  // Characters, as the schemas count them: what could be given as an externalId can be asked for.
  const isWrong = refs.some((ref) => ref.length === 0 || [...ref].length > 128);
  if (isWrong) throw errors.validationFailed({ tradeId: 'each reference has 1 to 128 characters' });
  return refs;
}
