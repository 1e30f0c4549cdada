import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useMay } from '../../api/session.ts';
import { type Fact, Facts } from '../../shared/facts.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { dollars } from '../../shared/money.tsx';
import { Panel } from '../../shared/page.tsx';
import { PlainValue } from '../../shared/plain-value.tsx';
import { FreezeDialog } from '../freezes/freeze-dialog.tsx';
import { useFreezes } from '../freezes/queries.ts';
import type { Rule } from './queries.ts';
import classes from './verify.module.css';

/** A rule that does not hold, and the first row that breaks it. */
export function BrokenRule({ rule: { name, sentence, row } }: { readonly rule: Rule }) {
  const columns = Object.entries(row ?? {}).sort(([a], [b]) => Number(isId(b)) - Number(isId(a)));
  const facts: Fact[] = columns.map(([column, value]) => [
    column.replaceAll('_', ' '),
    <ColumnValue key={column} column={column} value={value} />,
  ]);
  return (
    <Panel>
      <div className={classes['broken']}>
        <div>
          <p className={classes['sentence']}>{sentence ?? 'Another version has this rule, and this one does not.'}</p>
          <span className="mono muted">{name}</span>
        </div>
        <div>
          <p className="muted" style={{ margin: 0 }}>
            The first row that breaks it
          </p>
          <Facts facts={facts} />
        </div>
      </div>
    </Panel>
  );
}

function isId(column: string): boolean {
  return column.endsWith('_id');
}

const DOLLARS = /^-?\d+\.\d{2,3}$/;

function ColumnValue({ column, value }: { readonly column: string; readonly value: unknown }): ReactNode {
  if (typeof value !== 'string') return <PlainValue value={value} />;
  if (column === 'trade_id') return <TradeLink tradeId={value} />;
  if (column === 'merchant_id') {
    return (
      <Link to="/merchants/$merchantId" params={{ merchantId: value }} title="This merchant" className="mono">
        {value}
      </Link>
    );
  }
  if (isId(column)) return <Identifier value={value} of={column.replaceAll('_', ' ')} />;
  return DOLLARS.test(value) ? dollars(value) : <PlainValue value={value} />;
}

function TradeLink({ tradeId }: { readonly tradeId: string }) {
  return (
    <Link to="/trades/$tradeId" params={{ tradeId }} className="mono">
      {tradeId}
    </Link>
  );
}

/** The steps of the runbook, for the rules that are broken. */
export function WhatToDo({ broken }: { readonly broken: readonly Rule[] }) {
  const tradeId = broken.map(({ row }) => row?.['trade_id']).find((id) => typeof id === 'string');
  return (
    <ol className={classes['steps']}>
      <li>
        <StopAll broken={broken} />
      </li>
      <li>
        Run <span className="mono">skinrail verify</span> again, to see whether it is still broken.
      </li>
      <li>
        Look at {tradeId === undefined ? 'the trade of the row, if it names one' : <TradeLink tradeId={tradeId} />}, and
        at the log around its last event.
      </li>
      <li>Keep a copy of the database before you change anything, and report it as a fault of skinrail.</li>
      <li>
        After the repair, run <span className="mono">skinrail verify</span>, then lift the freeze. This page follows
        with the next scheduled run.
      </li>
    </ol>
  );
}

function StopAll({ broken }: { readonly broken: readonly Rule[] }) {
  const mayOperate = useMay('operate');
  const { data: freezes } = useFreezes();
  const [isOpen, setIsOpen] = useState(false);
  if (freezes?.some(({ scope }) => scope === 'all')) {
    return (
      <>
        All buying is stopped: see <Link to="/freezes">Freezes</Link>.
      </>
    );
  }
  if (!mayOperate) return 'Ask a person who may stop buying to stop all of it.';
  return (
    <>
      Stop all buying, so that no further purchase is made from books that are wrong.
      <div style={{ marginTop: 6 }}>
        <Button color="red.9" size="compact-sm" disabled={!freezes} onClick={() => setIsOpen(true)}>
          Stop all buying…
        </Button>
      </div>
      {isOpen && freezes && (
        <FreezeDialog
          freezes={freezes}
          suggestedReason={`verify: ${broken.map(({ name }) => name).join(', ')}`.slice(0, REASON_MAX)}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  );
}

const REASON_MAX = 200;
