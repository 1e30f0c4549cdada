import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Notice } from '../../shared/notice.tsx';
import classes from './marketplace.module.css';
import type { MarketplaceDetails, Setting } from './queries.ts';

/** What the operator has set, without secrets. */
export function Settings({ settings }: Pick<MarketplaceDetails, 'settings'>) {
  if (settings === null) {
    return (
      <Notice tone="waiting" title="The settings cannot be shown">
        The account was removed, or was encrypted with another SECRET_KEY.
      </Notice>
    );
  }
  return (
    <DataTable
      caption="Settings"
      columns={columns}
      rows={settings}
      rowKey={({ name }) => name}
      empty="This kind of account has no settings."
    />
  );
}

const columns: readonly Column<Setting>[] = [
  { header: 'Setting', cell: ({ name }) => <span className="mono">{name}</span> },
  { header: 'Value', cell: (setting) => <Value setting={setting} /> },
];

/** Longer ones are shown whole when a person opens them. */
const SHORT = 100;

function Value({ setting: { value, isDefault } }: { readonly setting: Setting }) {
  if (value === null) return <span className="muted">{isDefault ? 'not set' : 'set; a secret is never shown'}</span>;
  if (value.length > SHORT) {
    return (
      <details className={classes['value']}>
        <summary>{value.slice(0, SHORT)}…</summary>
        {value}
      </details>
    );
  }
  return (
    <span className={classes['value']}>
      {value === '' ? <span className="muted">empty</span> : value}
      {isDefault && <span className="muted"> (default)</span>}
    </span>
  );
}
