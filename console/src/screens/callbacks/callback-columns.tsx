import { Link } from '@tanstack/react-router';
import type { Column } from '../../shared/data-table.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import { TradeLink } from '../../shared/trade-link.tsx';
import classes from './callbacks.module.css';
import type { CallbackEntry } from './queries.ts';

/** The columns of the list of callbacks. */
export function callbackColumns({ showsMerchants }: { readonly showsMerchants: boolean }): Column<CallbackEntry>[] {
  const merchant: Column<CallbackEntry> = {
    header: 'Merchant',
    from: 'md',
    cell: ({ merchant: { id, name } }) => (
      <Link
        to="/callbacks"
        search={(filters) => ({ ...filters, merchant: id })}
        title={`Only callbacks of ${name}`}
        className={classes['merchantName']}
      >
        {name}
      </Link>
    ),
  };
  return [
    { header: 'Callback', cell: (callback) => <What callback={callback} showsMerchants={showsMerchants} /> },
    { header: 'State', cell: (callback) => <State callback={callback} /> },
    ...(showsMerchants ? [merchant] : []),
    { header: 'Trade', from: 'sm', cell: ({ tradeId }) => <TradeLink id={tradeId} /> },
    { header: 'Attempts', align: 'right', from: 'sm', cell: ({ attempts }) => attempts },
    { header: 'Recorded', from: 'sm', isNarrow: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
    { header: 'Accepted', from: 'md', isNarrow: true, cell: ({ deliveredAt }) => <Time at={deliveredAt} /> },
  ];
}

interface WhatProps {
  readonly callback: CallbackEntry;
  readonly showsMerchants: boolean;
}

function What({ callback: { id, number, createdAt, merchant }, showsMerchants }: WhatProps) {
  return (
    <>
      <Link to="/callbacks/$callbackId" params={{ callbackId: id }} className={classes['name']} title={id}>
        Number {number} <span className="mono">…{id.slice(-8)}</span>
      </Link>
      {showsMerchants && <div className={`muted ${classes['onTablets']}`}>{merchant.name}</div>}
      <div className={`muted ${classes['onPhones']}`}>
        <Time at={createdAt} />
      </div>
    </>
  );
}

function State({ callback: { state, lastStatus, lastFailure, dueAt } }: { readonly callback: CallbackEntry }) {
  return (
    <>
      <StateBadge state={state} />
      {lastFailure === null ? (
        lastStatus !== null && <span className="muted"> {lastStatus}</span>
      ) : (
        <div className="muted">{lastFailure}</div>
      )}
      {dueAt !== null && (
        <div className="muted">
          next attempt <Time at={dueAt} />
        </div>
      )}
    </>
  );
}
