import { toDecimalText } from '../../../src/core/money.ts';
import { type JsonAnswer, JsonClient, type JsonClientOptions } from '../../../src/net/json-client.ts';
import type { BuyOrder } from '../../../src/suppliers/supplier.ts';

/** Calls the marketplace's routes, with our values in its format. It does not interpret the answers. */
export class Cs2Client {
  readonly #http: JsonClient;
  readonly #apiKey: string;

  constructor(options: JsonClientOptions & { readonly apiKey: string }) {
    this.#http = new JsonClient(options);
    this.#apiKey = options.apiKey;
  }

  listing(nativeId: string): Promise<JsonAnswer> {
    return this.#http.request({
      method: 'GET',
      path: `/listings/${encodeURIComponent(nativeId)}`,
      query: this.#query(),
    });
  }

  /** @param cursor null: from the start */
  feed(cursor: string | null, signal?: AbortSignal): Promise<JsonAnswer> {
    const query = this.#query(cursor === null ? {} : { cursor });
    return this.#http.request({ method: 'GET', path: '/feed', query, signal });
  }

  buy(order: BuyOrder): Promise<JsonAnswer> {
    return this.#post('/buy', {
      outTradeNo: order.reference,
      tradeUrl: order.tradeUrl,
      productId: order.nativeListingId,
      maxPrice: toDecimalText(order.ceilingMills),
    });
  }

  find(references: readonly string[]): Promise<JsonAnswer> {
    return this.#post('/orders/find', { outTradeNos: references });
  }

  cancel(orderId: string): Promise<JsonAnswer> {
    return this.#post('/orders/cancel', { orderId });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #post(path: string, body: unknown): Promise<JsonAnswer> {
    return this.#http.request({ method: 'POST', path, query: this.#query(), body });
  }

  #query(params: Record<string, string> = {}): URLSearchParams {
    return new URLSearchParams({ 'app-key': this.#apiKey, ...params });
  }
}
