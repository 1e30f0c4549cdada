import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { gameName } from '../../shared/games.ts';
import { Identifier } from '../../shared/identifier.tsx';
import { Loaded } from '../../shared/loaded.tsx';
import { dollars } from '../../shared/money.tsx';
import { SearchField } from '../../shared/search-field.tsx';
import { BuyDialog } from './buy-dialog.tsx';
import { type TestListing, useTestListings } from './queries.ts';
import classes from './sandbox.module.css';

const route = getRouteApi('/signed-in/sandbox');

/** What the address says when every copy is listed. */
const ALL = 'all';

/** What can be bought to see each case: the names say how the marketplace behaves. */
export function TestListings() {
  const { q = '', copies } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: { readonly q?: string; readonly copies?: string }) =>
    void navigate({ search: { q, copies, ...change }, replace: true });
  return (
    <>
      <Group gap="md" component="search">
        <SearchField
          label="Filter test listings"
          placeholder="Words of a behaviour, a description, a name, a game or a marketplace"
          value={q}
          onSearch={(text) => set({ q: text })}
        />
        <Checkbox
          label="Every copy, for several in one trade"
          checked={copies === ALL}
          onChange={({ currentTarget }) => set({ copies: currentTarget.checked ? ALL : '' })}
        />
      </Group>
      <Loaded query={useTestListings()} height={600}>
        {(listings) => <Table listings={matching(copies === ALL ? listings : firstCopies(listings), q)} />}
      </Loaded>
    </>
  );
}

/** The cheapest of those that behave alike at one marketplace; the others cost a cent more each. */
function firstCopies(listings: readonly TestListing[]): TestListing[] {
  const first = new Map<string, TestListing>();
  for (const listing of listings) {
    const kind = [listing.game, listing.behaviour, listing.marketplace].join(' ');
    const known = first.get(kind);
    if (!known || listing.price < known.price) first.set(kind, listing);
  }
  return [...first.values()];
}

function matching(listings: readonly TestListing[], q: string): TestListing[] {
  const words = q.toLowerCase().split(/\s+/);
  return listings.filter(({ behaviour, description, marketHashName, game, marketplace }) => {
    const text = [behaviour, description, marketHashName, gameName(game), marketplace].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function Table({ listings }: { readonly listings: readonly TestListing[] }) {
  const [bought, setBought] = useState<TestListing | null>(null);
  const action: Column<TestListing> = {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (listing) => (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Buy ${listing.behaviour} for ${gameName(listing.game)} at ${priceOf(listing)}…`}
        onClick={() => setBought(listing)}
      >
        Buy…
      </Button>
    ),
  };
  return (
    <Stack gap="sm">
      <DataTable
        caption="Test listings"
        columns={[...columns, action]}
        rows={listings}
        rowKey={({ id, marketplace }) => `${id} ${marketplace}`}
        empty="No test listing matches. Change the filter."
      />
      <span role="status" className="muted">
        {countText(listings.length)}
      </span>
      {bought && <BuyDialog listing={bought} onClose={() => setBought(null)} />}
    </Stack>
  );
}

const columns: readonly Column<TestListing>[] = [
  {
    header: 'Behaviour',
    isWide: true,
    cell: ({ behaviour, description, marketHashName, game, marketplace }) => (
      <>
        <div className={`mono ${classes['name']}`}>{behaviour}</div>
        <div>{description}</div>
        <div className={`muted ${classes['onPhones']}`}>
          {marketHashName}, {gameName(game)}, {marketplace}
        </div>
      </>
    ),
  },
  {
    header: 'Item',
    from: 'sm',
    cell: ({ marketHashName, game }) => (
      <>
        {marketHashName}
        <div className="muted">{gameName(game)}</div>
      </>
    ),
  },
  { header: 'Marketplace', from: 'md', cell: ({ marketplace }) => marketplace },
  { header: 'Price', align: 'right', cell: priceOf },
  { header: 'Listing', from: 'md', cell: ({ id }) => <Identifier value={id} of="listing id" isShort /> },
];

/** The API answers these prices as numbers. */
function priceOf({ price }: TestListing): string {
  return dollars(price.toFixed(2));
}

function countText(count: number): string {
  if (count === 0) return '';
  return count === 1 ? '1 listing' : `${count} listings`;
}
