import { Button, Group, NativeSelect, Skeleton, TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { isStaff, useMay, useMe } from '../../api/session.ts';
import { CursorList } from '../../shared/cursor-list.tsx';
import { ErrorView } from '../../shared/error-view.tsx';
import { ExportCsv } from '../../shared/export-csv.tsx';
import { type Fact, Facts } from '../../shared/facts.tsx';
import { Money } from '../../shared/money.tsx';
import { Panel, Section } from '../../shared/page.tsx';
import { FundDialog } from './fund-dialog.tsx';
import classes from './merchant.module.css';
import { MerchantPage } from './merchant-page.tsx';
import { movementColumns } from './movement-columns.tsx';
import type { MerchantDetails } from './queries.ts';
import { type MovementFilters, queryOf, typesFor, useMovements, useWallet } from './wallet-queries.ts';

const route = getRouteApi('/signed-in/merchants/$merchantId/wallet');

/** A merchant's balances, what has moved them, and credits and debits. */
export function WalletScreen() {
  const { merchantId } = route.useParams();
  return (
    <MerchantPage merchantId={merchantId} part="Wallet">
      {(merchant) => <WalletOf merchant={merchant} />}
    </MerchantPage>
  );
}

function WalletOf({ merchant }: { readonly merchant: MerchantDetails }) {
  const isByStaff = isStaff(useMe());
  const mayFund = useMay('fund');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Section
        title="Balances"
        aside={
          mayFund && (
            <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
              Credit or debit…
            </Button>
          )
        }
      >
        <Balances merchantId={merchant.id} />
      </Section>
      <Section title="Movements">
        <Movements merchantId={merchant.id} isByStaff={isByStaff} />
      </Section>
      {isOpen && <FundDialog merchant={merchant} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The accounts of the ledger that are a merchant's own balances, which are shown by themselves. */
const OWN_ACCOUNTS: readonly string[] = ['available', 'locked'];

function Balances({ merchantId }: { readonly merchantId: string }) {
  const query = useWallet(merchantId);
  if (query.isPending) return <Skeleton height={70} />;
  if (!query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  const { available, locked, accounts } = query.data;
  const others = (accounts ?? []).filter(({ name }) => !OWN_ACCOUNTS.includes(name));
  const facts: readonly Fact[] = [
    ['Available', <Balance key="available" amount={available} />],
    ['Reserved for open items', <Balance key="locked" amount={locked} />],
    ...others.map(({ name, balance }): Fact => [`Ledger account ${name}`, <Money key={name} amount={balance} />]),
  ];
  return (
    <Panel>
      <Facts facts={facts} />
    </Panel>
  );
}

function Balance({ amount }: { readonly amount: string }) {
  return (
    <span className={classes['balance']}>
      <Money amount={amount} />
    </span>
  );
}

interface MovementsProps {
  readonly merchantId: string;
  readonly isByStaff: boolean;
}

function Movements({ merchantId, isByStaff }: MovementsProps) {
  const filters: MovementFilters = route.useSearch();
  const navigate = route.useNavigate();
  const types = typesFor({ isStaff: isByStaff });
  const asked = queryOf(filters, types);
  const query = useMovements(merchantId, asked);
  const set = (change: MovementFilters) => void navigate({ search: { ...filters, ...change }, replace: true });
  return (
    <>
      <Group gap="xs" align="end" component="search">
        <NativeSelect
          label="Type"
          data={[{ value: '', label: 'Every type' }, ...types]}
          value={asked.type ?? ''}
          onChange={({ currentTarget }) => set({ type: currentTarget.value })}
        />
        <DayField label="From" value={filters.from} onChange={(from) => set({ from })} />
        <DayField label="To, included" value={filters.to} onChange={(to) => set({ to })} />
        <ExportCsv path={`/operator/v1/merchants/${encodeURIComponent(merchantId)}/entries.csv`} filters={asked} />
      </Group>
      <CursorList
        query={query}
        caption="Movements, newest first"
        columns={movementColumns({ isStaff: isByStaff })}
        rowKey={({ id }) => id}
        empty={Object.keys(asked).length === 0 ? 'No money was moved yet.' : 'No movement matches. Change the filters.'}
      />
    </>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (day: string) => void;
}

function DayField({ label, value = '', onChange }: DayFieldProps) {
  return (
    <TextInput
      label={label}
      type="date"
      max="9999-12-31"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
