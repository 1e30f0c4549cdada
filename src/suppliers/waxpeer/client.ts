import type { Game } from '../../core/games.ts';
import type { Mills } from '../../core/money.ts';
import type { CallKind } from '../../net/call-budget.ts';
import { type JsonAnswer, JsonClient, type JsonClientOptions, type NoJson } from '../../net/json-client.ts';
import type { TimeRange } from '../history.ts';
import type { Recipient } from '../wire-texts.ts';
import { gameNames } from './map.ts';
import { pauseShape } from './shapes.ts';

export interface BuyCall extends Recipient {
  readonly reference: string;
  readonly itemId: string;
  readonly ceilingMills: Mills;
}

/** The list of CS2 has 240 MB. */
const SNAPSHOT_TIMEOUT_MS = 300_000;

/**
 * Calls Waxpeer's routes, with our values in its format. It does not interpret the answers. The key is in every URL, as is
 * the recipient in some, so that no URL may be logged.
 */
export class WaxpeerClient {
  readonly #http: JsonClient;
  readonly #apiKey: string;

  constructor(options: JsonClientOptions & { readonly apiKey: string }) {
    this.#http = new JsonClient({ ...options, pauseIn });
    this.#apiKey = options.apiKey;
  }

  availability(itemIds: readonly string[]): Promise<JsonAnswer> {
    const params = itemIds.map((itemId): [string, string] => ['item_id', itemId]);
    return this.#get('listing', '/v1/check-availability', params);
  }

  /** Streams every listing of a game as CSV. */
  snapshot<T>(
    game: Game,
    use: (chunks: AsyncIterable<Buffer>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<{ readonly ok: true; readonly value: T } | NoJson> {
    const query = this.#query([
      ['format', 'csv'],
      ['game', gameNames[game]],
    ]);
    const path = '/v1/prices/snapshot';
    return this.#http.stream({ method: 'GET', call: 'feed', path, query, timeoutMs: SNAPSHOT_TIMEOUT_MS, signal }, use);
  }

  buy({ reference, itemId, ceilingMills, partner, token }: BuyCall): Promise<JsonAnswer> {
    return this.#get('buy', '/v1/buy-one-p2p', [
      ['item_id', itemId],
      ['price', String(ceilingMills)],
      ['token', token],
      ['partner', partner],
      ['project_id', reference],
    ]);
  }

  find(references: readonly string[]): Promise<JsonAnswer> {
    return this.#get(
      'find',
      '/v1/check-many-project-id',
      references.map((reference): [string, string] => ['id', reference]),
    );
  }

  /** The account's trades of a time, the oldest first, 100 at once. */
  myHistory({ from, to }: TimeRange, skip: number): Promise<JsonAnswer> {
    const body = { skip, start: from.toISOString(), end: to.toISOString(), sort: 'ASC' };
    return this.#http.request({
      method: 'POST',
      call: 'history',
      path: '/v1/my-history',
      query: this.#query([]),
      body,
    });
  }

  /** Trades by the marketplace's own ids. */
  trades(tradeIds: readonly string[]): Promise<JsonAnswer> {
    return this.#get(
      'history',
      '/v1/check-many-steam',
      tradeIds.map((tradeId): [string, string] => ['id', tradeId]),
    );
  }

  /** @param call what the balance is read for */
  user(call: 'balance' | 'find', timeoutMs?: number): Promise<JsonAnswer> {
    return this.#get(call, '/v1/user', [], timeoutMs);
  }

  checkTradelink(tradelink: string, timeoutMs: number): Promise<JsonAnswer> {
    const [path, query] = ['/v1/check-tradelink', this.#query([])];
    return this.#http.request({ method: 'POST', call: 'check', path, query, body: { tradelink }, timeoutMs });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #get(call: CallKind, path: string, params: [string, string][], timeoutMs?: number): Promise<JsonAnswer> {
    const query = this.#query(params);
    return this.#http.request({ method: 'GET', call, path, query, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }

  #query(params: [string, string][]): URLSearchParams {
    return new URLSearchParams([['api', this.#apiKey], ...params]);
  }
}

/** Instead of a header, a 429 can say it in its body, in milliseconds. */
function pauseIn(json: unknown): number | null {
  return pauseShape.Check(json) ? json.msBeforeNext : null;
}
