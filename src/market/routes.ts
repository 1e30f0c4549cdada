import Type from 'typebox';
import type { Deps } from '../deps.ts';
import { errors } from '../errors.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { asMerchant, callerOf, type Gatekeeper } from '../http/merchant-routes.ts';
import { Text } from '../http/validation.ts';
import { phases } from './phases.ts';
import { searchListings } from './search-listings.ts';
import { ListingWire } from './wire.ts';

const Float = Type.Optional(Type.Number({ minimum: 0, maximum: 1 }));

const Query = Type.Object({
  itemId: Type.Optional(Text(1, 256, { description: 'Catalogue id; wins over marketHashName' })),
  marketHashName: Type.Optional(Text(1, 256)),
  delivery: Type.Optional(Type.Enum(['any', 'standard', 'instant'], { default: 'any' })),
  phase: Type.Optional(Type.Enum([...phases])),
  floatMin: Float,
  floatMax: Float,
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1 })),
  perPage: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});

/** `GET /secure/market/item` (wire-api §4.2): listings of one CS2 item, whose ids go to `/secure/buy`. */
export function marketRoutes(app: App, deps: Deps, gatekeeper: Gatekeeper): void {
  app.get(
    '/secure/market/item',
    {
      ...asMerchant(gatekeeper, 'market-item'),
      schema: {
        summary: 'Listings of one CS2 item, cheapest first',
        tags: ['market'],
        querystring: Query,
        response: { 200: Ok(Type.Array(ListingWire)) },
      },
    },
    async (request) => {
      const { itemId, marketHashName, delivery, page = 1, perPage = 50, ...rest } = request.query;
      if (itemId === undefined && marketHashName === undefined) {
        throw errors.validationFailed({ itemId: 'or marketHashName is required' });
      }
      const query = {
        ...(itemId === undefined ? { marketHashName: marketHashName ?? '' } : { catalogId: itemId }),
        ...(delivery === undefined || delivery === 'any' ? {} : { delivery }),
        ...rest,
        page,
        perPage,
      };
      return ok(request, await searchListings(deps, callerOf(request), query));
    },
  );
}
