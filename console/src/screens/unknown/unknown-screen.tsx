import { Button, Group, NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { CursorList } from '../../shared/cursor-list.tsx';
import type { Column } from '../../shared/data-table.tsx';
import { MerchantFilter } from '../../shared/merchant-filter.tsx';
import { Page } from '../../shared/page.tsx';
import { PushDialog } from './push-dialog.tsx';
import { isKind, pushVerb, type UnknownOutcome, useUnknownOutcomes } from './queries.ts';
import { unknownColumns } from './unknown-columns.tsx';

const route = getRouteApi('/signed-in/unknown');

/** Purchases and cancellations of which the marketplace gave no clear answer. */
export function UnknownScreen() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const [pushed, setPushed] = useState<UnknownOutcome | null>(null);
  const mayPush = useMay('push');
  const query = useUnknownOutcomes(filters);
  const set = (change: Partial<typeof filters>) => void navigate({ search: { ...filters, ...change } });
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <Page title="Unknown outcomes">
      <p style={{ margin: 0, maxWidth: '90ch' }} className="muted">
        The marketplace gave no clear answer to these. The gateway looks them up by itself, and buys or pays back
        nothing before it knows. Ask the marketplace about what stays here for hours.
      </p>
      <search>
        <Group gap="xs">
          <NativeSelect
            aria-label="Kind"
            size="sm"
            data={[
              { value: '', label: 'Both kinds' },
              { value: 'purchase', label: 'Purchases' },
              { value: 'cancellation', label: 'Cancellations' },
            ]}
            value={isKind(filters.kind) ? filters.kind : ''}
            onChange={({ currentTarget }) => set({ kind: currentTarget.value })}
          />
          {filters.merchant && (
            <MerchantFilter
              id={filters.merchant}
              name={rows.find(({ merchant }) => merchant.id === filters.merchant)?.merchant.name}
              onClear={() => set({ merchant: '' })}
            />
          )}
        </Group>
      </search>
      <CursorList
        query={query}
        caption="Unknown outcomes, oldest first"
        columns={mayPush ? [...unknownColumns, pushColumn(setPushed)] : unknownColumns}
        rowKey={({ id }) => id}
        first="oldest"
        empty={isFiltered ? 'Nothing matches. Change the filters.' : 'The outcome of everything is known.'}
      />
      {pushed && <PushDialog outcome={pushed} onClose={() => setPushed(null)} />}
    </Page>
  );
}

function pushColumn(onPush: (outcome: UnknownOutcome) => void): Column<UnknownOutcome> {
  return {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (outcome) => (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${pushVerb(outcome)} ${outcome.marketHashName} now`}
        onClick={() => onPush(outcome)}
      >
        {pushVerb(outcome)}…
      </Button>
    ),
  };
}
