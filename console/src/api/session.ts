import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { learnGatewayTime } from '../shared/gateway-clock.ts';
import { api, dataOf } from './client.ts';
import type { Me } from './schema.d.ts';

/** What a person may do, as the gateway names it. */
export type Permission = 'read' | 'push' | 'cancel' | 'integrate' | 'members' | 'operate' | 'fund' | 'staff';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const me = await dataOf(api.GET('/operator/v1/session', { signal }));
    learnGatewayTime(me.now);
    return me;
  },
  staleTime: 60_000,
});

/** Who is signed in. For screens that are shown to people who are. */
export function useMe(): Me {
  return useSuspenseQuery(sessionQuery).data;
}

export function useMay(permission: Permission): boolean {
  return useMe().permissions.includes(permission);
}

/** Staff see every merchant; members see their own. */
export function isStaff({ merchant }: Me): boolean {
  return merchant === null;
}
