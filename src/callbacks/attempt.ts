import { Agent, type Dispatcher, request } from 'undici';
import { systemClock } from '../clock.ts';
import type { DeliveryRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { SIGNATURE_HEADER, signatureHeader } from './signature.ts';

const RESPONSE_KEPT_BYTES = 4096;

/** Callbacks go to many hosts that may be slow or gone: connections of their own, and no redirects. */
export function createCallbackDispatcher(): Dispatcher {
  return new Agent({ connections: 16, pipelining: 1, keepAliveTimeout: 10_000 });
}

interface Target {
  readonly url: string | null;
  readonly secret: string;
}

async function targetOf(deps: Deps, merchantId: string): Promise<Target> {
  const merchant = await deps.db
    .selectFrom('merchant')
    .select(['callback_url', 'api_secret_sealed'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  return { url: merchant.callback_url, secret: deps.secrets.open(merchant.api_secret_sealed) };
}

export interface Attempt {
  readonly delivered: boolean;
  readonly at: Date;
  readonly durationMs: number;
  readonly status: number | null;
  readonly failure: string | null;
  readonly response: string | null;
}

/** One attempt to deliver. 2xx within the time limit is success; everything else is not. */
export async function attemptDelivery(deps: Deps, delivery: DeliveryRow): Promise<Attempt> {
  const target = await targetOf(deps, delivery.merchant_id);
  const at = deps.clock.now();
  const started = performance.now();
  const took = () => Math.trunc(performance.now() - started);
  if (!target.url) {
    return { delivered: false, at, durationMs: 0, status: null, failure: 'no callback URL is set', response: null };
  }
  try {
    const answer = await post(deps, delivery, target.url, target.secret);
    const delivered = answer.status >= 200 && answer.status < 300;
    const failure = delivered ? null : `answered ${answer.status}`;
    return { delivered, at, durationMs: took(), status: answer.status, failure, response: answer.text };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { delivered: false, at, durationMs: took(), status: null, failure, response: null };
  }
}

async function post(deps: Deps, delivery: DeliveryRow, url: string, secret: string) {
  const { id, body } = delivery;
  // Real time even in the sandbox: receivers hold it against their own clocks, which nobody moves.
  const time = systemClock.now().toISOString();
  const answer = await request(url, {
    method: 'POST',
    dispatcher: deps.callbackDispatcher,
    signal: AbortSignal.timeout(deps.config.callbackTimeoutMs),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'skinrail',
      [SIGNATURE_HEADER]: signatureHeader(secret, { id, time, body }),
    },
    body,
  });
  return { status: answer.statusCode, text: await firstBytes(answer.body) };
}

/** Reads no more than is kept: a receiver may answer without end. NUL cannot be stored as text. */
async function firstBytes(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= RESPONSE_KEPT_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, RESPONSE_KEPT_BYTES).toString('utf8').replaceAll('\0', '');
}
