import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isStaff, useMe } from '../../api/session.ts';
import type { Column } from '../../shared/data-table.tsx';
import { gameName } from '../../shared/games.ts';
import { Notice } from '../../shared/notice.tsx';
import { PagedList } from '../../shared/paged-list.tsx';
import { type Game, type MarketListing, type MarketPage, PER_PAGE } from './queries.ts';

interface MarketListProps {
  readonly query: UseQueryResult<MarketPage>;
  readonly game: Game;
  readonly page: number;
  readonly onPage: (page: number) => void;
  readonly caption: string;
  readonly columns: readonly Column<MarketListing>[];
  readonly empty: ReactNode;
}

/** A page of listings, or why the market of the game is not there. */
export function MarketList({ game, query, ...list }: MarketListProps) {
  if (query.data?.unavailable !== undefined) return <NotLoaded game={game} message={query.data.unavailable} />;
  return <PagedList query={query} perPage={PER_PAGE} rowKey={keyOf} {...list} />;
}

/** Staff see a listing once for each account that sells it. */
function keyOf({ id, source }: MarketListing): string {
  return `${id} ${source?.marketplace ?? ''}`;
}

function NotLoaded({ game, message }: { readonly game: Game; readonly message: string }) {
  const isForStaff = isStaff(useMe());
  return (
    <Notice tone="waiting" title={`The market of ${gameName(game)} is not loaded`} isAlert>
      {message} A gateway that has just started reads it within a minute; later it means that no marketplace sells{' '}
      {gameName(game)} now. It is asked for again every few seconds.
      {isForStaff && (
        <>
          {' '}
          <Link to="/marketplaces">Marketplaces</Link> says what each account does.
        </>
      )}
    </Notice>
  );
}
