import { Link } from '@tanstack/react-router';
import type { Column } from '../../shared/data-table.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Mark } from '../../shared/mark.tsx';
import { Time } from '../../shared/time.tsx';
import { feeText } from './fee.ts';
import classes from './merchants.module.css';
import type { MerchantEntry } from './queries.ts';

export const merchantColumns: readonly Column<MerchantEntry>[] = [
  {
    header: 'Merchant',
    cell: ({ id, name, verified }) => (
      <>
        <Link to="/merchants/$merchantId" params={{ merchantId: id }} className={classes['name']}>
          {name}
        </Link>
        <div className="muted">{verified ? 'verified' : 'not verified'}</div>
      </>
    ),
  },
  { header: 'State', cell: (merchant) => <MerchantState merchant={merchant} /> },
  { header: 'Fee', align: 'right', isNarrow: true, cell: ({ feeBps }) => feeText(feeBps) },
  { header: 'Id', from: 'md', cell: ({ id }) => <Identifier value={id} of="merchant id" /> },
  { header: 'Created', from: 'sm', isNarrow: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
];

interface MerchantStateProps {
  readonly merchant: Pick<MerchantEntry, 'disabledAt' | 'callbacksOffSince'>;
}

/** Whether its keys work, and whether its callbacks are sent. */
export function MerchantState({ merchant: { disabledAt, callbacksOffSince } }: MerchantStateProps) {
  return (
    <>
      {disabledAt === null ? <Mark tone="good">Enabled</Mark> : <Mark tone="bad">Disabled</Mark>}
      {callbacksOffSince !== null && (
        <div>
          <Mark tone="waiting">Callbacks off</Mark>
        </div>
      )}
    </>
  );
}
