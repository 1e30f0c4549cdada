import { type Dispatcher, request } from 'undici';
import type { Config } from '../config/config.ts';
import { DAY_MS, SECOND_MS, systemClock } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { readAllowList } from '../net/allow-list.ts';
import { guardedConnector } from '../net/guard.ts';
import type { Resolve } from '../net/resolve.ts';
import { type AnswerBody, decodeBody, excerptOf, readBody } from './answer-body.ts';
import { CallbackDispatcher } from './dispatcher.ts';
import { SIGNATURE_HEADER, type SigningSecrets, signatureHeader } from './signature.ts';

export const RESPONSE_KEPT_BYTES = 4096;
/** Compression is not wanted: it is one more way in which an answer can be unreadable. */
const FIXED_HEADERS = {
  'content-type': 'application/json',
  'user-agent': 'skinrail',
  accept: 'application/json',
  'accept-encoding': 'identity',
};
/** What a receiver may ask for by `Retry-After`: more than a day would outlive the attempts that are left. */
const RETRY_AFTER_MAX_MS = DAY_MS;

/** A callback is taken by its status. Its body is only kept to be shown, so nobody waits for a slow one. */
const SHOWN_ONLY = { maxBytes: RESPONSE_KEPT_BYTES, waitMs: SECOND_MS };
/** Enough to know what went wrong, and no more of what strangers may have put into it. */
const FAILURE_MAX_LENGTH = 300;

/**
 * Callbacks go to many hosts that may be slow, gone or hostile: connections of their own, opened by the guard, and no
 * redirects. How many there are is limited by merchant (`lanes.ts`), not by host: merchants of one host must not wait
 * for one another.
 */
export function createCallbackDispatcher(config: Pick<Config, 'callbackAllow'>, resolve?: Resolve): Dispatcher {
  return new CallbackDispatcher(guardedConnector(readAllowList(config.callbackAllow), resolve));
}

/** One message to a merchant, and what came of it. */
export interface Reply {
  readonly at: Date;
  readonly durationMs: number;
  /** null: no answer came. */
  readonly status: number | null;
  /** What was seen instead of an answer; null: one came, whatever it says. */
  readonly failure: string | null;
  /** The beginning of the answer's body, to be shown. */
  readonly response: string | null;
  /** The whole body, or why it cannot be read; null: no answer came. */
  readonly body: AnswerBody | null;
  /** How long the receiver asked to be left alone; null: it did not say. */
  readonly retryAfterMs: number | null;
}

export interface PostLimits {
  readonly timeoutMs: number;
  /** The answer's body is a decision, so all of it is waited for; absent: the status says everything. */
  readonly wholeBodyMaxBytes?: number;
}

export interface Message {
  readonly id: string;
  readonly body: string;
}

/** Posts a message, signed with the time of this very attempt. Never throws: what went wrong is in the reply. */
export async function postSigned(
  deps: Pick<Deps, 'callbackDispatcher' | 'clock'>,
  to: { readonly url: string; readonly secrets: SigningSecrets },
  { id, body }: Message,
  limits: PostLimits,
): Promise<Reply> {
  // Real time even in the sandbox: receivers hold it against their own clocks, which nobody moves.
  const time = systemClock.now().toISOString();
  return post(deps, to.url, body, limits, { [SIGNATURE_HEADER]: signatureHeader(to.secrets, { id, time, body }) });
}

/** Posts JSON to a merchant's URL, as it is. Never throws. */
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
      // What a server sends beyond one answer could be taken for the next, so a decision has its own connection.
      reset: wholeBodyMaxBytes !== undefined,
    });
    const limits = wholeBodyMaxBytes === undefined ? SHOWN_ONLY : { maxBytes: wholeBodyMaxBytes };
    const bytes = await readBody(answer.body, limits);
    const read = decodeBody(bytes, answer.headers, limits.maxBytes);
    const retryAfterMs = readRetryAfter(answer.headers['retry-after']);
    const response = excerptOf(bytes, read, RESPONSE_KEPT_BYTES);
    return { at, durationMs: took(), status: answer.statusCode, failure: null, response, body: read, retryAfterMs };
  } catch (error) {
    return { ...noReply(at), durationMs: took(), failure: failureIn(error) };
  }
}

/** Nothing was sent, or nothing came back. */
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

/** A certificate's names, or a server's, may be in it: no line breaks or NUL, which cannot be stored, and not all. */
function failureIn(error: unknown): string {
  // Every address of a host was tried, and all of that is reported as one.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const text = first instanceof Error ? first.message || first.name : String(first);
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, FAILURE_MAX_LENGTH)
    .toWellFormed();
}

/** Seconds or a date (RFC 9110); what cannot be read is as if it were not there. */
function readRetryAfter(header: string | string[] | undefined): number | null {
  const text = [header].flat()[0] ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - systemClock.now().getTime();
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), RETRY_AFTER_MAX_MS);
}
