import createClient from 'openapi-fetch';
import { ApiFailure, failureOf } from './failure.ts';
import type { paths } from './schema.d.ts';

/** Typed calls of the operator API. The session is a cookie, which the browser adds. */
export const api = createClient<paths>({ credentials: 'same-origin' });

interface Envelope<T> {
  readonly data?: { readonly data: T };
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The data of an answer.
 * @throws ApiFailure
 */
export async function dataOf<T>(call: Promise<Envelope<T>>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw unreachable(cause);
  });
  if (data) return data.data;
  throw failureOf(error, response);
}

/** A request that a newer one has replaced stays what it is: TanStack Query knows it by its name. */
function unreachable(cause: unknown): unknown {
  if (cause instanceof DOMException && cause.name === 'AbortError') return cause;
  return new ApiFailure('The gateway cannot be reached.', { key: 'UNREACHABLE' });
}
