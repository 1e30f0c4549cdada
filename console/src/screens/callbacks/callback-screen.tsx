import { Button, CopyButton, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { isStaff, useMay, useMe } from '../../api/session.ts';
import { ErrorView } from '../../shared/error-view.tsx';
import { type Fact, Facts } from '../../shared/facts.tsx';
import { canCopy, Identifier } from '../../shared/identifier.tsx';
import { Page, Panel, Section } from '../../shared/page.tsx';
import { StaleNotice } from '../../shared/stale-notice.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import { Attempts } from './attempts.tsx';
import classes from './callbacks.module.css';
import { type CallbackEntryDetails, useCallback, useMerchant } from './queries.ts';
import { ReplayDialog } from './replay-dialog.tsx';

const route = getRouteApi('/signed-in/callbacks/$callbackId');

/** One callback: what was sent, each attempt, and sending it again. */
export function CallbackScreen() {
  const { callbackId } = route.useParams();
  const query = useCallback(callbackId);
  if (query.data) {
    return (
      <Page title={`Callback ${query.data.number} of a trade`} aside={<StateBadge state={query.data.state} />}>
        <StaleNotice query={query} />
        <Callback callback={query.data} />
      </Page>
    );
  }
  return (
    <Page title="Callback">
      {query.isPending ? (
        <Stack role="status" aria-label="Loading">
          <Skeleton height={100} />
          <Skeleton height={200} />
        </Stack>
      ) : (
        <>
          <ErrorView error={query.error} onRetry={() => void query.refetch()} />
          <p style={{ margin: 0 }}>
            <Link to="/callbacks">All callbacks</Link>
          </p>
        </>
      )}
    </Page>
  );
}

function Callback({ callback }: { readonly callback: CallbackEntryDetails }) {
  const [isReplaying, setReplaying] = useState(false);
  const mayPush = useMay('push');
  const replay = mayPush && (
    <Button variant="default" size="compact-sm" onClick={() => setReplaying(true)}>
      Send again…
    </Button>
  );
  return (
    <>
      <Panel>
        <CallbackFacts callback={callback} />
      </Panel>
      <Section title="Attempts" aside={replay}>
        <Attempts attempts={callback.attemptDetails} />
      </Section>
      <Body callback={callback} />
      {isReplaying && <ReplayDialog callback={callback} onClose={() => setReplaying(false)} />}
    </>
  );
}

function CallbackFacts({ callback }: { readonly callback: CallbackEntryDetails }) {
  const { merchantId, tradeId, dueAt, state, id } = callback;
  const isForStaff = isStaff(useMe());
  const { data: merchant } = useMerchant(merchantId);
  const isOff = merchant?.callbacksOffSince != null;
  const facts: (Fact | false)[] = [
    isForStaff && [
      'Merchant',
      <Link key="merchant" to="/callbacks" search={{ merchant: merchantId }} title="Callbacks of this merchant">
        {merchant?.name ?? `…${merchantId.slice(-8)}`}
      </Link>,
    ],
    [
      'Trade',
      <Link key="trade" to="/trades/$tradeId" params={{ tradeId }} className="mono">
        {tradeId}
      </Link>,
    ],
    ['Id, as in the signature', <Identifier key="id" value={id} of="callback id" />],
    ['Recorded', <Time key="recorded" at={callback.createdAt} />],
    ['Accepted', <Time key="accepted" at={callback.deliveredAt} />],
    state === 'pending' && [
      'Next attempt',
      dueAt === null && isOff ? 'when callbacks are switched on' : <Time key="due" at={dueAt} />,
    ],
    ['Attempts', callback.attempts],
  ];
  return <Facts facts={facts.filter((fact) => fact !== false)} />;
}

/** What was sent, for reading and as it was signed. */
function Body({ callback: { body, merchantId } }: { readonly callback: CallbackEntryDetails }) {
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const isRaw = search.body === 'raw';
  if (body === null) {
    return (
      <Section title="Body">
        <Text c="dimmed">It has passed its time and was removed, so this callback cannot be sent again.</Text>
      </Section>
    );
  }
  const form = (
    <SegmentedControl
      aria-label="Form of the body"
      size="xs"
      data={[
        { value: 'formatted', label: 'Formatted' },
        { value: 'raw', label: 'Raw' },
      ]}
      value={isRaw ? 'raw' : 'formatted'}
      onChange={(value) => void navigate({ search: { body: value === 'raw' ? 'raw' : '' }, replace: true })}
    />
  );
  return (
    <Section
      title="Body"
      aside={
        <>
          {form}
          {canCopy() && <CopyBody body={body} />}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the arrow keys */}
      <pre className={classes['code']} tabIndex={0}>
        {isRaw ? body : formatted(body)}
      </pre>
      <p style={{ margin: 0 }} className="muted">
        The signature is over the raw bytes.{' '}
        <Link to="/callbacks/signature" search={isStaff(me) ? { merchant: merchantId } : {}}>
          Check a signature
        </Link>
      </p>
    </Section>
  );
}

function CopyBody({ body }: { readonly body: string }) {
  return (
    <CopyButton value={body} timeout={1500}>
      {({ copied, copy }) => (
        <Button variant="default" size="compact-sm" onClick={copy}>
          {copied ? 'Copied' : 'Copy raw body'}
        </Button>
      )}
    </CopyButton>
  );
}

function formatted(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
