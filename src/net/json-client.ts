import { type Dispatcher, Pool } from 'undici';

export interface JsonClientOptions {
  /** The origin, and the path prefix of all routes if there is one. */
  readonly baseUrl: string;
  /** From the first byte sent to the last byte read. */
  readonly timeoutMs: number;
  /** The maximum of simultaneous calls; more calls wait within their time-out. */
  readonly connectionsMax?: number;
  /** Sends the calls; absent: the client opens its own connections. */
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
 * `ok` means that the marketplace answered with JSON, a status below 500, and not 429. The adapter interprets the answer. A
 * `cause` is for people and contains no part of the request, so that no key is logged.
 */
export type JsonAnswer =
  | { readonly ok: true; readonly status: number; readonly json: unknown }
  | { readonly ok: false; readonly cause: string };

const CONNECTIONS_MAX = 128;
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const TOO_MANY_REQUESTS = 429;

/** A JSON client for one marketplace. It never throws: every failure is an answer that is not `ok`. */
export class JsonClient {
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #pathPrefix: string;
  readonly #timeoutMs: number;

  /** @throws TypeError when the base URL is invalid */
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
    // An own timer can be cleared after the call; AbortSignal.timeout would stay alive until the time-out.
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

  /** Waits for running calls, at most for the time-out. */
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
  if (text === null) return { ok: false, cause: `the answer has more than ${ANSWER_BYTES_MAX} bytes` };
  try {
    return { ok: true, status: statusCode, json: JSON.parse(text) };
  } catch {
    return { ok: false, cause: `status ${statusCode}, but the answer is not JSON` };
  }
}

/** @returns null when the body is too large; leaving the loop early closes the connection */
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

/** Only the name or code of an error, because its message may contain the URL with the key. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the call failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `the connection failed (${code})`;
}
