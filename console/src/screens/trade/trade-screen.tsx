import { Skeleton, Stack } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ErrorView } from '../../shared/error-view.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Page, Panel, Section } from '../../shared/page.tsx';
import { StaleNotice } from '../../shared/stale-notice.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import { ApprovalAttempts } from './approval-attempts.tsx';
import { Callbacks } from './callbacks.tsx';
import { Cancellations } from './cancellations.tsx';
import { Items } from './items.tsx';
import { Movements } from './movements.tsx';
import { Purchases } from './purchases.tsx';
import { nameOf, type TradeDetails, useTrade } from './queries.ts';
import classes from './trade.module.css';
import { TradeFacts } from './trade-facts.tsx';
import { TradeTimeline } from './trade-timeline.tsx';

const route = getRouteApi('/signed-in/trades/$tradeId');

/** A trade with everything that happened to it. */
export function TradeScreen() {
  const { tradeId } = route.useParams();
  const query = useTrade(tradeId);
  if (query.data) {
    return (
      <Page title={titleOf(query.data)} aside={<StateBadge state={query.data.status} />}>
        <StaleNotice query={query} />
        <Trade trade={query.data} />
      </Page>
    );
  }
  return (
    <Page title="Trade">
      {query.isPending ? (
        <Stack role="status" aria-label="Loading">
          <Skeleton height={120} />
          <Skeleton height={200} />
        </Stack>
      ) : (
        <>
          <ErrorView error={query.error} onRetry={() => void query.refetch()} />
          <p style={{ margin: 0 }}>
            <Link to="/trades">Search in all trades</Link>
          </p>
        </>
      )}
    </Page>
  );
}

function titleOf({ items }: TradeDetails): string {
  const [first] = items;
  if (!first) return 'Trade';
  return items.length === 1 ? nameOf(first) : `${nameOf(first)} and ${items.length - 1} more`;
}

function Trade({ trade }: { readonly trade: TradeDetails }) {
  const { items, approval, callbacks } = trade;
  return (
    <>
      <Freezes trade={trade} />
      <Panel>
        <TradeFacts trade={trade} />
      </Panel>
      <Section title={items.length === 1 ? 'Item' : `${items.length} items`}>
        <Items trade={trade} />
      </Section>
      <div className={classes['columns']}>
        <Section title="Timeline">
          <TradeTimeline trade={trade} />
        </Section>
        <div className={classes['column']}>
          <Section title="Purchases">
            <Purchases items={items} />
          </Section>
          <Section title="Cancellation requests">
            <Cancellations items={items} />
          </Section>
          <Section title="Money">
            <Movements items={items} />
          </Section>
          {approval && approval.questions.length > 0 && (
            <Section title="Approval requests">
              <ApprovalAttempts attempts={approval.questions} />
            </Section>
          )}
          <Section title="Callbacks">
            <Callbacks callbacks={callbacks} />
          </Section>
        </div>
      </div>
    </>
  );
}

const scopes: Readonly<Record<string, string>> = { all: 'All purchases', merchant: 'Purchases of this merchant' };

/** Says why items wait. */
function Freezes({ trade: { waitsFor } }: { readonly trade: TradeDetails }) {
  return waitsFor.map(({ scope, target, reason, actor, since }) => (
    <Notice key={scope + target} tone="waiting" title={`${scopes[scope] ?? `Purchases at ${target}`} are stopped`}>
      {reason} <span className="muted">({actor},</span> <Time at={since} />
      <span className="muted">)</span>
    </Notice>
  ));
}
