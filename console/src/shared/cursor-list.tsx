import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { type QueryKey, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { LIVE_MS } from '../api/query-client.ts';
import { type Column, DataTable } from './data-table.tsx';
import { ErrorView } from './error-view.tsx';
import { StaleNotice } from './stale-notice.tsx';

export interface CursorPage<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}

/** More pages are not asked for again and again: a person who has gone so far reads what happened, not what happens. */
const LIVE_PAGES_MAX = 3;

/** What `useCursorList` returns. */
export type CursorQuery<Row> = UseInfiniteQueryResult<{ readonly pages: readonly CursorPage<Row>[] }>;

/**
 * A list of the API that is read page by page.
 * @param queryKey with every filter, so that another filter is another list
 */
export function useCursorList<Row>(
  queryKey: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<CursorPage<Row>>,
): CursorQuery<Row> {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined, // the type of the parameter follows from it
    getNextPageParam: ({ nextCursor }: CursorPage<Row>) => nextCursor ?? undefined,
    placeholderData: (earlier) => earlier,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > LIVE_PAGES_MAX ? false : LIVE_MS),
  });
}

interface CursorListProps<Row> {
  readonly query: CursorQuery<Row>;
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** Instead of rows, when the whole list was read and has none. */
  readonly empty: ReactNode;
  /** Which entries come first; absent: the newest. */
  readonly first?: 'newest' | 'oldest';
}

/** The rows of all pages that were read, and a button for the next one. A page can have no rows and still have a next one. */
export function CursorList<Row>(props: CursorListProps<Row>) {
  const { query, caption, columns, rowKey, empty, first = 'newest' } = props;
  if (query.isPending) return <Waiting />;
  if (!query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  const rows = query.data.pages.flatMap(({ items }) => items);
  const notYet = 'None in the part that was searched so far. There are more entries.';
  return (
    <Stack gap="sm" aria-busy={query.isPlaceholderData}>
      <StaleNotice query={query} />
      <DataTable
        caption={caption}
        columns={columns}
        rows={rows}
        rowKey={rowKey}
        empty={query.hasNextPage ? notYet : empty}
      />
      <Group justify="space-between" className="muted">
        <span role="status">{countText(rows.length, query.hasNextPage && first)}</span>
        {query.hasNextPage && (
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {rows.length === 0 ? 'Search further' : 'Load more'}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** @param first which of them are shown; false: all */
function countText(count: number, first: 'newest' | 'oldest' | false): string {
  if (count === 0) return '';
  return first ? `The ${first} ${count}` : `All ${count}`;
}

function Waiting() {
  return (
    <Stack gap={6} aria-busy="true" role="status" aria-label="Loading">
      {['head', 'first', 'second', 'third', 'fourth'].map((row) => (
        <Skeleton key={row} height={34} radius="sm" />
      ))}
    </Stack>
  );
}
