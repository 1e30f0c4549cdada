import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorView } from './error-view.tsx';
import { StaleNotice } from './stale-notice.tsx';

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** About that of what comes, so that little moves when it is there. */
  readonly height?: number;
  readonly children: (data: Data) => ReactNode;
}

/** What a query has read, or that it waits, has failed, or could not be brought up to date. */
export function Loaded<Data>({ query, height = 280, children }: LoadedProps<Data>) {
  if (query.data !== undefined) {
    return (
      <>
        <StaleNotice query={query} />
        {children(query.data)}
      </>
    );
  }
  if (!query.isPending) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div role="status" aria-busy="true" aria-label="Loading">
      <Skeleton height={height} radius="sm" />
    </div>
  );
}
