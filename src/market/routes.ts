import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import Type from 'typebox';
import { asClient, asMerchant, callerOf, type RequestGuards } from '../auth/request-guards.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { sendOk } from '../http/long-list.ts';
import { Text } from '../http/validation.ts';
import { itemListings } from './item-listings.ts';
import type { MarketView } from './market.ts';
import { marketPage } from './market-page.ts';
import { Cs2Price, listPrices, RustPrice } from './prices.ts';
import { GameField, ItemQuery, MarketQuery, offerQuery, SecureMarketQuery } from './requests.ts';
import { Suggestion, suggestItems } from './suggestions.ts';
import { ListingWire, MarketPage } from './wire.ts';

/** The authentication hook of a route. */
interface Hook {
  readonly onRequest: onRequestAsyncHookHandler;
}

/** `GET /secure/market`, `/secure/market/item` and `/secure/prices`. */
export function marketRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  app.get(
    '/secure/market',
    { ...asMerchant(guards, 'market'), schema: { ...pageSchema('market'), querystring: SecureMarketQuery } },
    async (request, reply) =>
      sendOk(request, reply, await marketPage(marketOf(deps, request), callerOf(request), request.query)),
  );
  itemRoute(app, deps, '/secure/market/item', 'market', asMerchant(guards, 'market-item'));
  pricesRoute(app, deps, asMerchant(guards, 'prices'));
}

/** The market routes for clients, who see their merchant's market, and suggestions for a search. */
export function clientMarketRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  app.get(
    '/client/market',
    { ...asClient(guards, 'client-market'), schema: { ...pageSchema('clients'), querystring: MarketQuery } },
    async (request, reply) =>
      sendOk(request, reply, await marketPage(marketOf(deps, request), callerOf(request), request.query)),
  );
  itemRoute(app, deps, '/client/market/item', 'clients', asClient(guards, 'client-market-item'));
  suggestionsRoute(app, deps, asClient(guards, 'client-suggestions'));
}

/** The market as the caller sees it. */
function marketOf({ market }: Deps, request: FastifyRequest): MarketView {
  return market.without(callerOf(request).deniedAccounts);
}

function pageSchema(tag: string) {
  return {
    summary: 'Listings on sale, by name and price',
    description: 'CS2: one row for each catalogue item, with its cheapest listing. Rust: one row for each listing.',
    tags: [tag],
    response: { 200: Ok(MarketPage) },
  };
}

function itemRoute(app: App, deps: Deps, path: string, tag: string, hook: Hook): void {
  const schema = {
    summary: 'Listings of one CS2 item, cheapest first',
    tags: [tag],
    querystring: ItemQuery,
    response: { 200: Ok(Type.Array(ListingWire)) },
  };
  app.get(path, { ...hook, schema }, async (request) => {
    const { page = 1, perPage = 50 } = request.query;
    return ok(
      request,
      itemListings(marketOf(deps, request), callerOf(request), offerQuery(request.query), { page, perPage }),
    );
  });
}

function pricesRoute(app: App, deps: Deps, hook: Hook): void {
  const schema = {
    summary: 'The lowest price of each item',
    tags: ['market'],
    querystring: Type.Object({ game: GameField }),
    response: { 200: Ok(Type.Array(Type.Union([Cs2Price, RustPrice]))) },
  };
  app.get('/secure/prices', { ...hook, schema }, async (request, reply) => {
    const { game = '730' } = request.query;
    return sendOk(request, reply, await listPrices(marketOf(deps, request), callerOf(request).feeBps, game));
  });
}

function suggestionsRoute(app: App, deps: Deps, hook: Hook): void {
  const schema = {
    summary: 'CS2 items whose names match the typed text, best match first',
    tags: ['clients'],
    querystring: Type.Object({ q: Text(1, 100) }),
    response: { 200: Ok(Type.Array(Suggestion)) },
  };
  app.get('/client/market/suggestions', { ...hook, schema }, async (request) =>
    ok(request, suggestItems(marketOf(deps, request), request.query.q)),
  );
}
