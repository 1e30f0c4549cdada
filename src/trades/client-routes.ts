import { asClient, clientCallerOf, type Gatekeeper } from '../auth/request-guards.ts';
import { createTrade } from '../buying/create-trade.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { listTrades } from './read-trades.ts';
import { ListQuery, newTrade, pageQuery, TradePage, WithdrawBody } from './requests.ts';
import { TradeWire } from './wire.ts';

/** `POST /client/trading/withdraw` and `GET /client/trades` (wire-api §4.4, §4.5): what a merchant's user does and sees. */
export function clientTradeRoutes(app: App, deps: Deps, gatekeeper: Gatekeeper): void {
  app.post(
    '/client/trading/withdraw',
    {
      ...asClient(gatekeeper, 'client-withdraw'),
      schema: {
        summary: 'Buy 1 to 50 items for the client',
        description: 'Paid from the merchant’s wallet, which is why the merchant is asked first.',
        tags: ['clients'],
        body: WithdrawBody,
        response: { 200: Ok(TradeWire) },
      },
    },
    async (request) => {
      const caller = clientCallerOf(request);
      const trade = newTrade(request.body, caller.client.tradeUrl);
      return ok(request, await createTrade({ ...deps, log: request.log }, caller, trade, request.id));
    },
  );

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
