import Type from 'typebox';
import { asMerchant, type RequestGuards } from '../auth/request-guards.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { TradeUrl } from '../http/fields.ts';
import { checkTradeUrl } from './check-trade-url.ts';
import { checkToWire, TradeUrlCheckWire } from './wire.ts';

const CheckBody = Type.Object(
  {
    tradeurl: TradeUrl,
    forceRefresh: Type.Optional(
      Type.Boolean({ default: false, description: 'Check now instead of using an answer of the last hour' }),
    ),
  },
  { additionalProperties: false },
);

/** `POST /secure/check-tradeurl`. It only informs; its result does not prevent a buy. */
export function tradeUrlRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  app.post(
    '/secure/check-tradeurl',
    {
      ...asMerchant(guards, 'check-tradeurl'),
      schema: {
        summary: 'Check a trade URL and its owner with Steam',
        description:
          'Clear answers are cached for an hour; the states 8 and 10 are not, and neither is a 9 without a steamid.',
        tags: ['trades'],
        body: CheckBody,
        response: { 200: Ok(TradeUrlCheckWire) },
      },
    },
    async (request) => {
      const { tradeurl, forceRefresh = false } = request.body;
      const answer = await checkTradeUrl({ ...deps, log: request.log }, tradeurl, forceRefresh);
      return ok(request, checkToWire(answer));
    },
  );
}
