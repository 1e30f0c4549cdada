import { getRouteApi } from '@tanstack/react-router';
import { isStaff, useMe } from '../../api/session.ts';
import { gameName } from '../../shared/games.ts';
import { Notice } from '../../shared/notice.tsx';
import { Page } from '../../shared/page.tsx';
import { pageIn } from '../../shared/paged-list.tsx';
import { marketColumns } from './columns.tsx';
import { problemOf } from './filter-problems.ts';
import { MarketFilterBar } from './market-filter-bar.tsx';
import { MarketList } from './market-list.tsx';
import { WhosePrices } from './market-merchant.tsx';
import { gameIn, type MarketFilters, useMarket } from './queries.ts';

const route = getRouteApi('/signed-in/market');

/** What is on sale: for members at their own prices, for staff also where it is bought and what it costs there. */
export function MarketScreen() {
  const { page, ...filters } = route.useSearch();
  const navigate = route.useNavigate();
  const problem = problemOf(filters);
  return (
    <Page title="Market">
      <MarketFilterBar
        filters={filters}
        // Other filters begin at their first page.
        onChange={(change, replace = false) => void navigate({ search: { ...filters, ...change }, replace })}
      />
      <WhosePrices merchant={filters.merchant} />
      {problem ? (
        <Notice tone="waiting">{problem.text}</Notice>
      ) : (
        <List
          filters={filters}
          page={pageIn(page)}
          onPage={(number) => void navigate({ search: { ...filters, page: String(number) } })}
        />
      )}
    </Page>
  );
}

interface ListProps {
  readonly filters: MarketFilters;
  readonly page: number;
  readonly onPage: (page: number) => void;
}

function List({ filters, page, onPage }: ListProps) {
  const showsSource = isStaff(useMe());
  const game = gameIn(filters.game);
  const query = useMarket(showsSource ? filters : { ...filters, merchant: '' }, page);
  const isFiltered = Boolean(filters.q || filters.min || filters.max);
  return (
    <MarketList
      query={query}
      game={game}
      page={page}
      onPage={onPage}
      caption={`What is on sale for ${gameName(game)}`}
      columns={marketColumns({ game, showsSource })}
      empty={
        isFiltered ? 'No item matches. Change the search or the prices.' : `Nothing is on sale for ${gameName(game)}.`
      }
    />
  );
}
