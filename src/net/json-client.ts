import { type Dispatcher, Pool } from 'undici';

export interface JsonClientOptions {
  /** Origin and, where there is one, the path that all routes start with. */
  readonly baseUrl: string;
  /** From the first byte sent to the last byte read. */
  readonly timeoutMs: number;
  /** How many calls may be under way at once; more wait, within their time-out. */
  readonly connectionsMax?: number;
  /** What carries the calls instead of connections of the client's own. */
  readonly dispatcher?: Dispatcher | undefined;
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, starting with a slash. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
}

/**
 * `ok` means only that the marketplace itself has spoken: below status 500, not "slow down", and in JSON. What it said
 * is for the adapter to read. A `cause` is for people and holds no part of the request, so that no key gets into a log.
 */
export type JsonAnswer =
  | { readonly ok: true; readonly status: number; readonly json: unknown }
  | { readonly ok: false; readonly cause: string };

const CONNECTIONS_MAX = 128;
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const TOO_MANY_REQUESTS = 429;

/** Speaks JSON to one marketplace and never throws: whatever goes wrong on the way is an answer that is not `ok`. */
export class JsonClient {
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #pathPrefix: string;
  readonly #timeoutMs: number;

  /** @throws TypeError when the base URL is none */
  constructor(options: JsonClientOptions) {
    const url = new URL(options.baseUrl);
    this.#pathPrefix = url.pathname.replace(/\/+$/, '');
    this.#timeoutMs = options.timeoutMs;
    this.#origin = url.origin;
    this.#dispatcher =
      options.dispatcher ??
      new Pool(url.origin, {
        connections: options.connectionsMax ?? CONNECTIONS_MAX,
        headersTimeout: options.timeoutMs,
        bodyTimeout: options.timeoutMs,
      });
  }

  async request(request: JsonRequest): Promise<JsonAnswer> {
    // A timer of our own, which ends with the call: AbortSignal.timeout would live on for the whole time-out.
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), this.#timeoutMs);
    try {
      return await readAnswer(await this.#send(request, abort.signal));
    } catch (error) {
      return { ok: false, cause: abort.signal.aborted ? `no answer within ${this.#timeoutMs} ms` : causeOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets calls that are under way end, which takes the time-out at most. */
  async close(): Promise<void> {
    await this.#dispatcher.close();
  }

  #send({ method, path, query, body }: JsonRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const search = query ? `?${query}` : '';
    return this.#dispatcher.request({
      origin: this.#origin,
      method,
      path: `${this.#pathPrefix}${path}${search}`,
      signal,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  }
}

async function readAnswer({ statusCode, body }: Dispatcher.ResponseData): Promise<JsonAnswer> {
  const text = await readCapped(body);
  if (statusCode >= 500 || statusCode === TOO_MANY_REQUESTS) return { ok: false, cause: `status ${statusCode}` };
  if (text === null) return { ok: false, cause: `an answer of more than ${ANSWER_BYTES_MAX} bytes` };
  try {
    return { ok: true, status: statusCode, json: JSON.parse(text) };
  } catch {
    return { ok: false, cause: `status ${statusCode}, but the answer is not JSON` };
  }
}

/** null: too large. Leaving the loop early closes the connection. */
async function readCapped(body: Dispatcher.ResponseData['body']): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Only names and codes of errors: their messages may quote the URL, and with it the key. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the call failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `the connection failed (${code})`;
}
