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
const BY_PRICE_UPWARDS = '2';
const ITEMS_PER_SEARCH = 50;
const LISTINGS_PER_ITEM = 20;

export interface ClientOptions extends JsonClientOptions {
  readonly apiKey: string;
  /** `v1` or `v2`: the tree of the routes for orders, which the others have left. */
  readonly orderTree: string;
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
    return this.#get('/v2/user/v1/t-coin/balance');
  }

  /** The catalogue items that a search finds. */
  search(keyword: string, signal?: AbortSignal): Promise<JsonAnswer> {
    const query = { appId: `${APP_ID}`, page: '1', limit: `${ITEMS_PER_SEARCH}`, keyword };
    return this.#get('/v2/product/v2/search', query, signal);
  }

  /** The cheapest listings of a catalogue item. */
  cheapest(itemId: string, signal?: AbortSignal): Promise<JsonAnswer> {
    const query = { itemId, page: '1', limit: `${LISTINGS_PER_ITEM}`, orderBy: BY_PRICE_UPWARDS };
    return this.#get('/v2/product/v1/sell/list', query, signal);
  }

  product(nativeId: string): Promise<JsonAnswer> {
    return this.#post('/v2/product/v2/list/ids', { productIds: [exactInteger(nativeId)] });
  }

  buy({ reference, tradeUrl, nativeListingId, ceilingMills }: BuyOrder): Promise<JsonAnswer> {
    return this.#post('/v2/trade/v2/buy', {
      outTradeNo: reference,
      tradeUrl,
      productId: exactInteger(nativeListingId),
      maxPrice: exactDecimal(toCentsText(ceilingMills)),
    });
  }

  order(reference: string): Promise<JsonAnswer> {
    return this.#get(`${this.#orders}/v2/buy/detail`, { outTradeNo: reference });
  }

  cancel(orderId: string, timeoutMs: number): Promise<JsonAnswer> {
    return this.#post(`${this.#orders}/buyer-cancel`, { orderId }, { timeoutMs });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #get(path: string, params: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<JsonAnswer> {
    return this.#http.request({ method: 'GET', path, query: this.#query(params), signal });
  }

  #post(path: string, body: unknown, limit: { readonly timeoutMs?: number } = {}): Promise<JsonAnswer> {
    return this.#http.request({ method: 'POST', path, query: this.#query({}), body, ...limit });
  }

  #query(params: Readonly<Record<string, string>>): URLSearchParams {
    return new URLSearchParams({ 'app-key': this.#apiKey, ...params });
  }
}
