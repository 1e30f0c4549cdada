import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { Verification } from '../../api/schema.d.ts';

export type { Verification };
export type VerifyRun = NonNullable<Verification['lastRun']>;
export type Rule = VerifyRun['rules'][number];

/** What the last run on any node has found. */
export function useVerification() {
  return useQuery({
    queryKey: ['verify'],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/verify', { signal })),
    refetchInterval: LIVE_MS,
  });
}
