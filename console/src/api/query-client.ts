import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiFailure, isFailure } from './failure.ts';

/** How often a screen that is visible asks again. */
export const LIVE_MS = 5000;

const RETRIES = 2;

/** @param onSignedOut is called when a request finds that nobody is signed in any more */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const queryCache = new QueryCache({
    onError: (error) => {
      if (isFailure(error, 'NOT_SIGNED_IN')) onSignedOut();
    },
  });
  return new QueryClient({
    queryCache,
    defaultOptions: { queries: { retry: (count, error) => count < RETRIES && mayPass(error), staleTime: 2000 } },
  });
}

/** Whether asking again can help. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiFailure && (error.key === 'UNREACHABLE' || error.key === 'SERVICE_UNAVAILABLE');
}
