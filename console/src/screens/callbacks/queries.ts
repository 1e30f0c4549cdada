import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type {
  CallbackEntry,
  CallbackEntryDetails,
  MerchantDetails,
  operations,
  SignatureReport,
  SignatureTest,
} from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { CallbackEntry, CallbackEntryDetails, MerchantDetails, SignatureReport, SignatureTest };
export type CallbackAttempt = CallbackEntryDetails['attemptDetails'][number];

/** Of the file; the list has pages as well. */
type Query = NonNullable<operations['getCallbacksCsv']['parameters']['query']>;
type State = CallbackEntry['state'];

export interface CallbackFilters {
  readonly state?: string;
  /** The id of the merchant. */
  readonly merchant?: string;
  /** The id of the trade. */
  readonly trade?: string;
  /** Steps of trades that happened then or later, and earlier. */
  readonly from?: string;
  readonly to?: string;
}

export const states: readonly State[] = ['pending', 'delivered', 'failed'];

/** An address can name a state that does not exist. */
export function isState(text: string | undefined): text is State {
  return states.some((state) => state === text);
}

const PAGE = 50;

/** What the gateway is asked for. */
export function queryOf({ state, merchant, trade, from, to }: CallbackFilters): Query {
  return {
    ...(isState(state) ? { state } : {}),
    ...(merchant ? { merchantId: merchant } : {}),
    ...(trade ? { tradeId: trade } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

export function useCallbacks(filters: Query): CursorQuery<CallbackEntry> {
  return useCursorList(['callbacks', filters], (cursor, signal) => {
    const query = { ...filters, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    return dataOf(api.GET('/operator/v1/callbacks', { params: { query }, signal }));
  });
}

export function useCallback(id: string) {
  return useQuery({
    queryKey: ['callback', id],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/callbacks/{id}', { params: { path: { id } }, signal })),
    refetchInterval: LIVE_MS,
  });
}

/** @param id undefined: none is asked for */
export function useMerchant(id: string | undefined) {
  return useQuery({
    queryKey: ['merchant', id ?? ''],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/operator/v1/merchants/{merchantId}', { params: { path: { merchantId: id ?? '' } }, signal })),
    refetchInterval: LIVE_MS,
    enabled: id !== undefined,
  });
}

export async function replayCallback(id: string): Promise<void> {
  await dataOf(api.POST('/operator/v1/callbacks/{id}/replay', { params: { path: { id } } }));
}

interface Range {
  readonly from: string;
  /** Absent: until now. */
  readonly to?: string;
}

/** Sends again the failed callbacks of a time. */
export function replayFailed(merchantId: string, body: Range) {
  const params = { path: { merchantId } };
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/callbacks/replay', { params, body }));
}

export function testCallbacks(merchantId: string): Promise<SignatureTest> {
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/callbacks/test', { params: { path: { merchantId } } }));
}

export async function enableCallbacks(merchantId: string): Promise<void> {
  await dataOf(api.POST('/operator/v1/merchants/{merchantId}/callbacks/enable', { params: { path: { merchantId } } }));
}

/** @param signed the value of the header, and the body that came with it */
export function checkSignature(
  merchantId: string,
  signed: { readonly header: string; readonly body: string },
): Promise<SignatureReport> {
  const params = { path: { merchantId } };
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/callbacks/verify-signature', { params, body: signed }));
}
