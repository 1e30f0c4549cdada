import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { Actor } from '../../shared/actor.tsx';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Loaded } from '../../shared/loaded.tsx';
import { dollars, Money } from '../../shared/money.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Page } from '../../shared/page.tsx';
import { Time } from '../../shared/time.tsx';
import { FreezeDialog } from './freeze-dialog.tsx';
import classes from './freezes.module.css';
import { LiftDialog } from './lift-dialog.tsx';
import { type FreezeEntry, stoppedName, useFreezes } from './queries.ts';

/** The emergency stop: what is stopped now, and stopping and lifting. */
export function FreezesScreen() {
  const mayOperate = useMay('operate');
  const query = useFreezes();
  const [isStopping, setIsStopping] = useState(false);
  const [lifted, setLifted] = useState<FreezeEntry | null>(null);
  const freezes = query.data ?? [];
  const lift: Column<FreezeEntry> = {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (freeze) => (
      <Button size="compact-xs" variant="default" onClick={() => setLifted(freeze)}>
        Lift…
      </Button>
    ),
  };
  return (
    <Page
      title="Freezes"
      aside={
        mayOperate &&
        query.data && (
          <Button color="red.9" style={{ marginLeft: 'auto' }} onClick={() => setIsStopping(true)}>
            Stop buying…
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Notice tone="good" title="Nothing is stopped">
              No person has stopped buying. A marketplace whose purchases fail stops by itself; see{' '}
              <Link to="/marketplaces">Marketplaces</Link>.
            </Notice>
          ) : (
            <>
              <DataTable
                caption="Freezes, oldest first"
                columns={mayOperate ? [...columns, lift] : columns}
                rows={rows}
                rowKey={({ scope, target }) => `${scope} ${target}`}
                empty=""
              />
              {rows.length > 1 && (
                <p className="muted" style={{ margin: 0 }}>
                  An item that waits because of several freezes is counted in each of them.
                </p>
              )}
            </>
          )
        }
      </Loaded>
      {isStopping && <FreezeDialog freezes={freezes} onClose={() => setIsStopping(false)} />}
      {lifted && <LiftDialog freeze={lifted} hasOthers={freezes.length > 1} onClose={() => setLifted(null)} />}
    </Page>
  );
}

const columns: readonly Column<FreezeEntry>[] = [
  {
    header: 'Stopped',
    cell: (freeze) => (
      <>
        <Stopped freeze={freeze} />
        <div className={classes['reason']}>{freeze.reason}</div>
        <div className={classes['onPhones']}>
          <div>
            {waitingText(freeze)}
            {freeze.waitingItems > 0 && (
              <>
                , cancelled from <Time at={freeze.cancelledFrom} /> on
              </>
            )}
          </div>
          <Actor actor={freeze.actor} /> <Time at={freeze.since} />
        </div>
      </>
    ),
  },
  { header: 'By', from: 'md', cell: ({ actor }) => <Actor actor={actor} /> },
  { header: 'Since', from: 'sm', isNarrow: true, cell: ({ since }) => <Time at={since} /> },
  { header: 'Items waiting', align: 'right', from: 'sm', cell: ({ waitingItems }) => waitingItems },
  { header: 'Locked', align: 'right', from: 'sm', cell: ({ locked }) => <Money amount={locked} /> },
  {
    header: 'Items are cancelled from',
    from: 'md',
    isNarrow: true,
    cell: ({ cancelledFrom }) => <Time at={cancelledFrom} />,
  },
];

function waitingText({ waitingItems, locked }: FreezeEntry): string {
  if (waitingItems === 0) return 'No item waits';
  return `${waitingItems} ${waitingItems === 1 ? 'item waits' : 'items wait'} with ${dollars(locked)}`;
}

function Stopped({ freeze }: { readonly freeze: FreezeEntry }) {
  const { scope, target } = freeze;
  const name = <span className={classes['name']}>{stoppedName(freeze)}</span>;
  if (target === null) return name;
  if (scope === 'supplier') {
    return (
      <Link to="/marketplaces/$marketplaceId" params={{ marketplaceId: target }}>
        {name}
      </Link>
    );
  }
  return (
    <Link to="/merchants/$merchantId" params={{ merchantId: target }} title="This merchant">
      {name}
    </Link>
  );
}
