import { Button, Group } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { CursorList } from '../../shared/cursor-list.tsx';
import { OneTimeValue } from '../../shared/one-time-value.tsx';
import { Page } from '../../shared/page.tsx';
import { SearchField } from '../../shared/search-field.tsx';
import { CreateMerchant } from './create-merchant.tsx';
import { merchantColumns } from './merchant-columns.tsx';
import { type CreatedMerchant, useMerchants } from './queries.ts';

const route = getRouteApi('/signed-in/merchants');
const SEARCH_MAX = 128;

/** Every merchant. Members of one are sent to their own. */
export function MerchantsScreen() {
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useMerchants(q);
  const mayCreate = useMay('operate');
  const [isOpen, setOpen] = useState(false);
  const [created, setCreated] = useState<CreatedMerchant | null>(null);
  return (
    <Page title="Merchants">
      <Group gap="xs" component="search">
        <SearchField
          label="Search merchants"
          placeholder="A part of the name or of the id"
          value={q}
          maxLength={SEARCH_MAX}
          onSearch={(text) => void navigate({ search: { q: text }, replace: true })}
        />
        {mayCreate && <Button onClick={() => setOpen(true)}>New merchant…</Button>}
      </Group>
      {created && <Created created={created} onDone={() => setCreated(null)} />}
      <CursorList
        query={query}
        caption="Merchants, newest first"
        columns={merchantColumns}
        rowKey={({ id }) => id}
        empty={q === '' ? 'There are no merchants yet.' : 'No merchant matches. Change the search.'}
      />
      {isOpen && <CreateMerchant onCreated={setCreated} onClose={() => setOpen(false)} />}
    </Page>
  );
}

interface CreatedProps {
  readonly created: CreatedMerchant;
  readonly onDone: () => void;
}

function Created({ created: { merchant, apiSecret }, onDone }: CreatedProps) {
  if (apiSecret === null) return null;
  const path = { merchantId: merchant.id };
  return (
    <OneTimeValue title={`API secret of ${merchant.name}`} value={apiSecret} of="secret" onDone={onDone}>
      The merchant’s server needs it to check that callbacks come from this gateway. Hand it over safely, then make a
      key in{' '}
      <Link to="/merchants/$merchantId/integration" params={path} target="_blank">
        its integration (a new tab)
      </Link>
      .
    </OneTimeValue>
  );
}
