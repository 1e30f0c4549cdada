import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { MarketplaceDetails, MarketplacePolicy, ResumedMarketplace, StartedFreeze } from '../../api/schema.d.ts';

export type { MarketplaceDetails, MarketplacePolicy };
export type Difference = MarketplaceDetails['differences'][number];
export type Setting = NonNullable<MarketplaceDetails['settings']>[number];
export type NamedMerchant = MarketplaceDetails['access']['merchants'][number];

const pathOf = (marketplaceId: string) => ({ path: { marketplaceId } });

export function useMarketplace(id: string) {
  return useQuery({
    queryKey: ['marketplaces', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/operator/v1/marketplaces/{marketplaceId}', { params: pathOf(id), signal })),
    refetchInterval: LIVE_MS,
  });
}

export function pause(id: string, reason: string): Promise<StartedFreeze> {
  return dataOf(api.POST('/operator/v1/marketplaces/{marketplaceId}/pause', { params: pathOf(id), body: { reason } }));
}

export function resume(id: string): Promise<ResumedMarketplace> {
  return dataOf(api.POST('/operator/v1/marketplaces/{marketplaceId}/resume', { params: pathOf(id) }));
}

/** What is left out stays as it is. */
export interface PolicyChange {
  readonly game: MarketplacePolicy['game'];
  readonly markupBps?: number;
  readonly preference?: number;
}

export async function changePolicy(id: string, change: PolicyChange): Promise<void> {
  await dataOf(api.PUT('/operator/v1/marketplaces/{marketplaceId}/policy', { params: pathOf(id), body: change }));
}
