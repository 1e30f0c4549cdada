import Type from 'typebox';
import { asMerchant, callerOf, type Gatekeeper } from '../auth/request-guards.ts';
import { createTrade } from '../buying/create-trade.ts';
import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { listTrades, readTrades } from './read-trades.ts';
import { BuyBody, ListQuery, newTrade, pageQuery, TradePage } from './requests.ts';
import { TradeWire } from './wire.ts';

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
      const trade = newTrade(body, body.tradeUrl);
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
      const page = pageQuery(request.query, null);
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

function splitRefs(text: string): string[] {
  const refs = text.split(',');
  if (refs.length > REFS_MAX) throw errors.validationFailed({ tradeId: `names more than ${REFS_MAX} trades` });
  // Characters, as the schemas count them: what could be given as an externalId can be asked for.
  const isWrong = refs.some((ref) => ref.length === 0 || [...ref].length > 128);
  if (isWrong) throw errors.validationFailed({ tradeId: 'each reference has 1 to 128 characters' });
  return refs;
}
