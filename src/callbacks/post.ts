import { Agent, type Dispatcher, request } from 'undici';
import { DAY_MS, systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Deps } from '../deps.ts';
import { readAllowList } from './allow-list.ts';
import { guardedConnector } from './guard.ts';
import type { Resolve } from './resolve.ts';
import { SIGNATURE_HEADER, type SigningSecrets, signatureHeader } from './signature.ts';

export const RESPONSE_KEPT_BYTES = 4096;
/** What a receiver may ask for by `Retry-After`: more than a day would outlive the attempts that are left. */
const RETRY_AFTER_MAX_MS = DAY_MS;

/** More than any answer needs that is read for its status and `Retry-After`. */
const RESPONSE_HEADERS_MAX_BYTES = 8 * 1024;
/** Enough to know what went wrong, and no more of what strangers may have put into it. */
const FAILURE_MAX_LENGTH = 300;

/**
 * Callbacks go to many hosts that may be slow, gone or hostile: connections of their own, opened by the guard, and no
 * redirects. How many there are is limited by merchant (`lanes.ts`), not by host: merchants of one host must not wait
 * for one another.
 */
export function createCallbackDispatcher(config: Pick<Config, 'callbackAllow'>, resolve?: Resolve): Dispatcher {
  return new Agent({
    pipelining: 1,
    keepAliveTimeout: 10_000,
    maxHeaderSize: RESPONSE_HEADERS_MAX_BYTES,
    connect: guardedConnector(readAllowList(config.callbackAllow), resolve),
  });
}

/** One message to a merchant, and what came of it. */
export interface Reply {
  readonly at: Date;
  readonly durationMs: number;
  /** null: no answer came. */
  readonly status: number | null;
  /** What was seen instead of an answer; null: one came, whatever it says. */
  readonly failure: string | null;
  /** The beginning of the answer's body. */
  readonly response: string | null;
  /** The body goes on beyond that. */
  readonly isCut: boolean;
  /** How long the receiver asked to be left alone; null: it did not say. */
  readonly retryAfterMs: number | null;
}

export interface PostLimits {
  readonly timeoutMs: number;
  /** How much of the answer is read; absent: as much as is kept of an attempt, 4 KB. */
  readonly readMaxBytes?: number;
}

export interface Message {
  readonly id: string;
  readonly body: string;
}

/** Posts a message, signed with the time of this very attempt. Never throws: what went wrong is in the reply. */
export async function postSigned(
  deps: Deps,
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
  { timeoutMs, readMaxBytes = RESPONSE_KEPT_BYTES }: PostLimits,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const at = deps.clock.now();
  const started = performance.now();
  const reply = { at, status: null, failure: null, response: null, isCut: false, retryAfterMs: null };
  const took = () => Math.trunc(performance.now() - started);
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher: deps.callbackDispatcher,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { 'content-type': 'application/json', 'user-agent': 'skinrail', ...headers },
      body,
    });
    const begun = await firstBytes(answer.body, readMaxBytes);
    const retryAfterMs = readRetryAfter(answer.headers['retry-after']);
    return { ...reply, ...begun, durationMs: took(), status: answer.statusCode, retryAfterMs };
  } catch (error) {
    return { ...reply, durationMs: took(), failure: failureIn(error) };
  }
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

/** Reads no more than is wanted: a receiver may answer without end. NUL cannot be stored as text. */
async function firstBytes(body: AsyncIterable<Buffer>, maxBytes: number) {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  const response = Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8').replaceAll('\0', '');
  return { response, isCut: size > maxBytes };
}
