import { Link } from '@tanstack/react-router';
import { Age } from '../../shared/age.tsx';
import type { Column } from '../../shared/data-table.tsx';
import { Time } from '../../shared/time.tsx';
import { TradeLink } from '../../shared/trade-link.tsx';
import type { UnknownOutcome } from './queries.ts';
import classes from './unknown.module.css';

export const unknownColumns: readonly Column<UnknownOutcome>[] = [
  { header: 'Item', cell: (outcome) => <What outcome={outcome} /> },
  { header: 'Unknown for', isNarrow: true, cell: ({ since }) => <Age since={since} /> },
  { header: 'Cause', from: 'sm', cell: ({ cause }) => <Cause cause={cause} /> },
  { header: 'Marketplace', from: 'md', cell: ({ supplier }) => supplier },
  {
    header: 'Merchant',
    from: 'md',
    cell: ({ merchant: { id, name } }) => (
      <Link
        to="/unknown"
        search={(filters) => ({ ...filters, merchant: id })}
        title={`Only those of ${name}`}
        className={classes['merchantName']}
      >
        {name}
      </Link>
    ),
  },
  { header: 'Trade', from: 'sm', cell: ({ tradeId }) => <TradeLink id={tradeId} /> },
  { header: 'Attempts', align: 'right', from: 'lg', cell: ({ tries }) => tries },
  { header: 'Next', from: 'lg', isNarrow: true, cell: ({ dueAt }) => <Time at={dueAt} /> },
];

function What({
  outcome: { id, kind, marketHashName, supplier, merchant, cause },
}: {
  readonly outcome: UnknownOutcome;
}) {
  return (
    <>
      <Link to="/unknown/$outcomeId" params={{ outcomeId: id }} className={classes['name']}>
        {marketHashName}
      </Link>
      <div className="muted">
        {kind}
        <span className={classes['onTablets']}>
          {' at '}
          {supplier} · {merchant.name}
        </span>
        <span className={classes['onPhones']}>
          <br />
          <Cause cause={cause} />
        </span>
      </div>
    </>
  );
}

function Cause({ cause }: Pick<UnknownOutcome, 'cause'>) {
  if (cause === null) return <span className="muted">No answer was recorded</span>;
  return <span style={{ overflowWrap: 'anywhere' }}>{cause}</span>;
}
