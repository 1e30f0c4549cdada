import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import Type from 'typebox';
import { add, type Mills, NOTHING, parseDollars, toMills } from '../../src/core/money.ts';
import { parseExactly } from '../../src/net/json-client.ts';
import { type BuyReply, buy } from './buying.ts';
import { type CancelReply, cancel } from './cancelling.ts';
import { findListing, indexOf } from './catalogue.ts';
import {
  balanceOf,
  boughtOnWire,
  dollarsOf,
  idOfWire,
  itemIdOf,
  orderOnWire,
  orderRowOnWire,
  productOnWire,
  steamCheckOnWire,
  toCents,
} from './cs2dt-wire.ts';
import { historyOf } from './history.ts';
import type { Listing } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { answerOtherwise, answerUnavailable, cut, isClientError } from './replies.ts';
import { isSold } from './sales.ts';

export const SANDBOX_CS2DT_KEY = 'sandbox-cs2dt-key';
/** Belongs to an account that does not allow the caller's address. */
export const SANDBOX_CS2DT_KEY_ELSEWHERE = 'sandbox-cs2dt-key-elsewhere';
/** Belongs to an account that has made too many calls. */
export const SANDBOX_CS2DT_KEY_LIMITED = 'sandbox-cs2dt-key-limited';
/** Belongs to an account with five cents. */
export const SANDBOX_CS2DT_KEY_POOR = 'sandbox-cs2dt-key-poor';

const wallets: ReadonlyMap<string | null, Mills> = new Map([
  [SANDBOX_CS2DT_KEY, toMills(1_000_000_000n)],
  [SANDBOX_CS2DT_KEY_POOR, toMills(50n)],
]);

const IDS_MAX = 100;
const PAGE_MAX = 100;
const TRADE_URL = /^https:\/\/steamcommunity\.com\/tradeoffer\/new\/\?partner=\d+&token=[\w-]+$/;
/** The codes of the refusals of a cancel are not known. This one means no more than "operation failed". */
const CANCEL_REFUSED = 140002;

const Id = Type.Union([Type.String(), Type.Integer()]);
const Page = { page: Type.Integer({ minimum: 1 }), limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX }) };
const BuyBody = Type.Object({
  outTradeNo: Type.String({ minLength: 1 }),
  tradeUrl: Type.String(),
  productId: Id,
  maxPrice: Type.Number({ exclusiveMinimum: 0 }),
});

type Options = { readonly marketplace: Marketplace };

/** CS2DT: CS2 only, an envelope with codes, money with two decimals, cancels whose outcome the order says later. */
export const cs2dtFront: FastifyPluginAsyncTypebox<Options> = async (app, { marketplace }) => {
  app.addHook('onRequest', async (request, reply) => {
    const key = keyOf(request.url);
    if (key === SANDBOX_CS2DT_KEY_ELSEWHERE) return reply.send(refusal(100001, 'the address is not allowed'));
    if (key === SANDBOX_CS2DT_KEY_LIMITED) return reply.type('text/plain').send('Too Many Request.');
    if (key === null) return reply.send(refusal(140020, 'app-key is missing'));
    if (!wallets.has(key)) return reply.send(refusal(100002, 'no permission'));
  });
  // Its time goes with its clock, as that of its orders does.
  app.addHook('onSend', async (_request, reply) => {
    reply.header('date', marketplace.clock.now().toUTCString());
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (isClientError(error)) return reply.send(refusal(140001, `parameter error: ${error.message}`));
    request.log.error({ err: error }, 'the CS2DT front failed');
    return answerUnavailable(reply);
  });
  // Ids have more digits than a JavaScript number can hold.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, body: string) =>
    parseExactly(body),
  );
  // The second tree mirrors the first, which the documentation calls deprecated.
  for (const prefix of ['/v1', '/v2']) {
    await app.register(productRoutes, { prefix, marketplace });
    await app.register(orderRoutes, { prefix, marketplace });
    await app.register(steamRoutes, { prefix });
  }
};

const productRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { marketplace }) => {
  app.get('/user/v1/t-coin/balance', async (request) => {
    return success({ userId: 1, name: 'sandbox', data: dollarsOf(balanceOf(marketplace, walletAt(request.url))) });
  });

  const ByIds = Type.Object({ productIds: Type.Array(Id, { maxItems: IDS_MAX }) });
  app.post('/product/v2/list/ids', { schema: { body: ByIds } }, async (request) => {
    const listings = request.body.productIds.flatMap((id) => findListing('cs2', idOfWire(String(id))) ?? []);
    const onSale = listings.filter((listing) => !isSold(marketplace, listing));
    return success(onSale.map((listing) => productOnWire(listing, marketplace.pricesOf(listing).liveMills)));
  });

  const Search = Type.Object({ appId: Type.Literal(730), keyword: Type.Optional(Type.String()), ...Page });
  app.get('/product/v2/search', { schema: { querystring: Search } }, async (request) => {
    const { keyword = '', page, limit } = request.query;
    const items = [...indexOf('cs2').byItem.values()].filter(([first]) => first && namesMatch(first, keyword));
    const found = items.map((of) => of.filter((each) => isOnSale(marketplace, each))).filter((of) => of.length > 0);
    const { list, ...rest } = pageOf(found, page, limit);
    return success({ ...rest, list: list.map((of) => itemOnWire(marketplace, of)) });
  });

  const OnSale = Type.Object({ itemId: Type.String(), orderBy: Type.Literal(2), ...Page });
  app.get('/product/v1/sell/list', { schema: { querystring: OnSale } }, async (request) => {
    const { itemId, page, limit } = request.query;
    const onSale = listingsOf(itemId).filter((each) => isOnSale(marketplace, each));
    const priced = onSale.map((listing) => ({ listing, price: marketplace.pricesOf(listing).listedMills }));
    const sorted = priced.toSorted((a, b) => Number(a.price - b.price));
    const { list, ...rest } = pageOf(sorted, page, limit);
    return success({ ...rest, list: list.map(({ listing, price }) => productOnWire(listing, price)) });
  });
};

const steamRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const Check = { type: Type.Literal(1), appId: Type.Literal(730), tradeUrl: Type.String() };
  app.post('/user/steam-check/create', { schema: { body: Type.Object(Check) } }, async (request) => {
    return TRADE_URL.test(request.body.tradeUrl) ? success(null) : refusal(140005, 'wrong trade URL');
  });

  app.get('/user/steam-info', { schema: { querystring: Type.Object(Check) } }, async (request, reply) => {
    const check = steamCheckOnWire(request.query.tradeUrl);
    return check === 'unavailable' || check === 'hang' ? answerOtherwise(reply, check) : success(check);
  });
};

const orderRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { marketplace }) => {
  app.post('/trade/v2/buy', { schema: { body: BuyBody } }, async (request, reply) => {
    const { outTradeNo: reference, tradeUrl, productId, maxPrice } = request.body;
    const ceilingMills = parseDollars(String(maxPrice), 2);
    if (ceilingMills === null) return refusal(140001, 'parameter error: maxPrice');
    if (!TRADE_URL.test(tradeUrl)) return refusal(140005, 'wrong trade URL');
    const listingId = idOfWire(String(productId));
    const listing = findListing('cs2', listingId);
    if (listing && !canPay(marketplace, request.url, toCents(marketplace.pricesOf(listing).chargedMills)))
      return refusal(70001, 'balance is insufficient');
    return answerBuy(
      reply,
      buy(marketplace, { side: 'cs2', front: 'cs2dt', reference, listingId, ceilingMills, isPushed: true }),
    );
  });

  const Detail = Type.Object({ outTradeNo: Type.String(), orderId: Type.Optional(Type.String()) });
  app.get('/order/v2/buy/detail', { schema: { querystring: Detail } }, async (request) => {
    const order = marketplace.orders.byReference(request.query.outTradeNo);
    if (order?.outcome === 'not_made') return refusal(140015, 'the purchase with this number has failed');
    const isHidden = (ms: number) =>
      marketplace.nowMs - ms < (order ? marketplace.listingOf(order).behaviour.hiddenMs : 0);
    // What the marketplace answers about a number that it has never heard of is not known.
    if (order?.outcome !== 'made' || isHidden(order.createdAtMs)) return success(null);
    return success(orderOnWire(marketplace, order));
  });

  const List = Type.Object({ appId: Type.Literal(730), ...Page });
  app.get('/order/buyer/list', { schema: { querystring: List } }, async (request) => {
    const { page, limit } = request.query;
    const newestFirst = historyOf(marketplace, 'cs2dt').toReversed();
    const { list, ...rest } = pageOf(newestFirst, page, limit);
    return success({ ...rest, list: list.map((told) => orderRowOnWire(marketplace, told)) });
  });

  app.post('/order/buyer-cancel', { schema: { body: Type.Object({ orderId: Id }) } }, async (request, reply) => {
    const orderId = idOfWire(String(request.body.orderId));
    const outcome = cancel(marketplace, orderId);
    const order = marketplace.orders.byOrderId(orderId);
    if (order) {
      const { phase } = marketplace.statusOf(order);
      const isDelivered = phase === 'accepted' || phase === 'settled';
      marketplace.cancelWatch.begin(order, isDelivered, outcome, reply.raw);
    }
    await marketplace.cancelAnswerIsDue();
    return answerCancel(reply, outcome);
  });
};

