import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { Key, MerchantDetails, operations } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { Key, MerchantDetails };
export type Limit = MerchantDetails['limits'][number];

const PAGE = 50;

export function useMerchant(merchantId: string) {
  return useQuery({
    queryKey: ['merchant', merchantId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/operator/v1/merchants/{merchantId}', { params: { path: { merchantId } }, signal })),
    // Who may not see it, or has a wrong address, would be told the same again and again.
    refetchInterval: ({ state }) => (state.data ? LIVE_MS : false),
  });
}

type Settings = operations['putMerchantsByMerchantId']['requestBody']['content']['application/json'];

export function changeSettings(merchantId: string, body: Settings): Promise<MerchantDetails> {
  return dataOf(api.PUT('/operator/v1/merchants/{merchantId}', { params: { path: { merchantId } }, body }));
}

export function useKeys(merchantId: string): CursorQuery<Key> {
  return useCursorList(['keys', merchantId], (cursor, signal) => {
    const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const params = { path: { merchantId }, query };
    return dataOf(api.GET('/operator/v1/merchants/{merchantId}/keys', { params, signal }));
  });
}

type NewKey = operations['postMerchantsByMerchantIdKeys']['requestBody']['content']['application/json'];

/** A key as it is told once. */
export interface MadeKey {
  readonly key: Key;
  readonly apiKey: string;
}

export function createKey(merchantId: string, body: NewKey): Promise<MadeKey> {
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/keys', { params: { path: { merchantId } }, body }));
}

export function rollKey(keyId: string, overlapSeconds: number): Promise<MadeKey> {
  return dataOf(api.POST('/operator/v1/keys/{keyId}/roll', { params: { path: { keyId } }, body: { overlapSeconds } }));
}

export function revokeKey(keyId: string): Promise<Key> {
  return dataOf(api.POST('/operator/v1/keys/{keyId}/revoke', { params: { path: { keyId } } }));
}

export function setAllowedIps(keyId: string, allowedIps: string[]): Promise<Key> {
  return dataOf(api.PUT('/operator/v1/keys/{keyId}', { params: { path: { keyId } }, body: { allowedIps } }));
}

export function rotateSecret(merchantId: string, graceSeconds: number) {
  const params = { path: { merchantId } };
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/rotate-secret', { params, body: { graceSeconds } }));
}

type CallbackUrl = operations['putMerchantsByMerchantIdCallbackUrl']['requestBody']['content']['application/json'];

export function setCallbackUrl(merchantId: string, body: CallbackUrl): Promise<MerchantDetails> {
  const params = { path: { merchantId } };
  return dataOf(api.PUT('/operator/v1/merchants/{merchantId}/callback-url', { params, body }));
}

export function enableCallbacks(merchantId: string) {
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/callbacks/enable', { params: { path: { merchantId } } }));
}

export function useOrigins(merchantId: string) {
  return useQuery({
    queryKey: ['origins', merchantId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/operator/v1/merchants/{merchantId}/origins', { params: { path: { merchantId } }, signal })),
    refetchInterval: LIVE_MS,
  });
}

export function setOrigins(merchantId: string, origins: string[]): Promise<string[]> {
  const params = { path: { merchantId } };
  return dataOf(api.PUT('/operator/v1/merchants/{merchantId}/origins', { params, body: { origins } }));
}
