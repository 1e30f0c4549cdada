import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { readDeniedAccounts } from '../auth/account-access.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { byPrice } from '../market/account-offers.ts';
import type { MarketView, Offer, OfferQuery } from '../market/market.ts';
import { GameField, MarketQuery, marketSearch } from '../market/requests.ts';
import { requireKnown, searchMarket } from '../market/search-market.ts';
import { asPerson, isStaff, limitMember, merchantIn, type PersonGuards } from './guard.ts';
import { type Eyes, listingToWire, MarketListings, reasonOf, type WithheldReason } from './market-wire.ts';
import { requireKnownMerchant } from './merchant-wire.ts';
import { LIMIT_USUAL } from './pages.ts';
import { Id } from './wire.ts';

const PER_PAGE_MAX = 100;
const { search, sort, minPrice, maxPrice, page } = MarketQuery.properties;

const whose = { game: GameField, merchantId: Type.Optional(Id) };
const paging = {
  page,
  perPage: Type.Optional(Type.Integer({ minimum: 1, maximum: PER_PAGE_MAX, default: LIMIT_USUAL })),
};

const SearchQuery = Type.Object({ ...whose, search, sort, minPrice, maxPrice, ...paging });
const ItemQuery = Type.Object({
  ...whose,
  name: Text(1, 256, { description: 'The whole name of the item' }),
  ...paging,
});

const prices =
  'Prices are those of the merchant, with its fee. Staff who name no merchant see all accounts, and prices without a fee.';
const tags = ['market'];

/** The market as a merchant sees it. For staff also as the marketplaces sell it. */
export function marketRoutes(app: App, guards: PersonGuards): void {
  searchRoute(app, guards);
  listingsRoute(app, guards);
}

function searchRoute(app: App, guards: PersonGuards): void {
  app.get(
    '/operator/v1/market',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'What is on sale, by name and price',
        description: `CS2: the cheapest listing of each item. Rust: each listing. ${prices}`,
        tags,
        querystring: SearchQuery,
        response: { 200: Ok(MarketListings) },
      },
    },
    async (request) => {
      const { merchantId, ...query } = request.query;
      await limitMember(guards, request, 'market');
      const { market, eyes } = await audienceOf(guards, request, merchantId);
      const wanted = marketSearch(query);
      requireKnown(market, wanted.game);
      const { offers, count } = searchMarket(market, eyes.feeBps, wanted);
      return ok(request, { items: offers.map((offer) => listingToWire(offer, eyes)), count });
    },
  );
}

function listingsRoute(app: App, guards: PersonGuards): void {
  app.get(
    '/operator/v1/market/listings',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'The listings of an item, cheapest first',
        description: `${prices} Staff also see what is on sale and not offered, and a listing once for each account that sells it.`,
        tags,
        querystring: ItemQuery,
        response: { 200: Ok(MarketListings) },
      },
    },
    async (request) => {
      const { merchantId, game = '730', name, page: number = 1, perPage = LIMIT_USUAL } = request.query;
      await limitMember(guards, request, 'market-item');
      const audience = await audienceOf(guards, request, merchantId);
      requireKnown(audience.market, game);
      const all = listingsOf(guards, audience, { game, marketHashName: name });
      const wanted = all.slice((number - 1) * perPage, number * perPage);
      const items = wanted.map(({ offer, reason }) => listingToWire(offer, audience.eyes, reason));
      return ok(request, { items, count: all.length });
    },
  );
}

interface Audience {
  readonly market: MarketView;
  readonly eyes: Eyes;
}

/** @throws NOT_FOUND */
async function audienceOf(
  { deps }: PersonGuards,
  request: FastifyRequest,
  wantedMerchantId: string | undefined,
): Promise<Audience> {
  const isByStaff = isStaff(request);
  const merchantId = merchantIn(request, wantedMerchantId);
  if (merchantId === undefined) return { market: deps.market, eyes: { feeBps: 0, isStaff: isByStaff } };
  const { fee_bps: feeBps } = await requireKnownMerchant(deps, merchantId);
  return {
    market: deps.market.without(await readDeniedAccounts(deps.db, merchantId)),
    eyes: { feeBps, isStaff: isByStaff },
  };
}

interface FoundListing {
  readonly offer: Offer;
  /** null: it is offered. */
  readonly reason: WithheldReason | null;
}

/** Cheapest first. */
function listingsOf({ deps }: PersonGuards, { market, eyes }: Audience, query: OfferQuery): FoundListing[] {
  if (!eyes.isStaff) return market.offers(query).map((offer) => ({ offer, reason: null }));
  const offered = market.copies(query).map((offer) => ({ offer, reason: null }));
  const withheld = market
    .withheld(query)
    .map((offer) => ({ offer, reason: reasonOf(offer, deps.market.availability(offer.supplier.id)) }));
  return [...offered, ...withheld].sort((one, other) => byPrice(one.offer, other.offer));
}
