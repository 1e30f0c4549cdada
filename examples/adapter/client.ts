import { type JsonAnswer, JsonClient } from '../../src/net/json-client.ts';
import type { BuyOrder } from '../../src/suppliers/supplier.ts';
import { toCentsText } from './map.ts';

/** Calls the marketplace's routes, with our values in its format. It does not interpret the answers. */
export class ExampleClient {
  readonly #http: JsonClient;

  constructor(baseUrl: string, apiKey: string, timeoutMs: number) {
    this.#http = new JsonClient({ baseUrl, timeoutMs, headers: { authorization: `Bearer ${apiKey}` } });
  }

  listing(id: string): Promise<JsonAnswer> {
    return this.#get('/listing', [['id', id]]);
  }

  listings(signal?: AbortSignal): Promise<JsonAnswer> {
    return this.#get('/listings', [], signal);
  }

  buy({ reference, nativeListingId, tradeUrl, ceilingMills }: BuyOrder): Promise<JsonAnswer> {
    const body = { reference, listingId: nativeListingId, tradeUrl, maxPrice: toCentsText(ceilingMills) };
    return this.#http.request({ method: 'POST', path: '/orders', body });
  }

  orders(references: readonly string[]): Promise<JsonAnswer> {
    return this.#get(
      '/orders',
      references.map((reference): [string, string] => ['reference', reference]),
    );
  }

  balance(): Promise<JsonAnswer> {
    return this.#get('/balance', []);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #get(path: string, query: [string, string][], signal?: AbortSignal): Promise<JsonAnswer> {
    return this.#http.request({ method: 'GET', path, query: new URLSearchParams(query), signal });
  }
}
