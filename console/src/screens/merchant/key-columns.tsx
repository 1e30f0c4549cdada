import type { Column } from '../../shared/data-table.tsx';
import { gatewayNow } from '../../shared/gateway-clock.ts';
import { Mark } from '../../shared/mark.tsx';
import { type RowAction, RowMenu } from '../../shared/row-menu.tsx';
import { Time } from '../../shared/time.tsx';
import classes from './merchant.module.css';
import type { Key } from './queries.ts';

/** @param actionsFor null: the person may change none */
export function keyColumns(actionsFor: ((key: Key) => readonly RowAction[]) | null): Column<Key>[] {
  const actions: Column<Key> = {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (key) => <RowMenu of={`the key ${keyName(key)}`} actions={actionsFor?.(key) ?? []} />,
  };
  return [
    {
      header: 'Key',
      cell: (key) => (
        <>
          <span className="mono">{keyName(key)}</span>
          {key.scopes.length === 0 && <div className="muted">live feed only</div>}
        </>
      ),
    },
    {
      header: 'State',
      cell: (key) => (
        <>
          <KeyState apiKey={key} />
          <div className={`muted ${classes['onPhones']}`}>
            used <LastUse at={key.lastUsedAt} />
          </div>
        </>
      ),
    },
    { header: 'Last use', from: 'sm', isNarrow: true, cell: ({ lastUsedAt }) => <LastUse at={lastUsedAt} /> },
    { header: 'Usable from', from: 'sm', cell: ({ allowedIps }) => <Addresses addresses={allowedIps} /> },
    { header: 'Created', from: 'md', isNarrow: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
    ...(actionsFor ? [actions] : []),
  ];
}

/** By which people know a key. */
export function keyName({ lastFour }: Key): string {
  return `ap_…${lastFour}`;
}

export function isUsable({ revokedAt, expiresAt }: Key): boolean {
  return revokedAt === null && (expiresAt === null || new Date(expiresAt).getTime() > gatewayNow());
}

function KeyState({ apiKey }: { readonly apiKey: Key }) {
  const { revokedAt, expiresAt } = apiKey;
  if (revokedAt !== null) {
    return (
      <>
        <Mark tone="neutral">Revoked</Mark>
        <div className="muted">
          <Time at={revokedAt} />
        </div>
      </>
    );
  }
  if (expiresAt === null) return <Mark tone="good">Usable</Mark>;
  const isOver = !isUsable(apiKey);
  return (
    <>
      <Mark tone={isOver ? 'neutral' : 'good'}>{isOver ? 'Ended' : 'Usable'}</Mark>
      <div className="muted">
        {isOver ? '' : 'until '}
        <Time at={expiresAt} />
      </div>
    </>
  );
}

function LastUse({ at }: { readonly at: string | null }) {
  return at === null ? <span className="muted">never</span> : <Time at={at} />;
}

function Addresses({ addresses }: { readonly addresses: readonly string[] }) {
  if (addresses.length === 0) return <span className="muted">anywhere</span>;
  return (
    <ul className={`mono ${classes['lines']}`}>
      {addresses.map((address) => (
        <li key={address}>{address}</li>
      ))}
    </ul>
  );
}
