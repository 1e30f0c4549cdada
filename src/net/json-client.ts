import { type Dispatcher, Pool } from 'undici';
import { SECOND_MS } from '../core/clock.ts';
import type { CallBudget, CallKind } from './call-budget.ts';

export interface JsonClientOptions {
  /** The origin, and the path prefix of all routes if there is one. */
  readonly baseUrl: string;
  /** From the first byte sent to the last byte read. */
  readonly timeoutMs: number;
  /** The maximum of simultaneous calls; more calls wait within their time-out. */
  readonly connectionsMax?: number;
  /** Sent with every call, such as the authorisation. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the calls; absent: the client opens its own connections. */
  readonly dispatcher?: Dispatcher | undefined;
  /** What limits the calls of the account; absent: nothing. */
  readonly budget?: CallBudget | undefined;
  /** Reads from the body of a 429 for how many milliseconds its marketplace wants a pause; null: it does not say. */
  readonly pauseIn?: (json: unknown) => number | null;
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  /** What it is for, which decides how urgent it is. Absent: it is as urgent as reading a listing. */
  readonly call?: CallKind;
  /** Below the base URL, starting with a slash. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  /** Instead of the client's own, for a call that may take longer. */
  readonly timeoutMs?: number;
  /** Ends the call at once. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * `ok` means that the marketplace answered with JSON, a status below 500, and not 429. The adapter interprets the answer.
 * Integers that a JavaScript number cannot hold come as text with all their digits.
 *
 * A `cause` is for people and contains no part of the request, so that no key is logged.
 */
export type JsonAnswer = Json | NoJson;

interface Json {
  readonly ok: true;
  readonly status: number;
  readonly json: unknown;
  /** When the server answered by its own clock, in whole seconds since 1970. Absent: it does not say. */
  readonly serverSeconds?: number;
}

export interface NoJson {
  readonly ok: false;
  readonly cause: string;
  /** Absent: no answer came. */
  readonly status?: number;
  /** The beginning of an answer that is not JSON: some marketplaces refuse in plain text. */
  readonly text?: string;
  /** For how long the marketplace wants to be left alone. */
  readonly retryAfterMs?: number;
  /** The budget of the account held the call back, so that nothing was sent. */
  readonly isHeld?: true;
}

const CONNECTIONS_MAX = 128;
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const TOO_MANY_REQUESTS = 429;
const TEXT_MAX = 200;
/** With this text, some marketplaces answer 200 instead of 429. */
const TOO_MANY_TEXT = /^too many/i;
/** A feed is hundreds of calls, for which nobody waits: if one is not sent, all are lost. */
const FEED_WAIT_MS = 30_000;
/** Where a number may begin, with as many digits as the shortest that is not exact in JavaScript: 2^53 has 16. */
const LONG_NUMBER = /(?:^|[[:,])\s*-?\d{16}/;
/** A server that names a longer pause is asked again after this one. */
const RETRY_AFTER_MAX_MS = 3_600_000;

/** A JSON client for one marketplace. It never throws: every failure is an answer that is not `ok`. */
export class JsonClient {
  readonly #dispatcher: Dispatcher;
  readonly #budget: CallBudget | undefined;
  readonly #origin: string;
  readonly #pathPrefix: string;
  readonly #timeoutMs: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #pauseIn: PauseIn;

  /** @throws TypeError when the base URL is invalid */
  constructor(options: JsonClientOptions) {
    const url = new URL(options.baseUrl);
    this.#pathPrefix = url.pathname.replace(/\/+$/, '');
    this.#timeoutMs = options.timeoutMs;
    this.#origin = url.origin;
    this.#headers = options.headers ?? {};
    this.#budget = options.budget;
    this.#pauseIn = options.pauseIn ?? (() => null);
    this.#dispatcher =
      options.dispatcher ?? new Pool(url.origin, { connections: options.connectionsMax ?? CONNECTIONS_MAX });
  }

  async request(request: JsonRequest): Promise<JsonAnswer> {
    const silenceMs = request.timeoutMs ?? this.#timeoutMs;
    return this.#budgeted(request, (limited) =>
      this.#within(limited, async (signal) => readAnswer(await this.#send(request, signal, silenceMs), this.#pauseIn)),
    );
  }

  /**
   * Reads an answer that is too large to be held: `use` gets its chunks as they come. The request's time limit covers the
   * whole of it; the client's limits the wait for its beginning, and each pause.
   * @returns what `use` returned, or why the answer could not be read whole
   */
  async stream<T>(
    request: JsonRequest,
    use: (chunks: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<{ readonly ok: true; readonly value: T } | NoJson> {
    return this.#budgeted(request, (limited) =>
      this.#within(limited, async (signal) => {
        const response = await this.#send(request, signal, this.#timeoutMs);
        if (response.statusCode !== 200) {
          return toNoJson(response, await readCapped(response.body), this.#pauseIn);
        }
        return { ok: true, value: await use(response.body) } as const;
      }),
    );
  }

  /** Waits for running calls, at most for the time-out. */
  async close(): Promise<void> {
    await this.#dispatcher.close();
  }

  /** Sends a call when the budget of the account allows it. Waiting counts towards the call's time limit. */
  async #budgeted<T extends { readonly ok: true } | NoJson>(
    request: JsonRequest,
    send: (limited: JsonRequest) => Promise<T | NoJson>,
  ): Promise<T | NoJson> {
    if (!this.#budget) return send(request);
    const { call = 'listing', timeoutMs = this.#timeoutMs, signal } = request;
    const isFeed = call === 'feed';
    const beganAt = performance.now();
    if (!(await this.#budget.admit(call, isFeed ? Math.max(timeoutMs, FEED_WAIT_MS) : timeoutMs, signal))) {
      return signal?.aborted ? { ok: false, cause: ENDED_BY_CALLER } : { ok: false, cause: HELD_BACK, isHeld: true };
    }
    const waitedMs = isFeed ? 0 : Math.floor(performance.now() - beganAt);
    const answer = await send({ ...request, timeoutMs: Math.max(1, timeoutMs - waitedMs) });
    if (isLimited(answer)) await this.#budget.pause(call, answer.retryAfterMs);
    else if (answer.ok) this.#budget.endGrowth(call);
    return answer;
  }

  async #within<T>(
    { timeoutMs = this.#timeoutMs, signal }: JsonRequest,
    call: (signal: AbortSignal) => Promise<T | NoJson>,
  ): Promise<T | NoJson> {
    // An own timer can be cleared after the call; AbortSignal.timeout would stay alive until the time-out.
    const abort = new AbortController();
    const end = () => abort.abort();
    const timer = setTimeout(end, timeoutMs);
    if (signal?.aborted) end();
    // Removed after the call: the caller's signal may outlive very many calls.
    signal?.addEventListener('abort', end);
    try {
      return await call(abort.signal);
    } catch (error) {
      if (signal?.aborted) return { ok: false, cause: ENDED_BY_CALLER };
      return { ok: false, cause: abort.signal.aborted ? `no answer within ${timeoutMs} ms` : causeOf(error) };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }

  /** @param silenceMs how long the server may send nothing */
  #send(
    { method, path, query, body }: JsonRequest,
    signal: AbortSignal,
    silenceMs: number,
  ): Promise<Dispatcher.ResponseData> {
    const search = query ? `?${query}` : '';
    return this.#dispatcher.request({
      origin: this.#origin,
      method,
      path: `${this.#pathPrefix}${path}${search}`,
      signal,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
      headers: { ...this.#headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

const ENDED_BY_CALLER = 'the caller has ended the call';
const HELD_BACK = 'not sent, because the account has used up the calls that it may make';

/** What the answer of an adapter has if the budget of the account held the call back. */
export function heldIn(answer: JsonAnswer): { readonly isHeld?: true } {
  return !answer.ok && answer.isHeld ? { isHeld: true } : {};
}

/** For operators: why there was no JSON, and for how long the marketplace wants to be left alone. */
export function causeOfNoJson({ cause, retryAfterMs }: NoJson): string {
  return retryAfterMs === undefined ? cause : `${cause}, with a pause of ${retryAfterMs} ms before the next call`;
}

function isLimited(answer: { readonly ok: true } | NoJson): answer is NoJson {
  return !answer.ok && (answer.status === TOO_MANY_REQUESTS || TOO_MANY_TEXT.test(answer.text ?? ''));
}

type PauseIn = NonNullable<JsonClientOptions['pauseIn']>;

async function readAnswer(response: Dispatcher.ResponseData, pauseIn: PauseIn): Promise<JsonAnswer> {
  const text = await readCapped(response.body);
  const { statusCode: status } = response;
  if (text === null || status >= 500 || status === TOO_MANY_REQUESTS) return toNoJson(response, text, pauseIn);
  try {
    return { ok: true, status, json: parseExactly(text), ...serverTimeOf(response.headers['date']) };
  } catch {
    return toNoJson(response, text, pauseIn);
  }
}

function serverTimeOf(date: string | string[] | undefined): { readonly serverSeconds?: number } {
  const ms = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(ms) ? {} : { serverSeconds: Math.floor(ms / SECOND_MS) };
}

function toNoJson(
  { statusCode: status, headers }: Dispatcher.ResponseData,
  text: string | null,
  pauseIn: PauseIn,
): NoJson {
  const pauseMs = retryAfterOf(headers['retry-after']) ?? (status === TOO_MANY_REQUESTS ? inBody(text, pauseIn) : null);
  const pause = pauseMs === null ? {} : { retryAfterMs: Math.min(Math.ceil(pauseMs), RETRY_AFTER_MAX_MS) };
  const about = { ok: false, status, ...pause } as const;
  if (status >= 500 || status === TOO_MANY_REQUESTS) return { ...about, cause: `status ${status}` };
  if (text === null) return { ...about, cause: `the answer has more than ${ANSWER_BYTES_MAX} bytes` };
  return { ...about, cause: `status ${status}, but the answer is not JSON`, text: text.slice(0, TEXT_MAX) };
}

/** Seconds, which some servers send as a fraction. A date is ignored: their clocks are not ours. */
function retryAfterOf(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : null;
}

function inBody(text: string | null, pauseIn: PauseIn): number | null {
  try {
    return pauseIn(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

/**
 * Parses JSON whose integers can be longer than a JavaScript number: those become text with all their digits.
 * @throws SyntaxError when the text is not JSON
 */
export function parseExactly(text: string): unknown {
  // The reviver makes parsing several times slower, and long ids are mostly texts.
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? '';
    return /^-?\d+$/.test(source) ? source : value;
  });
}

/**
 * A number of any length for a request's body, written with all its digits.
 * @throws RangeError when the text is not an integer
 */
export function exactInteger(digits: string): unknown {
  if (!/^(0|[1-9]\d*)$/.test(digits)) throw new RangeError('an integer has digits only');
  return rawJson(digits);
}

/**
 * An amount for a request's body, written as it is, without a float in between.
 * @throws RangeError when the text is not a plain decimal
 */
export function exactDecimal(text: string): unknown {
  if (!/^(0|[1-9]\d*)(\.\d+)?$/.test(text)) throw new RangeError('a decimal has digits and one point');
  return rawJson(text);
}

function rawJson(text: string): unknown {
  // Part of Node 24; TypeScript's library does not describe it yet.
  return (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON(text);
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
