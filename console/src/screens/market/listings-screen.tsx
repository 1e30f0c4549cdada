import { Group } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { isStaff, useMe } from '../../api/session.ts';
import { Notice } from '../../shared/notice.tsx';
import { Page } from '../../shared/page.tsx';
import { pageIn } from '../../shared/paged-list.tsx';
import { listingColumns } from './columns.tsx';
import { MarketList } from './market-list.tsx';
import { MarketMerchant, WhosePrices } from './market-merchant.tsx';
import { type Game, gameIn, useListings } from './queries.ts';

const route = getRouteApi('/signed-in/market/listings');

/** The listings of an item: staff also see what is on sale and not offered, and why. */
export function ListingsScreen() {
  const { game: gameText, name = '', merchant, page } = route.useSearch();
  const navigate = route.useNavigate();
  const game = gameIn(gameText);
  const set = (change: { readonly merchant?: string; readonly page?: string }) =>
    void navigate({ search: { game, name, merchant, ...change } });
  return (
    <Page title={name === '' ? 'Listings' : name}>
      <Group gap="xs">
        <WhosePrices merchant={merchant} />
        <MarketMerchant merchant={merchant} onChange={(id) => set({ merchant: id })} />
      </Group>
      {name === '' ? (
        <Notice tone="waiting">The address names no item. Choose one in the market.</Notice>
      ) : (
        <List {...{ game, name, merchant }} page={pageIn(page)} onPage={(number) => set({ page: String(number) })} />
      )}
      <p style={{ margin: 0 }}>
        <Link to="/market" search={{ game, ...(merchant ? { merchant } : {}) }}>
          Market
        </Link>
      </p>
    </Page>
  );
}

interface ListProps {
  readonly game: Game;
  readonly name: string;
  readonly merchant: string | undefined;
  readonly page: number;
  readonly onPage: (page: number) => void;
}

function List({ game, name, merchant, page, onPage }: ListProps) {
  const showsSource = isStaff(useMe());
  const query = useListings({ game, name, merchant: showsSource ? merchant : undefined }, page);
  return (
    <MarketList
      query={query}
      game={game}
      page={page}
      onPage={onPage}
      caption={`Listings of ${name}, cheapest first`}
      columns={listingColumns({ game, showsSource })}
      empty="Nobody sells it now, or the name is not the whole name of an item."
    />
  );
}
