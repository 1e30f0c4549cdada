import { Button, Group, Skeleton } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { isFailure } from '../../api/failure.ts';
import { useMay } from '../../api/session.ts';
import { ErrorView } from '../../shared/error-view.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Page, Panel, Section } from '../../shared/page.tsx';
import { StaleNotice } from '../../shared/stale-notice.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { EndDialog } from './end-dialog.tsx';
import { OutcomeFacts } from './outcome-facts.tsx';
import { PushDialog } from './push-dialog.tsx';
import { pushVerb, type UnknownOutcome, useUnknownOutcome } from './queries.ts';

const route = getRouteApi('/signed-in/unknown/$outcomeId');

/** One purchase or cancellation whose outcome is unknown, and what a person can do about it. */
export function OutcomeScreen() {
  const { outcomeId } = route.useParams();
  const query = useUnknownOutcome(outcomeId);
  const isKnown = isFailure(query.error, 'NOT_FOUND');
  const outcome = query.data;
  if (outcome) {
    const title = `${outcome.kind === 'purchase' ? 'Purchase' : 'Cancellation'} of ${outcome.marketHashName}`;
    return (
      <Page title={title} aside={!isKnown && <StateBadge state={outcome.state} />}>
        {isKnown ? <NowKnown tradeId={outcome.tradeId} /> : <StaleNotice query={query} />}
        <Panel>
          <OutcomeFacts outcome={outcome} />
        </Panel>
        {!isKnown && <WhatToDo outcome={outcome} />}
      </Page>
    );
  }
  return (
    <Page title="Unknown outcome">
      <Content isPending={query.isPending} isKnown={isKnown} error={query.error} onRetry={() => void query.refetch()} />
    </Page>
  );
}

interface ContentProps {
  readonly isPending: boolean;
  readonly isKnown: boolean;
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** Instead of an outcome that could not be read. */
function Content({ isPending, isKnown, error, onRetry }: ContentProps) {
  if (isPending) {
    return (
      <div role="status" aria-label="Loading">
        <Skeleton height={160} />
      </div>
    );
  }
  return (
    <>
      {isKnown ? <NowKnown tradeId={null} /> : <ErrorView error={error} onRetry={onRetry} />}
      <p style={{ margin: 0 }}>
        <Link to="/unknown">All unknown outcomes</Link>
      </p>
    </>
  );
}

/** @param tradeId null: this browser has not seen the outcome while it was unknown */
function NowKnown({ tradeId }: { readonly tradeId: string | null }) {
  if (tradeId === null) {
    return (
      <Notice title="Nothing unknown has this id">
        If there was something, its outcome is known by now, and its trade shows it.
      </Notice>
    );
  }
  return (
    <Notice tone="good" title="The outcome is known now" isAlert>
      <Link to="/trades/$tradeId" params={{ tradeId }}>
        See it on the trade
      </Link>
    </Notice>
  );
}

function WhatToDo({ outcome }: { readonly outcome: UnknownOutcome }) {
  const [open, setOpen] = useState<'push' | 'end' | null>(null);
  const mayPush = useMay('push');
  const mayEnd = useMay('operate') && outcome.kind === 'purchase';
  const close = () => setOpen(null);
  return (
    <Section title="What to do">
      <Panel>
        <Advice outcome={outcome} />
        {(mayPush || mayEnd) && (
          <Group gap="xs" mt="md">
            {mayPush && <Button onClick={() => setOpen('push')}>{pushVerb(outcome)} now…</Button>}
            {mayEnd && (
              <Button variant="default" onClick={() => setOpen('end')}>
                End the purchase…
              </Button>
            )}
          </Group>
        )}
      </Panel>
      {open === 'push' && <PushDialog outcome={outcome} onClose={close} />}
      {open === 'end' && <EndDialog outcome={outcome} onClose={close} />}
    </Section>
  );
}

/** What the gateway does by itself, and when a person has to act. */
function Advice({ outcome: { kind, supplier } }: { readonly outcome: UnknownOutcome }) {
  if (kind === 'cancellation') {
    return (
      <p style={{ margin: 0, maxWidth: '80ch' }}>
        Usually nothing: the cancellation is retried by itself, after at most ten minutes, and its money moves only when{' '}
        {supplier} has confirmed it. Retry it now if {supplier} was away for long and is back. A cancellation cannot be
        ended by hand: it ends with its order.
      </p>
    );
  }
  return (
    <p style={{ margin: 0, maxWidth: '80ch' }}>
      Usually nothing: the order is looked up by itself, after at most an hour. Until it is known, nothing else is
      bought for this item and nothing is paid back. Have it looked up now if {supplier} was away for long and is back.
      If it stays unknown for hours, ask {supplier} about the reference. End the purchase only if {supplier} says that
      it never made the order.
    </p>
  );
}
