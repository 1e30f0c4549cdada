import { Button, Group, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Facts } from '../../shared/facts.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Panel } from '../../shared/page.tsx';
import { Time } from '../../shared/time.tsx';
import classes from './marketplace.module.css';
import type { Difference, MarketplaceDetails } from './queries.ts';

/** How the marketplace's own list of orders compared with the purchases here, and what to do about each difference. */
export function Differences({ marketplace }: { readonly marketplace: MarketplaceDetails }) {
  const { reconciliation: last, differences } = marketplace;
  if (!last) {
    return (
      <Notice title="Its orders were never compared">
        A node compares them by itself, unless that is switched off, or run{' '}
        <span className="mono">skinrail supplier reconcile {marketplace.id}</span>.
      </Notice>
    );
  }
  const kinds = Object.entries(Object.groupBy(differences, ({ kind }) => kind));
  return (
    <Stack gap="sm">
      {last.cause !== null && (
        <Notice tone="waiting" title="The last run could not compare everything">
          {last.cause}. It is tried again; what was made meanwhile is compared then.
        </Notice>
      )}
      <Panel>
        <Facts
          facts={[
            ['Last run', <Time key="ended" at={last.endedAt} />],
            ['Last run that compared all', <Time key="all" at={last.reconciledAt} />],
            ['Compared up to', <Time key="to" at={last.reconciledTo} />],
            ['Differences', last.differences],
          ]}
        />
      </Panel>
      {last.differences === 0 && last.cause === null && (
        <Notice tone="good">Every order that was compared agrees with the purchase here.</Notice>
      )}
      {kinds.map(([kind, rows]) => (
        <Kind key={kind} kind={kind} rows={rows} />
      ))}
    </Stack>
  );
}

const SHOWN = 10;

function Kind({ kind, rows }: { readonly kind: string; readonly rows: readonly Difference[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const [first] = rows;
  const name = sentence(kind.replaceAll('_', ' '));
  const shown = showsAll ? rows : rows.slice(0, SHOWN);
  return (
    <section className={classes['kind']} aria-label={name}>
      <h3 className={classes['kindName']}>
        {name} <span className="muted">({rows.length})</span>
      </h3>
      {first && (
        <p className={classes['meaning']}>
          {sentence(first.meaning)}. <strong>What to do:</strong> {first.advice}.
        </p>
      )}
      <DataTable
        caption={name}
        columns={columns}
        rows={shown}
        rowKey={({ orderId, reference }) => `${orderId} ${reference}`}
        empty=""
      />
      {shown.length < rows.length && (
        <Group>
          <Button variant="default" size="compact-sm" onClick={() => setShowsAll(true)}>
            Show all {rows.length}
          </Button>
        </Group>
      )}
    </section>
  );
}

const columns: readonly Column<Difference>[] = [
  {
    header: 'Order there',
    cell: ({ orderId }) => <Identifier value={orderId} of="order id" />,
  },
  {
    header: 'Our reference',
    from: 'sm',
    cell: ({ reference }) => <Identifier value={reference} of="reference" />,
  },
  {
    header: 'Trade here',
    isNarrow: true,
    cell: ({ tradeId }) =>
      tradeId === null ? (
        <span className="muted">none</span>
      ) : (
        <Link to="/trades/$tradeId" params={{ tradeId }} className="mono" title={tradeId}>
          …{tradeId.slice(-8)}
        </Link>
      ),
  },
];

/** `the order has …` → `The order has …` */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
