import { Group, Pagination, Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Column, DataTable } from './data-table.tsx';
import { ErrorView } from './error-view.tsx';
import { StaleNotice } from './stale-notice.tsx';

export interface NumberedPage<Row> {
  readonly items: readonly Row[];
  /** Of all pages. */
  readonly count: number;
}

/** Of a page's number in an address; an invalid one is the first page. */
export function pageIn(text: string | undefined): number {
  return /^[1-9]\d{0,3}$/.test(text ?? '') ? Number(text) : 1;
}

interface PagedListProps<Row> {
  readonly query: UseQueryResult<NumberedPage<Row>>;
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  readonly onPage: (page: number) => void;
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** Instead of rows, when no page has any. */
  readonly empty: ReactNode;
}

/** A list of the API whose pages have numbers. */
export function PagedList<Row>(props: PagedListProps<Row>) {
  const { query, page, perPage, onPage, caption, columns, rowKey, empty } = props;
  if (query.isPending) return <Skeleton height={280} radius="sm" role="status" aria-label="Loading" />;
  if (!query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  const { items, count } = query.data;
  const pages = Math.ceil(count / perPage);
  return (
    <Stack gap="sm" aria-busy={query.isPlaceholderData}>
      <StaleNotice query={query} />
      <DataTable
        caption={caption}
        columns={columns}
        rows={items}
        rowKey={rowKey}
        empty={count === 0 ? empty : `There is no page ${page}.`}
      />
      <Group justify="space-between">
        <span role="status" className="muted">
          {countText({ first: (page - 1) * perPage + 1, shown: items.length, count })}
        </span>
        {(pages > 1 || page > 1) && count > 0 && <Pages total={pages} page={page} onPage={onPage} />}
      </Group>
    </Stack>
  );
}

interface Shown {
  /** The number of the first row on this page. */
  readonly first: number;
  readonly shown: number;
  readonly count: number;
}

function countText({ first, shown, count }: Shown): string {
  if (shown === 0) return '';
  if (shown === count) return `All ${count}`;
  return `${first} to ${first + shown - 1} of ${count.toLocaleString()}`;
}

const controls = { first: 'First page', previous: 'Previous page', next: 'Next page', last: 'Last page' };

function Pages({ total, page, onPage }: { readonly total: number } & Pick<PagedListProps<unknown>, 'page' | 'onPage'>) {
  return (
    <nav aria-label="Pages">
      <Pagination
        size="sm"
        total={total}
        value={page}
        onChange={onPage}
        getControlProps={(control) => ({ 'aria-label': controls[control] })}
        getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
      />
    </nav>
  );
}
