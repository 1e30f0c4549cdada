import type { CallKind } from '../../net/call-budget.ts';
import {
  exactDecimal,
  exactInteger,
  type JsonAnswer,
  JsonClient,
  type JsonClientOptions,
} from '../../net/json-client.ts';
import type { BuyOrder } from '../supplier.ts';
import { toCentsText } from './map.ts';

const APP_ID = 730;
const FOR_BUYING = 1;
const BY_PRICE_UPWARDS = '2';
const ITEMS_PER_SEARCH = 50;
const LISTINGS_PER_ITEM = 20;
const ORDERS_PER_PAGE = 50;

export interface ClientOptions extends JsonClientOptions {
  readonly apiKey: string;
  /** `v1` or `v2`: the tree of the routes for orders, which the others have left. */
  readonly orderTree: string;
}

/** What ends a call early. */
interface CallLimit {
  /** Instead of the limit of every call. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls CS2DT's routes, with our values in its format. It does not interpret the answers. The key is in every URL, so that
 * no URL may be logged.
 */
export class Cs2dtClient {
  readonly #http: JsonClient;
  readonly #apiKey: string;
  readonly #orders: string;

  constructor({ apiKey, orderTree, ...options }: ClientOptions) {
    this.#http = new JsonClient({ ...options, headers: { language: 'en_US' } });
    this.#apiKey = apiKey;
    this.#orders = `/${orderTree}/order`;
  }

  balance(): Promise<JsonAnswer> {
    return this.#get('balance', '/v2/user/v1/t-coin/balance');
  }

  /** The catalogue items that a search finds. */
  search(keyword: string, signal?: AbortSignal): Promise<JsonAnswer> {
    const query = { appId: `${APP_ID}`, page: '1', limit: `${ITEMS_PER_SEARCH}`, keyword };
    return this.#get('feed', '/v2/product/v2/search', query, { signal });
  }

  /** The cheapest listings of a catalogue item. */
  cheapest(itemId: string, signal?: AbortSignal): Promise<JsonAnswer> {
    const query = { itemId, page: '1', limit: `${LISTINGS_PER_ITEM}`, orderBy: BY_PRICE_UPWARDS };
    return this.#get('feed', '/v2/product/v1/sell/list', query, { signal });
  }

  products(nativeIds: readonly string[]): Promise<JsonAnswer> {
    return this.#post('listing', '/v2/product/v2/list/ids', { productIds: nativeIds.map(exactInteger) });
  }

  buy({ reference, tradeUrl, nativeListingId, ceilingMills }: BuyOrder): Promise<JsonAnswer> {
    return this.#post('buy', '/v2/trade/v2/buy', {
      outTradeNo: reference,
      tradeUrl,
      productId: exactInteger(nativeListingId),
      maxPrice: exactDecimal(toCentsText(ceilingMills)),
    });
  }

  /** @param call what the order is read for */
  order(reference: string, call: 'find' | 'cancel' = 'find', timeoutMs?: number): Promise<JsonAnswer> {
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    return this.#get(call, `${this.#orders}/v2/buy/detail`, { outTradeNo: reference }, limit);
  }

  /** A page of all orders of the account. It cannot be limited to a time. */
  orders(page: number): Promise<JsonAnswer> {
    const query = { appId: `${APP_ID}`, page: `${page}`, limit: `${ORDERS_PER_PAGE}` };
    return this.#get('history', `${this.#orders}/buyer/list`, query);
  }

  cancel(orderId: string, timeoutMs: number): Promise<JsonAnswer> {
    return this.#post('cancel', `${this.#orders}/buyer-cancel`, { orderId }, { timeoutMs });
  }

  startTradeUrlCheck(tradeUrl: string, timeoutMs: number): Promise<JsonAnswer> {
    return this.#post(
      'check',
      '/v2/user/steam-check/create',
      { type: FOR_BUYING, appId: APP_ID, tradeUrl },
      { timeoutMs },
    );
  }

  /** The state of the latest check of a trade URL. */
  tradeUrlCheck(tradeUrl: string, timeoutMs: number): Promise<JsonAnswer> {
    const query = { type: `${FOR_BUYING}`, appId: `${APP_ID}`, tradeUrl };
    return this.#get('check', '/v2/user/steam-info', query, { timeoutMs });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #get(
    call: CallKind,
    path: string,
    params: Readonly<Record<string, string>> = {},
    limit: CallLimit = {},
  ): Promise<JsonAnswer> {
    return this.#http.request({ method: 'GET', call, path, query: this.#query(params), ...limit });
  }

  #post(call: CallKind, path: string, body: unknown, limit: CallLimit = {}): Promise<JsonAnswer> {
    return this.#http.request({ method: 'POST', call, path, query: this.#query({}), body, ...limit });
  }

  #query(params: Readonly<Record<string, string>>): URLSearchParams {
    return new URLSearchParams({ 'app-key': this.#apiKey, ...params });
  }
}
