import type { Mills } from '../../../src/core/money.ts';
import { type JsonAnswer, JsonClient, type JsonClientOptions } from '../../../src/net/json-client.ts';

export interface Recipient {
  readonly partner: string;
  readonly token: string;
}

/** Calls the marketplace's routes, with our values in its format. It does not interpret the answers. */
export class RustClient {
  readonly #http: JsonClient;
  readonly #apiKey: string;

  constructor(options: JsonClientOptions & { readonly apiKey: string }) {
    this.#http = new JsonClient(options);
    this.#apiKey = options.apiKey;
  }

  listing(nativeId: string): Promise<JsonAnswer> {
    return this.#get('/listing', [['id', nativeId]]);
  }

  /** @param since null: from the start */
  feed(since: string | null, signal?: AbortSignal): Promise<JsonAnswer> {
    return this.#get('/feed', since === null ? [] : [pair('since', since)], signal);
  }

  buy(order: { reference: string; nativeListingId: string; ceilingMills: Mills }, to: Recipient): Promise<JsonAnswer> {
    return this.#get('/buy', [
      ['item_id', order.nativeListingId],
      ['price', String(order.ceilingMills)],
      ['partner', to.partner],
      ['token', to.token],
      ['project_id', order.reference],
    ]);
  }

  find(references: readonly string[]): Promise<JsonAnswer> {
    return this.#get(
      '/find',
      references.map((reference) => pair('id', reference)),
    );
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #get(path: string, params: [string, string][], signal?: AbortSignal): Promise<JsonAnswer> {
    const query = new URLSearchParams([['api', this.#apiKey], ...params]);
    return this.#http.request({ method: 'GET', path, query, signal });
  }
}

function pair(name: string, value: string): [string, string] {
  return [name, value];
}
