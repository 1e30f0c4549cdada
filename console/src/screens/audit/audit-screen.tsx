import { Button, Group } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { isStaff, useMe } from '../../api/session.ts';
import { CursorList } from '../../shared/cursor-list.tsx';
import { ExportCsv } from '../../shared/export-csv.tsx';
import { Page } from '../../shared/page.tsx';
import { SearchField } from '../../shared/search-field.tsx';
import { auditColumns } from './audit-columns.tsx';
import { operatorOf, queryOf, useAudit } from './queries.ts';
import { TrailDialog } from './trail-dialog.tsx';

const route = getRouteApi('/signed-in/audit');

const OPERATOR_MAX = 300;

/** Who did what, from where, and what it has changed. */
export function AuditScreen() {
  const { operator } = route.useSearch();
  const navigate = route.useNavigate();
  const filters = queryOf(operator);
  const query = useAudit(filters);
  const mayRead = isStaff(useMe());
  const [isChecking, setIsChecking] = useState(false);
  return (
    <Page
      title="Audit"
      aside={
        mayRead && (
          <Group gap="xs" ml="auto">
            <ExportCsv path="/operator/v1/audit.csv" filters={filters} />
            <Button variant="default" onClick={() => setIsChecking(true)}>
              Check the trail…
            </Button>
          </Group>
        )
      }
    >
      <search>
        <SearchField
          label="Only what one operator did"
          placeholder="An operator’s e-mail address, or name at the command line"
          maxLength={OPERATOR_MAX}
          value={operator ?? ''}
          onSearch={(text) => void navigate({ search: { operator: operatorOf(text) }, replace: true })}
        />
      </search>
      <CursorList
        query={query}
        caption="Commands, newest first"
        columns={auditColumns}
        rowKey={({ id }) => id}
        empty={operator ? `Nothing is recorded of ${operator}. The whole name is needed.` : 'Nothing is recorded yet.'}
      />
      {isChecking && <TrailDialog onClose={() => setIsChecking(false)} />}
    </Page>
  );
}
