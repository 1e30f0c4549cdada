import { Link } from '@tanstack/react-router';
import { isStaff, useMe } from '../../api/session.ts';
import { type Fact, Facts } from '../../shared/facts.tsx';
import { gameName } from '../../shared/games.ts';
import { Identifier } from '../../shared/identifier.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import type { TradeDetails } from './queries.ts';
import classes from './trade.module.css';

/** Whose trade it is, its ids and its times. */
export function TradeFacts({ trade }: { readonly trade: TradeDetails }) {
  const me = useMe();
  const { approval, error, autoCancelAt, clientId } = trade;
  const merchant = (
    <Link to="/trades" search={{ merchant: trade.merchantId }} title="Trades of this merchant">
      {trade.merchantName}
    </Link>
  );
  const facts: (Fact | false)[] = [
    isStaff(me) && ['Merchant', merchant],
    ['Trade id', <Identifier key="id" value={trade.id} of="trade id" />],
    ['External id', <Identifier key="external" value={trade.externalId} of="external id" />],
    ['Recipient’s Steam id', <Identifier key="steam" value={trade.steamId} of="Steam id" />],
    clientId !== null && ['Client', <Identifier key="client" value={clientId} of="client id" />],
    ['Game', gameName(trade.game)],
    ['Bought with', trade.source === 'client' ? 'a token of the client' : 'the merchant’s API key'],
    ['Created', <Time key="created" at={trade.createdAt} />],
    ['Changed', <Time key="changed" at={trade.updatedAt} />],
    autoCancelAt !== null && ['Cancelled by itself', <Time key="auto" at={autoCancelAt} />],
    approval !== null && ['Approval', <Approval key="approval" approval={approval} />],
    error !== null && [
      'Error',
      <span key="error" className={classes['error']}>
        {error}
      </span>,
    ],
  ];
  return <Facts facts={facts.filter((fact) => fact !== false)} />;
}

function Approval({
  approval: { state, reason, dueAt },
}: {
  readonly approval: NonNullable<TradeDetails['approval']>;
}) {
  return (
    <>
      <StateBadge state={state} />
      {reason !== null && <div className="muted">{reason}</div>}
      {dueAt !== null && (
        <div className="muted">
          asked again <Time at={dueAt} />
        </div>
      )}
    </>
  );
}
