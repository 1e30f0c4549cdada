import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { asClient, asMerchant, callerOf, type RequestGuards } from '../auth/request-guards.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { ignoreBodies } from '../http/ignored-bodies.ts';
import { Text } from '../http/validation.ts';
import { type Canceller, cancelItem } from './cancel-item.ts';
import { cancelTrade } from './cancel-trade.ts';

const TradeRef = Text(1, 128, { description: 'The trade’s id or the externalId you gave it' });
const WholeParams = Type.Object({ tradeId: TradeRef });
const Params = Type.Object({
  tradeId: TradeRef,
  itemId: Text(1, 128, { description: 'The item’s id, or the externalId you gave it' }),
});

const Cancelled = Type.Object(
  {
    tradeId: Type.String({ format: 'uuid' }),
    itemId: Type.String(),
    externalId: Type.Optional(Type.String()),
    status: Type.Literal('cancelled'),
  },
  { $id: 'CancelledItem' },
);

const CancelledTrade = Type.Object(
  {
    tradeId: Type.String({ format: 'uuid' }),
    requested: Type.Integer({ description: 'Items that could be asked about: cancelled and failed together' }),
    cancelled: Type.Integer(),
    failed: Type.Integer(),
    items: Type.Array(
      Type.Object({
        itemId: Type.String(),
        externalId: Type.Optional(Type.String()),
        status: Type.Enum(['cancelled', 'failed']),
        reason: Type.Optional(Type.String({ description: 'The key of the error that the item route answers' })),
      }),
    ),
  },
  { $id: 'CancelledTrade' },
);

const itemCancel = {
  summary: 'Cancel one undelivered CS2 item, 30 minutes after it was created',
  description: 'Success means that the marketplace accepted. The refund and `reverted` come later, by callback.',
  params: Params,
  response: { 200: Ok(Cancelled) },
};

const tradeCancel = {
  summary: 'Cancel all of a trade that can still be cancelled',
  description: 'A mixture is a success: read each item’s status. What it means is as for a single item.',
  params: WholeParams,
  response: { 200: Ok(CancelledTrade) },
};

/** Merchants' and clients' routes to cancel with. Register them in a scope of their own: they read no body. */
export function cancellationRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  ignoreBodies(app);
  app.post(
    '/secure/buy/:tradeId/items/:itemId/cancel',
    { ...asMerchant(guards, 'item-cancel'), schema: { ...itemCancel, tags: ['cancelling'] } },
    async (request) =>
      ok(request, await cancelItem(own(request), cancellerOf(deps, request), itemRefs(request.params))),
  );

  app.post(
    '/client/trading/withdraw/:tradeId/items/:itemId/cancel',
    { ...asClient(guards, 'client-item-cancel'), schema: { ...itemCancel, tags: ['clients'] } },
    async (request) =>
      ok(request, await cancelItem(own(request), cancellerOf(deps, request), itemRefs(request.params))),
  );

  app.post(
    '/secure/buy/:tradeId/cancel',
    { ...asMerchant(guards, 'trade-cancel'), schema: { ...tradeCancel, tags: ['cancelling'] } },
    async (request) => ok(request, await cancelTrade(own(request), cancellerOf(deps, request), request.params.tradeId)),
  );

  app.post(
    '/client/trading/withdraw/:tradeId/cancel',
    { ...asClient(guards, 'client-trade-cancel'), schema: { ...tradeCancel, tags: ['clients'] } },
    async (request) => ok(request, await cancelTrade(own(request), cancellerOf(deps, request), request.params.tradeId)),
  );

  function own({ log }: FastifyRequest): Deps {
    return { ...deps, log };
  }
}

/** Who asks: a merchant about its own trades, a client about its own. */
function cancellerOf(deps: Deps, request: FastifyRequest): Canceller {
  const { merchantId, actor, client } = callerOf(request);
  const steamId = client?.steamId ?? null;
  const source = client ? 'client' : 'self';
  return { merchantId, source, steamId, actor, requestId: request.id, askedAt: deps.arrivals.of(request) };
}

function itemRefs({ tradeId, itemId }: Static<typeof Params>) {
  return { tradeRef: tradeId, itemRef: itemId };
}
