import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { dollars } from '../../shared/money.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import { type Item, nameOf, type Purchase, rowsOf } from './queries.ts';
import classes from './trade.module.css';

interface Row {
  readonly item: Item;
  readonly row: Purchase;
}

/** The orders at marketplaces, and why each was made there. */
export function Purchases({ items }: { readonly items: readonly Item[] }) {
  return (
    <DataTable<Row>
      caption="Purchases"
      columns={columns}
      rows={rowsOf(items, ({ purchases }) => purchases)}
      rowKey={({ row }) => row.reference}
      empty="No marketplace was asked to sell an item."
    />
  );
}

const columns: readonly Column<Row>[] = [
  {
    header: 'Marketplace',
    isWide: true,
    cell: ({ item, row }) => (
      <>
        <span style={{ fontWeight: 500 }}>{row.supplier}</span>
        <div className="muted">{nameOf(item)}</div>
        <Choice choice={row.choice} />
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
  {
    header: 'Reference and order',
    from: 'sm',
    cell: ({ row: { reference, orderId } }) => (
      <>
        <Identifier value={reference} of="reference" />
        {orderId !== null && (
          <div>
            <Identifier value={orderId} of="order id" />
          </div>
        )}
      </>
    ),
  },
  { header: 'Made', from: 'sm', isNarrow: true, cell: ({ row }) => <Time at={row.createdAt} /> },
];

const reasons: Readonly<Record<string, string>> = {
  denied: 'the merchant may not use it',
  frozen: 'buying there is stopped',
  refused: 'it refused another purchase of this trade',
  purchases_fail: 'its last purchases failed',
  limit: 'the limit for 24 hours leaves less',
  balance: 'less is left to spend there',
};

/** Why this marketplace: what it asked, what the next one asked, and which were left out. */
function Choice({ choice }: { readonly choice: Purchase['choice'] }) {
  if (choice === null) return <div className="muted">No other marketplace had it.</div>;
  const { next, leftOut } = choice;
  return (
    <details>
      <summary>Why this marketplace</summary>
      <ul className={classes['why']}>
        <li>It asked {asked(choice)}.</li>
        <li>{next ? `The next was ${next.supplier} with ${asked(next)}.` : 'No other could have sold it.'}</li>
        {leftOut.map((place) => (
          <li key={place.supplier}>
            {place.supplier} with {asked(place)} was left out: {reasons[place.why] ?? place.why}.
          </li>
        ))}
      </ul>
    </details>
  );
}

const BPS = 100;

function asked({ price, markupBps }: { readonly price: string; readonly markupBps: number }): string {
  return markupBps === 0 ? dollars(price) : `${dollars(price)} and a markup of ${markupBps / BPS} %`;
}
