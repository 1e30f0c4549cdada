import { Link } from '@tanstack/react-router';
import type { Column } from '../../shared/data-table.tsx';
import { ErrorKey } from '../../shared/error-key.tsx';
import { gameName } from '../../shared/games.ts';
import { Identifier } from '../../shared/identifier.tsx';
import { Money } from '../../shared/money.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import type { TradeEntry } from './queries.ts';
import classes from './trades.module.css';

/** The columns of the list of trades. Members see one merchant only, so that its name says nothing. */
export function tradeColumns({ showsMerchants }: { readonly showsMerchants: boolean }): Column<TradeEntry>[] {
  const merchant: Column<TradeEntry> = {
    header: 'Merchant',
    from: 'sm',
    cell: ({ merchant: { id, name } }) => (
      <Link
        to="/trades"
        search={(filters) => ({ ...filters, merchant: id })}
        title={`Only trades of ${name}`}
        className={classes['merchant']}
      >
        {name}
      </Link>
    ),
  };
  return [
    { header: 'Items', isWide: true, cell: (trade) => <Items trade={trade} /> },
    {
      header: 'Status',
      cell: ({ status, error }) => (
        <>
          <StateBadge state={status} />
          {error !== null && (
            <div className="muted">
              <ErrorKey error={error} />
            </div>
          )}
        </>
      ),
    },
    ...(showsMerchants ? [merchant] : []),
    { header: 'Price', align: 'right', cell: ({ price }) => <Money amount={price} /> },
    { header: 'External id', from: 'md', cell: ({ externalId }) => <Identifier value={externalId} of="external id" /> },
    { header: 'Steam id', from: 'lg', cell: ({ steamId }) => <Identifier value={steamId} of="Steam id" /> },
    { header: 'Trade', from: 'lg', cell: ({ id }) => <Identifier value={id} of="trade id" isShort /> },
    { header: 'Created', from: 'sm', isNarrow: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
}

function Items({ trade }: { readonly trade: TradeEntry }) {
  const { id, names, items, game, merchant, createdAt } = trade;
  const [first = `${items} ${items === 1 ? 'item' : 'items'}, not chosen yet`] = names;
  return (
    <>
      <Link to="/trades/$tradeId" params={{ tradeId: id }} className={classes['name']}>
        {first}
      </Link>
      <div className="muted">
        {gameName(game)}
        {items > 1 && ` · ${items} items`}
        <span className={classes['onPhones']}>
          {' · '}
          {merchant.name}
          <br />
          <Time at={createdAt} />
        </span>
      </div>
    </>
  );
}
