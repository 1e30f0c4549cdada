import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Time } from '../../shared/time.tsx';
import type { TradeDetails } from './queries.ts';

type Attempt = NonNullable<TradeDetails['approval']>['questions'][number];

/** How the merchant's server was asked whether to buy. */
export function ApprovalAttempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <DataTable
      caption="Approval requests"
      columns={columns}
      rows={attempts}
      rowKey={({ id, at }) => id + at}
      empty="The merchant was not asked yet."
    />
  );
}

const columns: readonly Column<Attempt>[] = [
  {
    header: 'Answer',
    cell: ({ status, failure }) => (
      <>
        {status === null ? 'No answer' : `Status ${status}`}
        {failure !== null && <div className="muted">{failure}</div>}
      </>
    ),
  },
  { header: 'Took', align: 'right', cell: ({ durationMs }) => `${durationMs} ms` },
  { header: 'Message', from: 'sm', cell: ({ id }) => <Identifier value={id} of="message id" isShort /> },
  { header: 'Asked', isNarrow: true, cell: ({ at }) => <Time at={at} /> },
];
