import { useQuery } from '@tanstack/react-query';
import createClient from 'openapi-fetch';
import { dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { DemoShop, paths, SandboxClock, TestListing } from '../../api/sandbox.d.ts';

export type { DemoShop, SandboxClock, TestListing };
export type Approvals = DemoShop['approvals'];

/** These routes are open to everyone who reaches the sandbox. */
const sandbox = createClient<paths>({ credentials: 'same-origin' });

export function useClock() {
  return useQuery({
    queryKey: ['sandbox', 'clock'],
    queryFn: ({ signal }) => dataOf(sandbox.GET('/sandbox/clock', { signal })),
    refetchInterval: LIVE_MS,
  });
}

/** @param advance a duration such as `31m` */
export function moveClock(advance: string): Promise<SandboxClock> {
  return dataOf(sandbox.POST('/sandbox/clock', { body: { advance } }));
}

/** They stay as they are while the sandbox runs. */
export function useTestListings() {
  return useQuery({
    queryKey: ['sandbox', 'listings'],
    queryFn: ({ signal }) => dataOf(sandbox.GET('/sandbox/listings', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useShop() {
  return useQuery({
    queryKey: ['sandbox', 'shop'],
    queryFn: ({ signal }) => dataOf(sandbox.GET('/sandbox/shop', { signal })),
    refetchInterval: LIVE_MS,
  });
}

export async function setApprovals(approvals: Approvals): Promise<void> {
  await dataOf(sandbox.POST('/sandbox/shop', { body: { approvals } }));
}
