import { Link } from '@tanstack/react-router';
import type { Column } from '../../shared/data-table.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Mark } from '../../shared/mark.tsx';
import { Money } from '../../shared/money.tsx';
import { percent } from '../marketplace/percent.ts';
import classes from './market.module.css';
import type { Game, MarketListing } from './queries.ts';

interface MarketColumnsOptions {
  readonly game: Game;
  /** Members do not see where a listing is bought, and what it costs there. */
  readonly showsSource: boolean;
}

/** The columns of what is on sale. A CS2 row is the cheapest listing of its item, a Rust row is a listing. */
export function marketColumns({ game, showsSource }: MarketColumnsOptions): Column<MarketListing>[] {
  return [
    { header: 'Item', isWide: true, cell: (listing) => <Item listing={listing} game={game} /> },
    ...(showsSource ? source : []),
    { header: 'Price', align: 'right', cell: ({ price }) => <Money amount={price} /> },
    ...(game === '730' ? [delivery] : []),
    { ...id, header: game === '730' ? 'Cheapest listing' : 'Listing', from: 'md' },
  ];
}

/** The columns of the listings of an item. */
export function listingColumns({ game, showsSource }: MarketColumnsOptions): Column<MarketListing>[] {
  return [
    { header: 'Listing', cell: (listing) => <Listing listing={listing} /> },
    ...(showsSource ? [state, ...source] : []),
    { header: 'Price', align: 'right', cell: ({ price }) => <Money amount={price} /> },
    ...(game === '730' ? looks : []),
  ];
}

/** `standard` is bought from a seller, `instant` is at the marketplace already. */
const delivery: Column<MarketListing> = { header: 'Delivery', from: 'sm', isNarrow: true, cell: (row) => row.delivery };

const id: Column<MarketListing> = {
  header: 'Listing',
  cell: (row) => <Identifier value={row.id} of="listing id" isShort />,
};

const looks: readonly Column<MarketListing>[] = [
  { header: 'Wear', from: 'md', align: 'right', cell: ({ wear }) => wear ?? <span className="muted">–</span> },
  delivery,
];

const source: readonly Column<MarketListing>[] = [
  {
    header: 'Marketplace',
    from: 'sm',
    cell: (row) =>
      row.source && (
        <Link to="/marketplaces/$marketplaceId" params={{ marketplaceId: row.source.marketplace }}>
          {row.source.marketplace}
        </Link>
      ),
  },
  { header: 'Cost', align: 'right', from: 'sm', cell: (row) => <Money amount={row.source?.cost ?? null} /> },
  { header: 'Markup', align: 'right', from: 'sm', cell: (row) => row.source && percent(row.source.markupBps) },
];

const state: Column<MarketListing> = {
  header: 'State',
  cell: ({ withheldBecause }) =>
    withheldBecause === null ? (
      <Mark tone="good">Offered</Mark>
    ) : (
      <>
        <Mark tone="bad">Not offered</Mark>
        <div className="muted">{reasons[withheldBecause]}</div>
      </>
    ),
};

const reasons: Readonly<Record<NonNullable<MarketListing['withheldBecause']>, string>> = {
  'purchases-fail': 'purchases at this marketplace fail',
  balance: 'it costs more than the account has',
  limit: 'it costs more than the account may still spend',
};

function Item({ listing, game }: { readonly listing: MarketListing; readonly game: Game }) {
  const { marketHashName: name, phase, source: bought } = listing;
  return (
    <>
      <Link to="/market/listings" search={({ merchant }) => ({ game, name, merchant })} className={classes['name']}>
        {name}
      </Link>
      {phase !== null && <div className="muted">{phase}</div>}
      {bought && <OnPhones source={bought} />}
    </>
  );
}

function Listing({ listing }: { readonly listing: MarketListing }) {
  const { id: value, phase, wear, delivery: speed, source: bought } = listing;
  const look = [wear, speed].filter((each) => each !== null);
  return (
    <>
      <Identifier value={value} of="listing id" isShort />
      {phase !== null && <div className="muted">{phase}</div>}
      {look.length > 0 && <div className={`muted ${classes['onPhones']}`}>{look.join(', ')}</div>}
      {bought && <OnPhones source={bought} />}
    </>
  );
}

function OnPhones({ source: { marketplace, cost, markupBps } }: { readonly source: Source }) {
  return (
    <div className={`muted ${classes['onPhones']}`}>
      {marketplace}, <Money amount={cost} />
      {markupBps !== 0 && ` + ${percent(markupBps)}`}
    </div>
  );
}

type Source = NonNullable<MarketListing['source']>;
