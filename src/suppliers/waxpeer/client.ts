import type { Game } from '../../core/games.ts';
import type { Mills } from '../../core/money.ts';
import { type JsonAnswer, JsonClient, type JsonClientOptions, type NoJson } from '../../net/json-client.ts';
import type { Recipient } from '../wire-texts.ts';
import { gameNames } from './map.ts';

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
    this.#http = new JsonClient(options);
    this.#apiKey = options.apiKey;
  }

  availability(itemId: string): Promise<JsonAnswer> {
    return this.#get('/v1/check-availability', [['item_id', itemId]]);
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
    return this.#http.stream({ method: 'GET', path, query, timeoutMs: SNAPSHOT_TIMEOUT_MS, signal }, use);
  }

  buy({ reference, itemId, ceilingMills, partner, token }: BuyCall): Promise<JsonAnswer> {
    return this.#get('/v1/buy-one-p2p', [
      ['item_id', itemId],
      ['price', String(ceilingMills)],
      ['token', token],
      ['partner', partner],
      ['project_id', reference],
    ]);
  }

  find(references: readonly string[]): Promise<JsonAnswer> {
    return this.#get(
      '/v1/check-many-project-id',
      references.map((reference): [string, string] => ['id', reference]),
    );
  }

  user(timeoutMs?: number): Promise<JsonAnswer> {
    return this.#get('/v1/user', [], timeoutMs);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #get(path: string, params: [string, string][], timeoutMs?: number): Promise<JsonAnswer> {
    const query = this.#query(params);
    return this.#http.request({ method: 'GET', path, query, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }

  #query(params: [string, string][]): URLSearchParams {
    return new URLSearchParams([['api', this.#apiKey], ...params]);
  }
}
