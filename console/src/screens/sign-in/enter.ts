import { useRouter } from '@tanstack/react-router';
import type { Me } from '../../api/schema.d.ts';
import { sessionQuery } from '../../api/session.ts';
import { learnGatewayTime } from '../../shared/gateway-clock.ts';

/**
 * Opens a screen as the person who has just signed in.
 * @param to the address of the console that was asked for before; absent: the first screen
 */
export function useEnter(): (me: Me, to?: string) => Promise<void> {
  const router = useRouter();
  return async (me, to) => {
    const { queries } = router.options.context;
    // Nothing that another person has seen here stays.
    queries.clear();
    learnGatewayTime(me.now);
    queries.setQueryData(sessionQuery.queryKey, me);
    if (isOwn(to)) router.history.push(to);
    else await router.navigate({ to: '/' });
  };
}

/** An address of another site must not be opened because a link has named it. */
function isOwn(to: string | undefined): to is string {
  return to?.startsWith('/console/') ?? false;
}
