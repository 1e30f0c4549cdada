import { Link } from '@tanstack/react-router';
import { actorText } from '../../shared/actor.tsx';
import type { Column } from '../../shared/data-table.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import classes from './audit.module.css';
import { Changes } from './changes.tsx';
import type { AuditCommand } from './queries.ts';

/** The columns of the audit trail. */
export const auditColumns: readonly Column<AuditCommand>[] = [
  {
    header: 'Command',
    cell: (entry) => (
      <>
        <span className={classes['command']}>{entry.command}</span>
        <div className={classes['onPhones']}>
          <Outcome outcome={entry.outcome} />
          <div>
            <Operator entry={entry} />
          </div>
          <Time at={entry.startedAt} />
        </div>
        <Changes changes={entry.changes} />
      </>
    ),
  },
  { header: 'Outcome', from: 'sm', cell: ({ outcome }) => <Outcome outcome={outcome} /> },
  {
    header: 'By, and from where',
    from: 'sm',
    cell: (entry) => (
      <>
        <Operator entry={entry} />
        <Origin origin={entry.origin} />
      </>
    ),
  },
  { header: 'Time', from: 'sm', isNarrow: true, cell: ({ startedAt }) => <Time at={startedAt} /> },
];

function Operator({ entry: { operator } }: { readonly entry: AuditCommand }) {
  return (
    <Link to="/audit" search={{ operator }} title={`Only what ${operator} did`}>
      {actorText(operator)}
    </Link>
  );
}

const REQUEST = /^(.*), request (\S+)$/;

function Origin({ origin }: Pick<AuditCommand, 'origin'>) {
  if (origin === null) return null;
  const [, place, requestId] = REQUEST.exec(origin) ?? [];
  if (place === undefined || requestId === undefined) return <div className={classes['origin']}>{origin}</div>;
  return (
    <div className={classes['origin']}>
      {place}, request <Identifier value={requestId} of="request id" isShort />
    </div>
  );
}

const FAILED = 'failed: ';

function Outcome({ outcome }: Pick<AuditCommand, 'outcome'>) {
  if (outcome === null) {
    return (
      <span title="It has not ended, or its process ended before it could say how">
        <StateBadge state="no outcome" />
      </span>
    );
  }
  if (!outcome.startsWith(FAILED)) return <StateBadge state={outcome} />;
  return (
    <>
      <StateBadge state="failed" />
      <div className={classes['failure']}>{outcome.slice(FAILED.length)}</div>
    </>
  );
}
