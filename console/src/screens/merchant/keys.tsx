import { Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { CursorList } from '../../shared/cursor-list.tsx';
import { OneTimeValue } from '../../shared/one-time-value.tsx';
import type { RowAction } from '../../shared/row-menu.tsx';
import { isUsable, keyColumns, keyName } from './key-columns.tsx';
import { AddressesDialog, CreateKeyDialog, RevokeKeyDialog, RollKeyDialog } from './key-dialogs.tsx';
import { type Key, type MadeKey, type MerchantDetails, useKeys } from './queries.ts';

type Open = { readonly dialog: 'create' } | { readonly dialog: 'roll' | 'revoke' | 'addresses'; readonly apiKey: Key };

interface KeysProps {
  readonly merchant: MerchantDetails;
  readonly mayChange: boolean;
  /** The key that was just made; null: none. */
  readonly made: MadeKey | null;
  readonly onMade: (made: MadeKey | null) => void;
}

/** The keys of a merchant. A new one is shown once, above the list. */
export function Keys({ merchant, mayChange, made, onMade }: KeysProps) {
  const query = useKeys(merchant.id);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  return (
    <Stack gap="sm">
      {mayChange && (
        <Group>
          <Button onClick={() => setOpen({ dialog: 'create' })}>New key…</Button>
        </Group>
      )}
      {made && (
        <OneTimeValue title={`The key ${keyName(made.key)}`} value={made.apiKey} of="key" onDone={() => onMade(null)}>
          The merchant’s server sends it with every request. Keep it where passwords are kept.
        </OneTimeValue>
      )}
      <CursorList
        query={query}
        caption="Keys, newest first"
        columns={keyColumns(mayChange ? (key) => actionsOf(key, setOpen) : null)}
        rowKey={({ id }) => id}
        empty="There are no keys yet. Without one nothing can be bought."
      />
      {open?.dialog === 'create' && <CreateKeyDialog merchant={merchant} onMade={onMade} onClose={close} />}
      {open?.dialog === 'roll' && <RollKeyDialog apiKey={open.apiKey} onMade={onMade} onClose={close} />}
      {open?.dialog === 'revoke' && <RevokeKeyDialog apiKey={open.apiKey} onClose={close} />}
      {open?.dialog === 'addresses' && <AddressesDialog apiKey={open.apiKey} onClose={close} />}
    </Stack>
  );
}

function actionsOf(apiKey: Key, open: (dialog: Open) => void): RowAction[] {
  if (!isUsable(apiKey)) return [];
  return [
    { label: 'Replace…', run: () => open({ dialog: 'roll', apiKey }) },
    { label: 'Change the addresses…', run: () => open({ dialog: 'addresses', apiKey }) },
    { label: 'Revoke…', isDangerous: true, run: () => open({ dialog: 'revoke', apiKey }) },
  ];
}
