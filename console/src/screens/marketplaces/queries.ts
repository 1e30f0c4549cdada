import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { Marketplace } from '../../api/schema.d.ts';

export type { Marketplace };

/** The accounts at marketplaces, by id. */
export function useMarketplaces() {
  return useQuery({
    queryKey: ['marketplaces'],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/marketplaces', { signal })),
    refetchInterval: LIVE_MS,
  });
}
