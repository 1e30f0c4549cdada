import { type Column, DataTable } from '../../shared/data-table.tsx';
import { durationText } from '../../shared/duration.ts';
import type { MarketplaceOutcomes } from './queries.ts';

/** What became of the newest purchases of each marketplace. */
export function OutcomesTable({ outcomes }: { readonly outcomes: readonly MarketplaceOutcomes[] }) {
  return (
    <DataTable
      caption="Purchases by marketplace"
      columns={columns}
      rows={outcomes}
      rowKey={({ supplier }) => supplier}
      empty="Nothing was bought at a marketplace in this time."
    />
  );
}

const columns: readonly Column<MarketplaceOutcomes>[] = [
  { header: 'Marketplace', cell: ({ supplier }) => <span style={{ fontWeight: 500 }}>{supplier}</span> },
  { header: 'Purchases', align: 'right', cell: ({ purchases }) => purchases.toLocaleString() },
  {
    header: 'Bought',
    align: 'right',
    cell: ({ bought, purchases }) => (
      <span title={`${bought} of ${purchases}`} style={{ whiteSpace: 'nowrap' }}>
        {shareText(bought, purchases)}
      </span>
    ),
  },
  { header: 'Refused', align: 'right', from: 'sm', cell: ({ refused }) => refused.toLocaleString() },
  { header: 'Unknown', align: 'right', cell: ({ unknown }) => unknown.toLocaleString() },
  { header: 'Delivered', align: 'right', from: 'md', cell: ({ delivered }) => delivered.toLocaleString() },
  { header: 'Paid back', align: 'right', from: 'md', cell: ({ refunded }) => refunded.toLocaleString() },
  { header: 'Until delivered', align: 'right', from: 'sm', cell: ({ deliveredAfterMs: ms }) => <Median ms={ms} /> },
  { header: 'Until paid back', align: 'right', from: 'md', cell: ({ refundedAfterMs: ms }) => <Median ms={ms} /> },
];

/** Rounded down: 100 % are all. */
function shareText(part: number, whole: number): string {
  if (whole === 0) return '–';
  const TENTHS = 1000;
  return `${Math.floor((part / whole) * TENTHS) / 10} %`;
}

function Median({ ms }: { readonly ms: number | null }) {
  if (ms === null) return <span className="muted">–</span>;
  return (
    <span title="Half of them took less, half took more" style={{ whiteSpace: 'nowrap' }}>
      {durationText(ms)}
    </span>
  );
}
