import { idOfWire } from '../../sandbox/marketplace/cs2dt-wire.ts';
import { parseExactly } from '../../src/net/json-client.ts';
import type { Message } from './network.ts';

/** What a marketplace was asked to sell. */
export interface BuyCall {
  readonly reference: string;
  /** Of the recipient's trade URL. */
  readonly token: string;
  /** The adapter's id of the listing. */
  readonly nativeId: string;
}

/** An order as a look-up shows it, of any marketplace. */
export interface ShownOrder {
  readonly outTradeNo?: string;
  readonly project_id?: string;
  readonly custom_id?: string;
}

/** How the calls to a marketplace look: each function tells whether a message is such a call, and what it is about. */
export interface MarketCalls {
  readonly buy: (message: Message) => BuyCall | null;
  /** The order that a message cancels, by its id in the marketplace's books. */
  readonly cancel: (message: Message) => string | null;
  readonly isLookup: (message: Message) => boolean;
  /** The answer to a look-up with its orders as `show` has them; null from it: the order is not shown. */
  readonly shown: (body: string, show: (order: ShownOrder) => ShownOrder | null) => string;
}

type NativeId = (wireId: string) => string;

/** A list of trades, from marketplaces that buy by a GET. */
export function tradesCalls(paths: { buy: string; find: string }, nativeIdOf: NativeId): MarketCalls {
  return {
    buy: ({ url }) => {
      const { pathname, searchParams: query } = toUrl(url);
      if (pathname !== paths.buy) return null;
      const [token, reference] = [query.get('token') ?? '', query.get('project_id') ?? ''];
      return { reference, token, nativeId: nativeIdOf(query.get('item_id') ?? '') };
    },
    cancel: () => null,
    isLookup: ({ url }) => toUrl(url).pathname === paths.find,
    shown: (body, show) => {
      const json = JSON.parse(body);
      return withList(json, json.trades, (trades) => ({ ...json, trades }), show);
    },
  };
}

export function lisSkinsCalls(nativeIdOf: NativeId): MarketCalls {
  return {
    buy: ({ url, body }) => {
      if (toUrl(url).pathname !== '/lis-skins/v1/market/buy' || body === null) return null;
      const { custom_id: reference, token, ids } = JSON.parse(body);
      return { reference, token, nativeId: nativeIdOf(String(ids[0])) };
    },
    cancel: () => null,
    isLookup: ({ url }) => toUrl(url).pathname === '/lis-skins/v1/market/info',
    shown: (body, show) => {
      const json = JSON.parse(body);
      return withList(json, json.data, (data) => ({ ...json, data }), show);
    },
  };
}

/** One order at a time: nothing, where others would leave it out of a list. */
export const cs2dtCalls: MarketCalls = {
  buy: ({ url, body }) => {
    if (toUrl(url).pathname !== '/cs2dt/v2/trade/v2/buy' || body === null) return null;
    // The id has more digits than a JavaScript number can hold. The adapter's body is an object.
    const { outTradeNo, tradeUrl, productId } = parseExactly(body) as Readonly<Record<string, string>>;
    return { reference: outTradeNo ?? '', token: tokenOf(tradeUrl ?? ''), nativeId: String(productId) };
  },
  cancel: ({ url, body }) => {
    const orderId = orderToCancel('/cs2dt/v1/order/buyer-cancel', url, body);
    return orderId === null ? null : idOfWire(orderId);
  },
  isLookup: ({ url }) => toUrl(url).pathname === '/cs2dt/v1/order/v2/buy/detail',
  shown: (body, show) => {
    const json = JSON.parse(body);
    return json.data ? JSON.stringify({ ...json, data: show(json.data) }) : body;
  },
};

/** An answer without a list is left as it is. */
function withList(
  json: unknown,
  orders: readonly ShownOrder[] | undefined,
  answerWith: (orders: readonly ShownOrder[]) => unknown,
  show: (order: ShownOrder) => ShownOrder | null,
): string {
  return JSON.stringify(Array.isArray(orders) ? answerWith(orders.flatMap((order) => show(order) ?? [])) : json);
}

function orderToCancel(path: string, url: string, body: string | null): string | null {
  return toUrl(url).pathname === path && body !== null ? JSON.parse(body).orderId : null;
}

function tokenOf(tradeUrl: string): string {
  return new URL(tradeUrl).searchParams.get('token') ?? '';
}

function toUrl(url: string): URL {
  return new URL(url, 'http://market');
}
