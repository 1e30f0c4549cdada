import { CloseButton, Group, NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { isStaff, useMe } from '../../api/session.ts';
import { CursorList } from '../../shared/cursor-list.tsx';
import { ExportCsv } from '../../shared/export-csv.tsx';
import { Page } from '../../shared/page.tsx';
import { SearchField } from '../../shared/search-field.tsx';
import { isStatus, queryOf, statuses, type TradeEntry, useTrades } from './queries.ts';
import { tradeColumns } from './trade-columns.tsx';

const route = getRouteApi('/signed-in/trades');

/** Looks for trades by any id, a Steam id or a part of an item's name. */
export function TradesScreen() {
  const me = useMe();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: Partial<typeof filters>, replace = false) =>
    void navigate({ search: { ...filters, ...change }, replace });
  const asked = queryOf(filters);
  const query = useTrades(asked);
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <Page title="Trades" aside={<ExportCsv path="/operator/v1/trades.csv" filters={asked} />}>
      <search>
        <Group gap="xs">
          <SearchField
            label="Search trades"
            placeholder="Any id, external id, Steam id or part of an item’s name"
            value={filters.q ?? ''}
            onSearch={(q) => set({ q }, true)}
          />
          <NativeSelect
            aria-label="Status"
            size="sm"
            data={[{ value: '', label: 'Every status' }, ...statuses]}
            value={isStatus(filters.status) ? filters.status : ''}
            onChange={({ currentTarget }) => set({ status: currentTarget.value })}
          />
          {filters.merchant && (
            <MerchantFilter
              name={merchantName(query.data?.pages[0]?.items ?? [], filters.merchant)}
              onClear={() => set({ merchant: '' })}
            />
          )}
        </Group>
      </search>
      <CursorList
        query={query}
        caption="Trades, newest first"
        columns={tradeColumns({ showsMerchants: isStaff(me) })}
        rowKey={({ id }) => id}
        empty={isFiltered ? 'No trade matches. Change the search or the filters.' : 'There are no trades yet.'}
      />
    </Page>
  );
}

function MerchantFilter({ name, onClear }: { readonly name: string; readonly onClear: () => void }) {
  return (
    <Group gap={4} wrap="nowrap">
      <span>
        <span className="muted">Merchant</span> {name}
      </span>
      <CloseButton size="sm" aria-label="Show all merchants" onClick={onClear} />
    </Group>
  );
}

function merchantName(entries: readonly TradeEntry[], id: string): string {
  return entries.find(({ merchant }) => merchant.id === id)?.merchant.name ?? `…${id.slice(-8)}`;
}
