import { Link } from '@tanstack/react-router';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { gameName } from '../../shared/games.ts';
import { Loaded } from '../../shared/loaded.tsx';
import { dollars } from '../../shared/money.tsx';
import { Page } from '../../shared/page.tsx';
import { AllStoppedNotice } from '../freezes/all-stopped-notice.tsx';
import { Balance } from './balance.tsx';
import { MarketplaceState } from './marketplace-state.tsx';
import classes from './marketplaces.module.css';
import { type Marketplace, useMarketplaces } from './queries.ts';
import { Reconciliation } from './reconciliation.tsx';

/** The operator's accounts at marketplaces: whether each sells, what it has, and whether its books agree. */
export function MarketplacesScreen() {
  const query = useMarketplaces();
  return (
    <Page title="Marketplaces">
      <AllStoppedNotice />
      <Loaded query={query}>
        {(rows) => (
          <DataTable
            caption="Accounts at marketplaces"
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
            empty={
              <>
                There is no account. Add one with <span className="mono">skinrail supplier add</span>.
              </>
            }
          />
        )}
      </Loaded>
    </Page>
  );
}

const columns: readonly Column<Marketplace>[] = [
  {
    header: 'Account',
    cell: ({ id, kind, games, health, reconciliation }) => (
      <>
        <Link to="/marketplaces/$marketplaceId" params={{ marketplaceId: id }} className={classes['name']}>
          {id}
        </Link>
        {kind !== null && kind !== id && <div className="muted">{kind}</div>}
        <div className="muted">{games.map(gameName).join(', ')}</div>
        <div className={classes['onPhones']}>
          <Balance health={health} />
          <div>
            <Reconciliation reconciliation={reconciliation} />
          </div>
        </div>
      </>
    ),
  },
  { header: 'State', cell: (marketplace) => <MarketplaceState marketplace={marketplace} /> },
  { header: 'Balance', align: 'right', from: 'sm', cell: ({ health }) => <Balance health={health} /> },
  { header: 'Spent in 24 hours', align: 'right', from: 'md', cell: ({ limit }) => <Spent limit={limit} /> },
  {
    header: 'Last reconciliation',
    from: 'sm',
    cell: ({ reconciliation }) => <Reconciliation reconciliation={reconciliation} />,
  },
];

function Spent({ limit }: Pick<Marketplace, 'limit'>) {
  if (!limit) return <span className="muted">no limit</span>;
  return (
    <>
      {dollars(limit.spent)}
      <div className="muted">of {dollars(limit.dayMax)}</div>
    </>
  );
}
