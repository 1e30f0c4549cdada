import { Link } from '@tanstack/react-router';
import { Actor } from '../../shared/actor.tsx';
import { millsOf } from '../../shared/amounts.ts';
import type { Column } from '../../shared/data-table.tsx';
import { Money } from '../../shared/money.tsx';
import { Reference } from '../../shared/reference.tsx';
import { Time } from '../../shared/time.tsx';
import classes from './merchant.module.css';
import { type Movement, movementTypes } from './wallet-queries.ts';

/** Staff see between which accounts a movement was booked, and by whom. */
export function movementColumns({ isStaff }: { readonly isStaff: boolean }): Column<Movement>[] {
  const booking: Column<Movement> = {
    header: 'From and to',
    from: 'lg',
    cell: ({ booking: made }) => made && <span style={{ whiteSpace: 'nowrap' }}>{`${made.from} → ${made.to}`}</span>,
  };
  const actor: Column<Movement> = {
    header: 'By',
    from: 'lg',
    cell: ({ booking: made }) => made && <BookedBy actor={made.actor} />,
  };
  return [
    {
      header: 'Movement',
      cell: (movement) => (
        <>
          <span style={{ fontWeight: 500 }} title={movementTypes[movement.type]}>
            {movement.type}
          </span>
          <div className={classes['onTablets']}>
            <What movement={movement} />
          </div>
          <div className={`muted ${classes['onPhones']}`}>
            <Time at={movement.at} />
          </div>
        </>
      ),
    },
    { header: 'For', from: 'md', cell: (movement) => <What movement={movement} /> },
    { header: 'Amount', align: 'right', from: 'md', cell: ({ amount }) => <Money amount={amount} /> },
    { header: 'Available', align: 'right', cell: ({ available }) => <Change amount={available} /> },
    { header: 'Reserved', align: 'right', cell: ({ locked }) => <Change amount={locked} /> },
    ...(isStaff ? [booking, actor] : []),
    { header: 'Time', from: 'sm', isNarrow: true, cell: ({ at }) => <Time at={at} /> },
  ];
}

/** By how much a balance has changed. */
function Change({ amount }: { readonly amount: string }) {
  const mills = millsOf(amount);
  if (mills === 0n) return <span className="muted">–</span>;
  return (
    <>
      {mills !== null && mills > 0n && '+'}
      <Money amount={amount} />
    </>
  );
}

/** The trade, or the reference of a credit or debit. */
function What({ movement: { tradeId, tradeExternalId, booking } }: { readonly movement: Movement }) {
  if (tradeId !== null) {
    return (
      <Link to="/trades/$tradeId" params={{ tradeId }} title={tradeId}>
        {tradeExternalId ?? `trade …${tradeId.slice(-8)}`}
      </Link>
    );
  }
  const reference = booking?.key.split(':').slice(1).join(':') ?? '';
  return reference === '' ? (
    <span className="muted">–</span>
  ) : (
    <span className="muted">
      <Reference value={reference} />
    </span>
  );
}

/** What two people have decided names both. */
function BookedBy({ actor }: { readonly actor: string }) {
  const [author = '', approver] = actor.split(', approved by ');
  return (
    <>
      <Actor actor={author} />
      {approver !== undefined && (
        <div className="muted">
          approved by <Actor actor={approver} />
        </div>
      )}
    </>
  );
}
