import Type, { type Static } from 'typebox';
import type { Caller } from '../auth/authenticate.ts';
import { asClient, asMerchant, callerOf, clientCallerOf, type RequestGuards } from '../auth/request-guards.ts';
import { errors } from '../core/errors.ts';
import { CS2 } from '../core/games.ts';
import { fromMerchantDollars } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { GameField, ItemExternalId, Price, TradeExternalId, TradeUrl } from '../http/fields.ts';
import { Text } from '../http/validation.ts';
import { phases } from '../market/phases.ts';
import { TradeWire } from '../trades/wire.ts';
import { AutoCancel } from './auto-cancel.ts';
import { createQuickBuy, type NewQuickBuy } from './create-quick-buy.ts';

const fields = {
  itemId: Type.Optional(Text(5, 256, { description: 'CS2: catalogue id; Rust: listing id. Wins over marketHashName' })),
  marketHashName: Type.Optional(Text(1, 256)),
  maxPrice: Price,
  amount: Type.Integer({ minimum: 1, maximum: 200 }),
  delivery: Type.Optional(
    Type.Enum(['standard', 'instant'], { default: 'standard', description: 'instant: CS2 only' }),
  ),
  phase: Type.Optional(Type.Enum([...phases], { description: 'CS2 only' })),
  autoCancel: Type.Optional(AutoCancel),
  game: Type.Optional(GameField),
  externalId: Type.Optional(TradeExternalId),
  externalIds: Type.Optional(
    Type.Array(ItemExternalId, { minItems: 1, maxItems: 200, description: 'One a unit, in their order' }),
  ),
};
const ClientQuickBuyBody = Type.Object(fields, { additionalProperties: false });
const QuickBuyBody = Type.Object({ ...fields, tradeUrl: TradeUrl }, { additionalProperties: false });

const summary = 'Buy the cheapest listings of one item, as many as are wanted';
const description =
  'The worst case is reserved at once. `items` is empty at first and fills as listings are bought; what was not bought, or cost less, is released and told by callback.';

/** `POST /secure/buy/quick` and `POST /client/trading/withdraw/quick`. */
export function quickBuyRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  const schema = { summary, description, tags: ['trades'], response: { 200: Ok(TradeWire) } };
  app.post(
    '/secure/buy/quick',
    { ...asMerchant(guards, 'buy-quick'), schema: { ...schema, body: QuickBuyBody } },
    async (request) => {
      const { tradeUrl, ...body } = request.body;
      return ok(request, await quickBuy(deps, callerOf(request), body, tradeUrl, request));
    },
  );
  app.post(
    '/client/trading/withdraw/quick',
    {
      ...asClient(guards, 'client-withdraw-quick'),
      schema: { ...schema, tags: ['clients'], body: ClientQuickBuyBody },
    },
    async (request) => {
      const caller = clientCallerOf(request);
      return ok(request, await quickBuy(deps, caller, request.body, caller.client.tradeUrl, request));
    },
  );
}

async function quickBuy(
  deps: Deps,
  caller: Caller,
  body: Static<typeof ClientQuickBuyBody>,
  tradeUrl: string,
  { id, log }: { readonly id: string; readonly log: Deps['log'] },
) {
  const wanted = toQuickBuy(body, tradeUrl);
  refuseListingIds(deps, wanted);
  return createQuickBuy({ ...deps, log }, caller, wanted, id);
}

/** A listing's id wins over an externalId, so a unit must not be called like a listing that another unit may get. */
function refuseListingIds({ suppliers }: Pick<Deps, 'suppliers'>, { amount, externalIds }: NewQuickBuy): void {
  const index = amount > 1 ? (externalIds?.findIndex((id) => suppliers.ownersOf(id).length > 0) ?? -1) : -1;
  if (index < 0) return;
  throw errors.validationFailed({ [`externalIds.${index}`]: 'is the id of a listing, which another unit may get' });
}

function toQuickBuy(body: Static<typeof ClientQuickBuyBody>, tradeUrl: string): NewQuickBuy {
  requireSense(body);
  const { itemId, marketHashName, delivery = 'standard', phase, game = CS2 } = body;
  return {
    search: { game, itemId, marketHashName, delivery, phase },
    maxPrice: fromMerchantDollars(body.maxPrice, 'maxPrice'),
    amount: body.amount,
    externalId: body.externalId ?? null,
    externalIds: body.externalIds ?? null,
    tradeUrl,
    autoCancel: body.autoCancel,
  };
}

/** What no schema says: fields that need or exclude one another. */
function requireSense(body: Static<typeof ClientQuickBuyBody>): void {
  const { itemId, marketHashName, delivery, phase, game = CS2, amount, externalIds } = body;
  const fields: Record<string, string> = {};
  if (itemId === undefined && marketHashName === undefined)
    fields['itemId'] = 'is required where marketHashName is not given';
  if (game !== CS2 && delivery === 'instant') fields['delivery'] = 'must be standard: only CS2 has instant';
  if (game !== CS2 && phase !== undefined) fields['phase'] = 'is for CS2 only';
  if (externalIds && externalIds.length !== amount) {
    fields['externalIds'] = `must hold exactly ${amount} entries, one a unit`;
  }
  const repeated = externalIds?.findIndex((id, index) => externalIds.indexOf(id) < index) ?? -1;
  if (repeated >= 0) fields[`externalIds.${repeated}`] = 'is in this trade already';
  if (Object.keys(fields).length > 0) throw errors.validationFailed(fields);
}
