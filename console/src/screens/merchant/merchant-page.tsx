import { Skeleton, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isStaff, useMe } from '../../api/session.ts';
import { ErrorView } from '../../shared/error-view.tsx';
import { Page } from '../../shared/page.tsx';
import { StaleNotice } from '../../shared/stale-notice.tsx';
import { MerchantState } from '../merchants/merchant-columns.tsx';
import classes from './merchant.module.css';
import { type MerchantDetails, useMerchant } from './queries.ts';

const tabs = [
  { label: 'Settings', to: '/merchants/$merchantId/settings' },
  { label: 'Integration', to: '/merchants/$merchantId/integration' },
  { label: 'Wallet', to: '/merchants/$merchantId/wallet' },
  { label: 'Members', to: '/merchants/$merchantId/members' },
] as const;

interface MerchantPageProps {
  readonly merchantId: string;
  /** The part that is shown. */
  readonly part: (typeof tabs)[number]['label'];
  /** Called when the merchant is known. */
  readonly children: (merchant: MerchantDetails) => ReactNode;
}

/** What is around every part of a merchant: its name and the way to the other parts. */
export function MerchantPage({ merchantId, part, children }: MerchantPageProps) {
  const query = useMerchant(merchantId);
  if (!query.data) {
    return (
      <Page title="Merchant">
        {query.isPending ? (
          <Stack role="status" aria-label="Loading">
            <Skeleton height={34} />
            <Skeleton height={200} />
          </Stack>
        ) : (
          <>
            <ErrorView error={query.error} onRetry={() => void query.refetch()} />
            <ElsewhereLink />
          </>
        )}
      </Page>
    );
  }
  const { name } = query.data;
  const heading = (
    <>
      {name}
      <span className="visually-hidden">, {part}</span>
    </>
  );
  return (
    <Page title={`${name}, ${part}`} heading={heading} aside={<MerchantState merchant={query.data} />}>
      <Tabs merchantId={merchantId} />
      <StaleNotice query={query} />
      {children(query.data)}
    </Page>
  );
}

function Tabs({ merchantId }: { readonly merchantId: string }) {
  return (
    <nav aria-label="Parts of the merchant" className={classes['tabs']}>
      {tabs.map(({ label, to }) => (
        <Link
          key={label}
          to={to}
          params={{ merchantId }}
          className={classes['tab']}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {label}
        </Link>
      ))}
      <Link to="/trades" search={{ merchant: merchantId }} className={classes['tab']}>
        Trades
      </Link>
    </nav>
  );
}

function ElsewhereLink() {
  const text = isStaff(useMe()) ? 'Search in all merchants' : 'Go to your own merchant';
  return (
    <p style={{ margin: 0 }}>
      <Link to="/merchants">{text}</Link>
    </p>
  );
}
