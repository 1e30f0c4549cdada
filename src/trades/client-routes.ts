import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { asClient, clientCallerOf, type Gatekeeper } from '../http/merchant-routes.ts';
import { listTrades } from './operations/read-trades.ts';
import { ListQuery, pageQuery, TradePage } from './requests.ts';

/** `GET /client/trades` (wire-api §4.5): what a client sees of its merchant. */
export function clientTradeRoutes(app: App, deps: Deps, gatekeeper: Gatekeeper): void {
  app.get(
    '/client/trades',
    {
      ...asClient(gatekeeper, 'client-trades'),
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
