import { Agent, request } from 'undici';

export interface CallOptions {
  readonly apiKey?: string;
  /** A client's, instead of a key. */
  readonly token?: string;
  readonly body?: unknown;
}

/** What came back, read strictly: anything that is not the API's envelope is `unreadable`. */
export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly key: string | null;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
      readonly data: unknown;
    }
  | { readonly kind: 'none'; readonly cause: string }
  | { readonly kind: 'unreadable'; readonly status: number; readonly text: string };

const ANSWER_WITHIN_MS = 10_000;
/** A run limits how many calls it makes at a time; those that wait here would seem to get no answer. */
const agent = new Agent({ connections: 512, pipelining: 1 });

/** One HTTP call, once; whether to try again is for a merchant to decide, not for its library. */
export async function call(method: 'GET' | 'POST', url: string, options: CallOptions = {}): Promise<Answer> {
  const { apiKey, token, body } = options;
  let status = 0;
  let text = '';
  try {
    const answer = await request(url, {
      method,
      dispatcher: agent,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        ...(apiKey === undefined ? {} : { 'api-key': apiKey }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    status = answer.statusCode;
    text = await answer.body.text();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { kind: 'none', cause: code };
  }
  return read(status, text);
}

interface Envelope {
  readonly success: boolean;
  readonly data?: unknown;
  readonly error?: { key: string; message: string | string[]; details?: Record<string, unknown> };
}

function read(status: number, text: string): Answer {
  try {
    const { success, data, error } = JSON.parse(text) as Envelope; // what is not of this shape fails below
    if (success !== status < 400 || (error === undefined) !== success) return { kind: 'unreadable', status, text };
    const message = [error?.message ?? ''].flat().join('; ');
    return { kind: 'answer', status, key: error?.key ?? null, message, details: error?.details ?? {}, data };
  } catch {
    return { kind: 'unreadable', status, text };
  }
}

/** Frees the connections, so that the process can end. */
export async function hangUp(): Promise<void> {
  await agent.destroy();
}
