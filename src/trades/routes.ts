import Type from 'typebox';
import { asClient, asMerchant, callerOf, clientCallerOf, type RequestGuards } from '../auth/request-guards.ts';
import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { ListQuery, pageQuery, TradePage } from './list.ts';
import { listTrades, readTrades } from './read-trades.ts';
import { TradeWire } from './wire.ts';

const REFS_MAX = 100;

/** `GET /secure/trades`, `GET /secure/trades/{ref[,ref…]}` and, for clients, `GET /client/trades`. */
export function tradeRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  app.get(
    '/secure/trades',
    {
      ...asMerchant(guards, 'trades'),
      schema: {
        summary: 'Your own trades, newest first',
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
      ...asMerchant(guards, 'trades'),
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

  app.get(
    '/client/trades',
    {
      ...asClient(guards, 'client-trades'),
      schema: {
        summary: 'The client’s own trades, newest first',
        tags: ['clients'],
        querystring: ListQuery,
        response: { 200: Ok(TradePage) },
      },
    },
    async (request) => {
      const { merchantId, client } = clientCallerOf(request);
      return ok(request, await listTrades(deps, merchantId, pageQuery(request.query, client.steamId)));
    },
  );
}

function splitRefs(text: string): string[] {
  const refs = text.split(',');
  if (refs.length > REFS_MAX) throw errors.validationFailed({ tradeId: `has more than ${REFS_MAX} references` });
  // Counts characters as the schemas do, so that every valid externalId can be requested.
  const isWrong = refs.some((ref) => ref.length === 0 || [...ref].length > 128);
  if (isWrong) throw errors.validationFailed({ tradeId: 'must have references of 1 to 128 characters' });
  return refs;
}
