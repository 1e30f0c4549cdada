import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { DualControl, FundingRequest } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { DualControl, FundingRequest };

const PAGE = 50;

/** What waits for a second person. */
export function useWaitingRequests(): CursorQuery<FundingRequest> {
  return useCursorList(['funding-requests', 'waiting'], (cursor, signal) => {
    const query = { state: 'waiting' as const, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    return dataOf(api.GET('/operator/v1/funding-requests', { params: { query }, signal }));
  });
}

/** What was decided: the gateway lists it together with what waits. */
export function useDecidedRequests(): CursorQuery<FundingRequest> {
  return useCursorList(['funding-requests', 'decided'], async (cursor, signal) => {
    const query = { state: 'all' as const, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await dataOf(api.GET('/operator/v1/funding-requests', { params: { query }, signal }));
    return { ...page, items: page.items.filter(({ state }) => state !== 'waiting') };
  });
}

export function decide(requestId: string, decision: 'approve' | 'reject'): Promise<FundingRequest> {
  const params = { path: { requestId } };
  if (decision === 'approve') return dataOf(api.POST('/operator/v1/funding-requests/{requestId}/approve', { params }));
  return dataOf(api.POST('/operator/v1/funding-requests/{requestId}/reject', { params }));
}

/** Above which amount a second person is needed. */
export function useDualControl() {
  return useQuery({
    queryKey: ['dual-control'],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/dual-control', { signal })),
    refetchInterval: LIVE_MS,
  });
}

/** @returns what waits for a second person; null: the change counts */
export async function changeDualControl(above: string | null, reason: string): Promise<FundingRequest | null> {
  return (await dataOf(api.PUT('/operator/v1/dual-control', { body: { above, reason } }))).request;
}
