import { Actor } from '../../shared/actor.tsx';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import { type Cancellation, type Item, nameOf, rowsOf } from './queries.ts';

interface Row {
  readonly item: Item;
  readonly row: Cancellation;
}

/** Who asked for the cancellation of which item, and what became of it. */
export function Cancellations({ items }: { readonly items: readonly Item[] }) {
  return (
    <DataTable<Row>
      caption="Cancellation requests"
      columns={columns}
      rows={rowsOf(items, ({ cancellations }) => cancellations)}
      rowKey={({ row }) => row.id}
      empty="Nobody has asked a marketplace to cancel an item."
    />
  );
}

const columns: readonly Column<Row>[] = [
  {
    header: 'Item',
    isWide: true,
    cell: ({ item, row: { actor } }) => (
      <>
        {nameOf(item)}
        <div className="muted">
          by <Actor actor={actor} />
        </div>
      </>
    ),
  },
  {
    header: 'State',
    cell: ({ row: { state, reason } }) => (
      <>
        <StateBadge state={state} />
        {reason !== null && <div className="muted">{reason}</div>}
      </>
    ),
  },
  { header: 'Attempts', align: 'right', from: 'sm', cell: ({ row }) => row.attempts },
  { header: 'Requested', from: 'md', isNarrow: true, cell: ({ row }) => <Time at={row.requestedAt} /> },
  { header: 'Ended', from: 'sm', isNarrow: true, cell: ({ row }) => <Time at={row.closedAt ?? row.answeredAt} /> },
];
