import { getRouteApi } from '@tanstack/react-router';
import { useMe } from '../../api/session.ts';
import { CursorList } from '../../shared/cursor-list.tsx';
import { ExportCsv } from '../../shared/export-csv.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Page } from '../../shared/page.tsx';
import { callbackColumns } from './callback-columns.tsx';
import { CallbackFilterBar } from './callback-filter-bar.tsx';
import { problemOf } from './filter-problems.ts';
import { MerchantPanel } from './merchant-panel.tsx';
import { type CallbackFilters, queryOf, useCallbacks } from './queries.ts';

const route = getRouteApi('/signed-in/callbacks');

/** What merchants' servers were told, whether they accepted it, and what to do when they do not. */
export function CallbacksScreen() {
  const me = useMe();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const merchantId = me.merchant?.id ?? filters.merchant;
  const problem = problemOf(filters);
  return (
    <Page
      title="Callbacks"
      aside={!problem && <ExportCsv path="/operator/v1/callbacks.csv" filters={queryOf(filters)} />}
    >
      <CallbackFilterBar
        filters={filters}
        onChange={(change, replace = false) => void navigate({ search: { ...filters, ...change }, replace })}
      />
      {merchantId !== undefined && <MerchantPanel key={merchantId} merchantId={merchantId} range={filters} />}
      {problem ? <Notice tone="waiting">{problem.text}</Notice> : <List filters={filters} />}
    </Page>
  );
}

function List({ filters }: { readonly filters: CallbackFilters }) {
  const isForStaff = useMe().merchant === null;
  const query = useCallbacks(queryOf(filters));
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <CursorList
      query={query}
      caption="Callbacks, newest first"
      columns={callbackColumns({ showsMerchants: isForStaff && !filters.merchant })}
      rowKey={({ id }) => id}
      empty={isFiltered ? 'No callback matches. Change the filters.' : 'Nothing was to be told yet.'}
    />
  );
}
