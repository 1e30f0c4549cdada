import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorView } from './error-view.tsx';
import { StaleNotice } from './stale-notice.tsx';

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** About that of what comes, so that little moves when it is there. */
  readonly height: number;
  readonly children: (data: Data) => ReactNode;
}

/** What a query has read, or that it waits, has failed, or could not be brought up to date. */
export function QueryView<Data>({ query, height, children }: QueryViewProps<Data>) {
  if (query.data !== undefined) {
    return (
      <>
        <StaleNotice query={query} />
        {children(query.data)}
      </>
    );
  }
  if (query.isPending) {
    return (
      <div role="status" aria-label="Loading">
        <Skeleton height={height} radius="sm" />
      </div>
    );
  }
  return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
}
