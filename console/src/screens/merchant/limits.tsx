import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Notice } from '../../shared/notice.tsx';
import { changeSettings, type Limit, type MerchantDetails } from './queries.ts';

const LIMIT_MAX = 100_000_000;

/** What the routes do that a limit counts. */
const names: Readonly<Record<Limit['route'], string>> = {
  buy: 'Buy listings',
  'buy-quick': 'Buy by name',
  'item-cancel': 'Cancel an item',
  'trade-cancel': 'Cancel a trade',
  trades: 'Read trades',
  'check-tradeurl': 'Check trade URLs',
  prices: 'Read prices',
  market: 'Search the market',
  'market-item': 'Read one item’s listings',
  balance: 'Read the balance',
  'wallet-entries': 'Read movements',
  ledger: 'Read the ledger',
  'callback-url': 'Change or test the callback URL',
  callbacks: 'Read callbacks',
  'callback-replay': 'Send callbacks again',
  events: 'Read events',
  'clients-limits': 'Read and set clients’ limits',
  'client-token': 'Make client tokens',
  'client-withdraw': 'Clients: buy listings',
  'client-withdraw-quick': 'Clients: buy by name',
  'client-item-cancel': 'Clients: cancel an item',
  'client-trade-cancel': 'Clients: cancel a trade',
  'client-trades': 'Clients: read trades',
  'client-market': 'Clients: search the market',
  'client-market-item': 'Clients: read one item’s listings',
  'client-suggestions': 'Clients: read suggestions',
};

interface LimitsProps {
  readonly merchant: MerchantDetails;
  readonly mayChange: boolean;
}

/** How many requests the merchant may send, by what they do. */
export function Limits({ merchant, mayChange }: LimitsProps) {
  const [open, setOpen] = useState<Limit | null>(null);
  return (
    <>
      <DataTable
        caption="Request limits"
        columns={columnsFor(mayChange ? setOpen : null)}
        rows={merchant.limits}
        rowKey={({ route }) => route}
        empty="No request is limited."
      />
      {open && <LimitDialog merchant={merchant} limit={open} onClose={() => setOpen(null)} />}
    </>
  );
}

/** @param open null: the person may change none */
function columnsFor(open: ((limit: Limit) => void) | null): Column<Limit>[] {
  const actions: Column<Limit> = {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (limit) => (
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => open?.(limit)}
        aria-label={`Change the limit: ${names[limit.route]}`}
      >
        Change…
      </Button>
    ),
  };
  return [
    { header: 'Request', cell: ({ route }) => names[route] },
    { header: 'Route', from: 'md', cell: ({ route }) => <span className="mono muted">{route}</span> },
    { header: 'At most', align: 'right', cell: ({ max, per }) => limitText(max, per) },
    {
      header: 'Limit',
      from: 'sm',
      cell: ({ isOwn }) => (isOwn ? 'of this merchant' : <span className="muted">default</span>),
    },
    ...(open ? [actions] : []),
  ];
}

function limitText(max: number, per: Limit['per']): string {
  return `${max.toLocaleString('en')} a${per === 'hour' ? 'n hour' : ' minute'}`;
}

interface LimitDialogProps {
  readonly merchant: MerchantDetails;
  readonly limit: Limit;
  readonly onClose: () => void;
}

function LimitDialog({ merchant: { id, verified }, limit: { route, max, per, isOwn }, onClose }: LimitDialogProps) {
  const [text, setText] = useState(String(max));
  const [isDefault, setDefault] = useState(false);
  const run = async () => {
    await changeSettings(id, { routeLimits: { [route]: isDefault ? null : Number(text) } });
    return `The limit is changed: ${names[route]}.`;
  };
  const which = verified ? 'verified' : 'unverified';
  return (
    <ConfirmAction title={`Limit: ${names[route]}`} action="Change the limit" onClose={onClose} run={run}>
      <TextInput
        label={`Requests in ${per === 'hour' ? 'an hour' : 'a minute'}`}
        type="number"
        required={!isDefault}
        disabled={isDefault}
        min={1}
        max={LIMIT_MAX}
        step={1}
        data-autofocus
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {isOwn && (
        <Checkbox
          label="Use the default again"
          checked={isDefault}
          onChange={({ currentTarget }) => setDefault(currentTarget.checked)}
        />
      )}
      <Notice title="What will happen">
        {isDefault
          ? `The default of ${which} merchants applies again.`
          : 'Requests above it are refused until the time is over. The limit stays as it is when the verification changes.'}{' '}
        All nodes know it within 5 seconds.
      </Notice>
    </ConfirmAction>
  );
}
