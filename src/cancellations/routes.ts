import Type from 'typebox';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { ignoreBodies } from '../http/ignored-bodies.ts';
import { asMerchant, callerOf, type Gatekeeper } from '../http/merchant-routes.ts';
import { Text } from '../http/validation.ts';
import { cancelItem } from './cancel-item.ts';

const Params = Type.Object({
  tradeId: Text(1, 128, { description: 'The trade’s id or the externalId you gave it' }),
  itemId: Text(1, 128, { description: 'The item’s id, or the externalId you gave it' }),
});

const Cancelled = Type.Object({
  tradeId: Type.String({ format: 'uuid' }),
  itemId: Type.String(),
  externalId: Type.Optional(Type.String()),
  status: Type.Literal('cancelled'),
});

/** `POST /secure/buy/{tradeId}/items/{itemId}/cancel`. Register it in a scope of its own: it reads no body. */
export function cancellationRoutes(app: App, deps: Deps, gatekeeper: Gatekeeper): void {
  ignoreBodies(app);
  app.post(
    '/secure/buy/:tradeId/items/:itemId/cancel',
    {
      ...asMerchant(gatekeeper, 'item-cancel'),
      schema: {
        summary: 'Cancel one undelivered CS2 item, 30 minutes after it was created',
        description: 'Success means that the marketplace accepted. The refund and `reverted` come later, by callback.',
        tags: ['cancelling'],
        params: Params,
        response: { 200: Ok(Cancelled) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { tradeId: tradeRef, itemId: itemRef } = request.params;
      const canceller = {
        merchantId: caller.merchantId,
        source: 'self' as const,
        actor: caller.actor,
        requestId: request.id,
      };
      return ok(request, await cancelItem({ ...deps, log: request.log }, canceller, { tradeRef, itemRef }));
    },
  );
}
