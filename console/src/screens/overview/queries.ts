import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { HourOfActivity, MarketplaceOutcomes, Overview } from '../../api/schema.d.ts';

export type { HourOfActivity, MarketplaceOutcomes, Overview };
export type Attention = Overview['attention'][number];

/** Adding up hours costs more than reading a page of a list. */
const CHARTS_MS = 15_000;

export type Hours = 24 | 72;

/** @param text of the address, which can have anything */
export function hoursIn(text: string | undefined): Hours {
  return text === '72' ? 72 : 24;
}

export function useOverview() {
  return useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/overview', { signal })),
    refetchInterval: LIVE_MS,
  });
}

export function useActivity(hours: Hours) {
  return useQuery({
    queryKey: ['activity', hours],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/activity', { params: { query: { hours } }, signal })),
    placeholderData: (earlier) => earlier,
    refetchInterval: CHARTS_MS,
  });
}

/** For staff. */
export function useMarketplaceOutcomes(hours: Hours) {
  return useQuery({
    queryKey: ['marketplace-outcomes', hours],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/operator/v1/marketplace-outcomes', { params: { query: { hours } }, signal })),
    placeholderData: (earlier) => earlier,
    refetchInterval: CHARTS_MS,
  });
}