function keyOf(url: string): string | null {
  return new URL(url, 'http://localhost').searchParams.get('app-key');
}

function walletAt(url: string): Mills {
  return wallets.get(keyOf(url)) ?? NOTHING;
}

/** The exact balance takes all orders into account, and is asked only where it matters. */
function canPay(marketplace: Marketplace, url: string, priceMills: Mills): boolean {
  const wallet = walletAt(url);
  // Orders that were paid back and cents that were rounded count once, fees are 2 % at most.
  const spentAtMost = toMills(2n * marketplace.orders.boughtMills('cs2dt'));
  return add(spentAtMost, priceMills) <= wallet || priceMills <= balanceOf(marketplace, wallet);
}

function isOnSale(marketplace: Marketplace, listing: Listing): boolean {
  return marketplace.offers('cs2dt', listing) && !isSold(marketplace, listing);
}

function namesMatch({ marketHashName }: Listing, keyword: string): boolean {
  return marketHashName.toLowerCase().includes(keyword.toLowerCase());
}

/** The listings of each catalogue item, by its number here. */
let byItemId: ReadonlyMap<string, readonly Listing[]> | undefined;

function listingsOf(itemId: string): readonly Listing[] {
  byItemId ??= new Map([...indexOf('cs2').byItem].map(([catalogId, listings]) => [itemIdOf({ catalogId }), listings]));
  return byItemId.get(itemId) ?? [];
}

function itemOnWire(marketplace: Marketplace, listings: readonly Listing[]) {
  const prices = listings.map((listing) => marketplace.pricesOf(listing).listedMills);
  const price = dollarsOf(prices.reduce((least, each) => (each < least ? each : least)));
  const [listing] = listings;
  const itemId = listing && itemIdOf(listing);
  return { itemId, marketHashName: listing?.marketHashName, priceInfo: { price, quantity: listings.length } };
}

/** The total is text, as it is in a client of the marketplace's twin. */
function pageOf<T>(rows: readonly T[], page: number, limit: number) {
  const list = rows.slice((page - 1) * limit, page * limit);
  return { total: String(rows.length), pages: Math.ceil(rows.length / limit), page, limit, list };
}

function answerBuy(reply: FastifyReply, outcome: BuyReply) {
  switch (outcome.kind) {
    case 'bought':
      return success(boughtOnWire(outcome.order, outcome.listing));
    case 'sold':
      return refusal(1207, 'somebody else has bought it');
    case 'dearer':
      return refusal(1403, 'the price has changed');
    case 'above ceiling':
      return refusal(1454, 'the price is above maxPrice');
    case 'duplicate':
      return refusal(140014, 'the merchant number was used before');
    case 'unavailable':
    case 'html':
    case 'hang':
      return answerOtherwise(reply, outcome.kind);
  }
}

function answerCancel(reply: FastifyReply, outcome: CancelReply) {
  switch (outcome) {
    case 'accepted':
      return success(null);
    case 'no order':
    case 'too early':
    case 'already sent':
    case 'already closed':
    case 'seller preparing':
      return refusal(CANCEL_REFUSED, outcome);
    case 'unavailable':
    case 'html':
    case 'hang':
      return answerOtherwise(reply, outcome);
    case 'cut':
      return cut(reply);
  }
}

function success(data: unknown) {
  return { success: true, data, errorCode: 0, errorMsg: null, errorData: null };
}

function refusal(errorCode: number, errorMsg: string) {
  return { success: false, data: null, errorCode, errorMsg, errorData: null };
}
