import { Actor } from '../../shared/actor.tsx';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Money } from '../../shared/money.tsx';
import { Time } from '../../shared/time.tsx';
import { type Item, nameOf, rowsOf, type Transfer } from './queries.ts';

interface Row {
  readonly item: Item;
  readonly row: Transfer;
  readonly key: string;
}

/** Every movement of money that an item of the trade has caused, oldest first. */
export function Movements({ items }: { readonly items: readonly Item[] }) {
  const rows = rowsOf(items, ({ transfers }) => transfers)
    .map((each, index) => ({ ...each, key: String(index) }))
    .sort((a, b) => a.row.at.localeCompare(b.row.at));
  return (
    <DataTable<Row>
      caption="Movements of money"
      columns={columnsFor(items.length > 1)}
      rows={rows}
      rowKey={({ key }) => key}
      empty="No money was moved."
    />
  );
}

/** @param showsItems whether the trade has several items, so that a movement must say of which it is */
function columnsFor(showsItems: boolean): Column<Row>[] {
  return [
    {
      header: 'Movement',
      cell: ({ row, item }) => (
        <>
          <span style={{ fontWeight: 500 }}>{row.kind}</span>
          {showsItems && <div className="muted">{nameOf(item)}</div>}
        </>
      ),
    },
    {
      header: 'From and to',
      cell: ({ row: { from, to } }) => <span style={{ whiteSpace: 'nowrap' }}>{`${from} → ${to}`}</span>,
    },
    { header: 'Amount', align: 'right', cell: ({ row }) => <Money amount={row.amount} /> },
    { header: 'By', from: 'md', cell: ({ row }) => <Actor actor={row.actor} /> },
    { header: 'Time', from: 'sm', isNarrow: true, cell: ({ row }) => <Time at={row.at} /> },
  ];
}
