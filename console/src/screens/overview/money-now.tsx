import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Money, sumOf } from '../../shared/money.tsx';
import { Section } from '../../shared/page.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import classes from './overview.module.css';
import type { Overview } from './queries.ts';

type InFlight = Overview['inFlight'][number];

/** What the wallets have, and the reserved part by the state of its items. */
export function MoneyNow({ wallets, inFlight }: Pick<Overview, 'wallets' | 'inFlight'>) {
  return (
    <div className={classes['money']}>
      <Section title="Wallets">
        <DataTable
          caption="Money in wallets"
          columns={walletColumns}
          rows={[
            { name: 'Available', amount: wallets.available },
            { name: 'Reserved for items', amount: wallets.locked },
            { name: 'Together', amount: sumOf([wallets.available, wallets.locked]) },
          ]}
          rowKey={({ name }) => name}
          empty=""
        />
      </Section>
      <Section title="In flight">
        <DataTable
          caption="Items that are not over, by state"
          columns={inFlightColumns}
          rows={inFlight.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))}
          rowKey={({ state }) => state}
          empty="No item is on its way."
        />
      </Section>
    </div>
  );
}

/** In which an item goes through them. */
const order: readonly InFlight['state'][] = ['initiated', 'pending', 'active', 'hold'];

const meanings: Readonly<Record<InFlight['state'], string>> = {
  initiated: 'waits for the merchant’s approval',
  pending: 'is being bought',
  active: 'was bought, and is to be delivered',
  hold: 'was delivered, and can still be taken back',
};

const walletColumns: readonly Column<{ readonly name: string; readonly amount: string }>[] = [
  { header: 'Money', cell: ({ name }) => name },
  { header: 'Amount', align: 'right', cell: ({ amount }) => <Money amount={amount} /> },
];

const inFlightColumns: readonly Column<InFlight>[] = [
  {
    header: 'State',
    cell: ({ state }) => (
      <>
        <StateBadge state={state} /> <span className="muted">{meanings[state]}</span>
      </>
    ),
  },
  { header: 'Items', align: 'right', cell: ({ items }) => items.toLocaleString() },
  { header: 'Price', align: 'right', cell: ({ amount }) => <Money amount={amount} /> },
];
