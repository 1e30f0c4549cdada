import createClient from 'openapi-fetch';
import type { Failure, paths } from './api.ts';

/** Calls to the gateway, typed by its OpenAPI document. */
export function connect(baseUrl: string, headers: Record<string, string>) {
  return createClient<paths>({ baseUrl, headers });
}

/** @returns the data of an answer @throws Error with key and requestId when the gateway refuses */
export async function dataOf<T>(answer: Promise<{ data?: { data: T }; error?: Failure }>): Promise<T> {
  const { data, error } = await answer;
  if (data) return data.data;
  throw new Error(`${error?.error.key}: ${error?.error.message} (request ${error?.requestId})`);
}
