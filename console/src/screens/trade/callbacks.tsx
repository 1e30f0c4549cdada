import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import type { Callback } from './queries.ts';

/** What the merchant's server was told, and whether it accepted that. */
export function Callbacks({ callbacks }: { readonly callbacks: readonly Callback[] }) {
  return (
    <DataTable
      caption="Callbacks"
      columns={columns}
      rows={callbacks}
      rowKey={({ id }) => id}
      empty="Nothing was to be told to the merchant yet."
    />
  );
}

const columns: readonly Column<Callback>[] = [
  { header: 'Number', cell: ({ number }) => number },
  {
    header: 'State',
    cell: ({ state, lastFailure, dueAt }) => (
      <>
        <StateBadge state={state} />
        {lastFailure !== null && <div className="muted">{lastFailure}</div>}
        {state === 'pending' && dueAt !== null && (
          <div className="muted">
            next attempt <Time at={dueAt} />
          </div>
        )}
      </>
    ),
  },
  { header: 'Attempts', align: 'right', cell: ({ attempts }) => attempts },
  { header: 'Id', from: 'sm', cell: ({ id }) => <Identifier value={id} of="callback id" isShort /> },
  { header: 'Recorded', from: 'md', isNarrow: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { header: 'Delivered', from: 'sm', isNarrow: true, cell: ({ deliveredAt }) => <Time at={deliveredAt} /> },
];
