import { Button } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { gameName } from '../../shared/games.ts';
import { percent } from './percent.ts';
import { PolicyDialog } from './policy-dialog.tsx';
import type { MarketplaceDetails, MarketplacePolicy } from './queries.ts';

/** How the account is used for each game. */
export function Policies({ marketplace: { id, policies } }: { readonly marketplace: MarketplaceDetails }) {
  const mayOperate = useMay('operate');
  const [changed, setChanged] = useState<MarketplacePolicy | null>(null);
  const action: Column<MarketplacePolicy> = {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (policy) => (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Change ${gameName(policy.game)}…`}
        onClick={() => setChanged(policy)}
      >
        Change…
      </Button>
    ),
  };
  return (
    <>
      <DataTable
        caption="Policy"
        columns={mayOperate ? [...columns, action] : columns}
        rows={policies}
        rowKey={({ game }) => game}
        empty="It sells no game."
      />
      {changed && <PolicyDialog account={id} policy={changed} onClose={() => setChanged(null)} />}
    </>
  );
}

const columns: readonly Column<MarketplacePolicy>[] = [
  { header: 'Game', cell: ({ game }) => gameName(game) },
  { header: 'Markup', align: 'right', cell: ({ markupBps }) => percent(markupBps) },
  { header: 'Preference', align: 'right', cell: ({ preference }) => preference },
];
