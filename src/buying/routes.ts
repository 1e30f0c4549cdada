import { asClient, asMerchant, callerOf, clientCallerOf, type RequestGuards } from '../auth/request-guards.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { TradeWire } from '../trades/wire.ts';
import { createTrade } from './create-trade.ts';
import { BuyBody, newTrade, WithdrawBody } from './wire.ts';

/** `POST /secure/buy` for merchants and `POST /client/trading/withdraw` for their clients. */
export function buyingRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  app.post(
    '/secure/buy',
    {
      ...asMerchant(guards, 'buy'),
      schema: { summary: 'Buy 1 to 50 items', tags: ['trades'], body: BuyBody, response: { 200: Ok(TradeWire) } },
    },
    async (request) => {
      const { body } = request;
      const trade = newTrade(body, body.tradeUrl);
      return ok(request, await createTrade({ ...deps, log: request.log }, callerOf(request), trade, request.id));
    },
  );

  app.post(
    '/client/trading/withdraw',
    {
      ...asClient(guards, 'client-withdraw'),
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
}
