import { type Dispatcher, request } from 'undici';
import type { Config } from '../config/config.ts';
import { SECOND_MS, systemClock } from '../core/clock.ts';
import { SIGNATURE_HEADER, sign } from '../core/webhooks.ts';
import type { Deps } from '../deps.ts';
import { readAllowList } from '../net/allow-list.ts';
import { type AnswerBody, decodeBody, excerptOf, readBody } from '../net/answer-body.ts';
import { guardedConnector } from '../net/guard.ts';
import { NodeDispatcher } from '../net/node-dispatcher.ts';
import type { Resolve } from '../net/resolve.ts';
import { readRetryAfter } from './schedule.ts';

/** Signs messages to merchants, posts them, and reads what is answered. */

export const RESPONSE_KEPT_BYTES = 4096;
/** Compression is not wanted: it is one more reason why an answer could not be read. */
const FIXED_HEADERS = {
  'content-type': 'application/json',
  'user-agent': 'skinrail',
  accept: 'application/json',
  'accept-encoding': 'identity',
};
/** The status decides whether a callback was accepted. Its body is only kept to be shown, so a slow one is cut off. */
const SHOWN_ONLY = { maxBytes: RESPONSE_KEPT_BYTES, waitMs: SECOND_MS };
/** Enough to know what went wrong; a stranger's server can write into it. */
const FAILURE_MAX_LENGTH = 300;

/**
 * Callbacks go to many hosts that may be slow, gone or hostile. They have connections of their own, opened by the
 * guard, and follow no redirects. The number of connections is limited per merchant by its lanes and not per host,
 * because merchants with the same host must not wait for one another.
 */
export function createCallbackDispatcher(config: Pick<Config, 'callbackAllow'>, resolve?: Resolve): Dispatcher {
  return new NodeDispatcher(guardedConnector(readAllowList(config.callbackAllow), resolve));
}

/** One message to a merchant, and its result. */
export interface Reply {
  readonly at: Date;
  readonly durationMs: number;
  /** null: no answer came. */
  readonly status: number | null;
  /** Why no answer came; null: one came, whatever its status. */
  readonly failure: string | null;
  /** The beginning of the answer's body, to be shown. */
  readonly response: string | null;
  /** The whole body, or why it cannot be read; null: no answer came. */
  readonly body: AnswerBody | null;
  /** How long the receiver asked to wait before the next attempt; null: it did not say. */
  readonly retryAfterMs: number | null;
}

export interface PostLimits {
  readonly timeoutMs: number;
  /** The answer's body is a decision, so all of it is read; absent: the status decides alone. */
  readonly wholeBodyMaxBytes?: number;
}

export interface Message {
  /** The id in the signature; a callback has the same one in every attempt. */
  readonly id: string;
  readonly body: string;
}

/** While the secret rotates, `previous` signs as well. */
export interface SigningSecrets {
  readonly current: string;
  readonly previous: string | null;
}

/** Posts a message, signed with the time of this attempt. Never throws: an error is in the reply. */
export async function postSigned(
  deps: Pick<Deps, 'callbackDispatcher' | 'clock'>,
  to: { readonly url: string; readonly secrets: SigningSecrets },
  { id, body }: Message,
  limits: PostLimits,
): Promise<Reply> {
  // Real time, in the sandbox too: receivers compare it with their own clocks, which nobody moves.
  const time = systemClock.now().toISOString();
  return post(deps, to.url, body, limits, { [SIGNATURE_HEADER]: signatureHeader(to.secrets, { id, time, body }) });
}

/** The header's value, made by the module that merchants verify it with: `t=<ISO>,id=<message>,s=<hex>[,s1=<hex>]`. */
export function signatureHeader(
  { current, previous }: SigningSecrets,
  message: Message & { readonly time: string },
): string {
  return sign({ secret: current, previousSecret: previous, ...message });
}

/** Posts JSON to a merchant's URL without a signature. Never throws: an error is in the reply. */
export async function post(
  deps: Pick<Deps, 'callbackDispatcher' | 'clock'>,
  url: string,
  body: string,
  { timeoutMs, wholeBodyMaxBytes }: PostLimits,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const at = deps.clock.now();
  const started = performance.now();
  const took = () => Math.trunc(performance.now() - started);
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher: deps.callbackDispatcher,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { ...FIXED_HEADERS, ...headers },
      body,
      // What a server sends after one answer could be read as the next answer, so a decision has its own connection.
      reset: wholeBodyMaxBytes !== undefined,
    });
    return { at, ...(await readAnswer(answer, wholeBodyMaxBytes)), durationMs: took() };
  } catch (error) {
    return { ...noReply(at), durationMs: took(), failure: failureIn(error) };
  }
}

async function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData, wholeBodyMaxBytes?: number) {
  const limits = wholeBodyMaxBytes === undefined ? SHOWN_ONLY : { maxBytes: wholeBodyMaxBytes };
  const bytes = await readBody(body, limits);
  const decoded = decodeBody(bytes, headers, limits.maxBytes);
  return {
    status: statusCode,
    failure: null,
    response: excerptOf(bytes, decoded, RESPONSE_KEPT_BYTES),
    body: decoded,
    retryAfterMs: readRetryAfter(headers['retry-after']),
  };
}

/** The reply when nothing was sent or no answer came. */
export function noReply(at: Date) {
  return { at, durationMs: 0, status: null, failure: null, response: null, body: null, retryAfterMs: null };
}

export function isSuccess({ status }: Reply): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** What an operator or a merchant reads about a reply that is no success. */
export function failureOf({ failure, status }: Reply): string {
  return failure ?? `answered ${status}`;
}

/**
 * The text can contain a server's or a certificate's names: it is cut, and has no line breaks or NUL, which cannot be
 * stored.
 */
function failureIn(error: unknown): string {
  // When every address of a host was tried, their errors come as one.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const text = first instanceof Error ? first.message || first.name : String(first);
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, FAILURE_MAX_LENGTH)
    .toWellFormed();
}
