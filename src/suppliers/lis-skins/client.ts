import type { Dispatcher } from 'undici';
import type { Game } from '../../core/games.ts';
import type { Mills } from '../../core/money.ts';
import type { CallBudget, CallKind } from '../../net/call-budget.ts';
import { exactInteger, type JsonAnswer, JsonClient, type NoJson } from '../../net/json-client.ts';
import type { TimeRange } from '../history.ts';
import type { Recipient } from '../wire-texts.ts';
import { ceilingOf, wireGames } from './map.ts';

export interface LisSkinsClientOptions {
  readonly baseUrl: string;
  readonly exportUrl: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
  readonly budget?: CallBudget | undefined;
  readonly dispatcher?: Dispatcher | undefined;
}

export interface BuyCall extends Recipient {
  readonly reference: string;
  readonly skinId: string;
  readonly ceilingMills: Mills;
}

export type PriceListAnswer<T> = { readonly ok: true; readonly value: T } | NoJson;

/** The marketplace's edge refuses programs that do not look like a browser. */
export const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** The list of CS2 has 850 MB, a fifth of that compressed. */
const PRICE_LIST_TIMEOUT_MS = 300_000;

/**
 * Calls LIS-SKINS' routes, with our values in its format. It does not interpret the answers. The price lists are on another
 * host, which does not get the key, and whose calls are not those
 * of the account.
 */
export class LisSkinsClient {
  readonly #api: JsonClient;
  readonly #priceLists: JsonClient;
  readonly #buyTimeoutMs: number;

  /** @param buyTimeoutMs the time limit of a purchase */
  constructor(options: LisSkinsClientOptions, buyTimeoutMs: number) {
    const { baseUrl, exportUrl, apiKey, timeoutMs, budget, dispatcher } = options;
    const headers = { accept: 'application/json', 'user-agent': USER_AGENT };
    const authorization = `Bearer ${apiKey}`;
    this.#api = new JsonClient({ baseUrl, timeoutMs, budget, dispatcher, headers: { ...headers, authorization } });
    const compressed = { ...headers, 'accept-encoding': 'gzip' };
    this.#priceLists = new JsonClient({ baseUrl: exportUrl, timeoutMs, dispatcher, headers: compressed });
    this.#buyTimeoutMs = buyTimeoutMs;
  }

  availability(skinIds: readonly string[]): Promise<JsonAnswer> {
    return this.#get('listing', `/market/check-availability?${listParam('ids', skinIds)}`);
  }

  buy({ reference, skinId, ceilingMills, partner, token }: BuyCall): Promise<JsonAnswer> {
    const body = {
      ids: [exactInteger(skinId)],
      partner,
      token,
      max_price: ceilingOf(ceilingMills),
      custom_id: reference,
    };
    return this.#api.request({ method: 'POST', call: 'buy', path: '/market/buy', body, timeoutMs: this.#buyTimeoutMs });
  }

  find(references: readonly string[]): Promise<JsonAnswer> {
    return this.#get('find', `/market/info?${listParam('custom_ids', references)}`);
  }

  /** A page of the account's purchases of a time. */
  history({ from, to }: TimeRange, page: number): Promise<JsonAnswer> {
    const [start, end] = [Math.floor(from.getTime() / 1000), Math.ceil(to.getTime() / 1000)];
    return this.#get('history', `/market/history?page=${page}&start_unix_time=${start}&end_unix_time=${end}`);
  }

  balance(): Promise<JsonAnswer> {
    return this.#get('balance', '/user/balance');
  }

  /** What opens the connection over which the account's purchases are pushed. */
  socketToken(signal: AbortSignal): Promise<JsonAnswer> {
    return this.#api.request({ method: 'GET', call: 'connect', path: '/user/get-ws-token', signal });
  }

  /** Streams every listing of a game. */
  priceList<T>(
    game: Game,
    use: (chunks: AsyncIterable<Buffer>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<PriceListAnswer<T>> {
    const path = `/${wireGames[game].file}`;
    return this.#priceLists.stream({ method: 'GET', path, timeoutMs: PRICE_LIST_TIMEOUT_MS, signal }, use);
  }

  async close(): Promise<void> {
    await Promise.all([this.#api.close(), this.#priceLists.close()]);
  }

  #get(call: CallKind, path: string): Promise<JsonAnswer> {
    return this.#api.request({ method: 'GET', call, path });
  }
}

/** Brackets stay as they are: escaped, 200 references would not fit into the 8 KB that servers usually allow. */
function listParam(name: string, values: readonly string[]): string {
  return values.map((value) => `${name}[]=${encodeURIComponent(value)}`).join('&');
}
