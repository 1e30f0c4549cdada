import { Checkbox, Group } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { DataTable } from '../../shared/data-table.tsx';
import { Loaded } from '../../shared/loaded.tsx';
import { Page, Section } from '../../shared/page.tsx';
import { SearchField } from '../../shared/search-field.tsx';
import { StaffOnly } from '../../shared/staff-only.tsx';
import { columns } from './columns.tsx';
import { matching, type SettingFilter, type SettingGroup, useSettings } from './queries.ts';

const route = getRouteApi('/signed-in/settings');

/** What the address says for `onlyChanged`. */
const CHANGED = 'changed';

/** With what the gateway was started, to read only. */
export function SettingsScreen() {
  const { q = '', only } = route.useSearch();
  const navigate = route.useNavigate();
  const onlyChanged = only === CHANGED;
  const set = (change: { readonly q?: string; readonly only?: string }) =>
    void navigate({ search: { q, only, ...change }, replace: true });
  return (
    <Page title="Settings">
      <StaffOnly>
        <p className="muted" style={{ margin: 0, maxWidth: '90ch' }}>
          These are the settings of the node that answered; other nodes can have different ones. They are changed where
          the gateway is started, with environment variables or flags.
        </p>
        <Group gap="md" component="search">
          <SearchField
            label="Filter settings"
            placeholder="A part of a name or of a meaning"
            value={q}
            onSearch={(text) => set({ q: text })}
          />
          <Checkbox
            label="Only changed ones"
            checked={onlyChanged}
            onChange={({ currentTarget }) => set({ only: currentTarget.checked ? CHANGED : '' })}
          />
        </Group>
        <Groups filter={{ q, onlyChanged }} />
      </StaffOnly>
    </Page>
  );
}

function Groups({ filter }: { readonly filter: SettingFilter }) {
  return (
    <Loaded query={useSettings()} height={600}>
      {(groups) => <Matching groups={matching(groups, filter)} />}
    </Loaded>
  );
}

function Matching({ groups }: { readonly groups: readonly SettingGroup[] }) {
  if (groups.length === 0) {
    return <DataTable caption="Settings" columns={columns} rows={[]} rowKey={keyOf} empty="No setting matches." />;
  }
  return groups.map(({ title, settings }) => (
    <Section key={title} title={title}>
      <DataTable caption={title} columns={columns} rows={settings} rowKey={keyOf} empty="" />
    </Section>
  ));
}

function keyOf({ variable }: { readonly variable: string }): string {
  return variable;
}
