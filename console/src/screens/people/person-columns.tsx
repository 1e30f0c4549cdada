import type { Column } from '../../shared/data-table.tsx';
import { Mark } from '../../shared/mark.tsx';
import { type RowAction, RowMenu } from '../../shared/row-menu.tsx';
import { Time } from '../../shared/time.tsx';
import classes from './people.module.css';
import type { Person } from './queries.ts';

interface ColumnsFor {
  /** The id of the person who looks. */
  readonly self: string;
  /** null: the person who looks may change nobody. */
  readonly actionsFor: ((person: Person) => readonly RowAction[]) | null;
}

export function personColumns({ self, actionsFor }: ColumnsFor): Column<Person>[] {
  const actions: Column<Person> = {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (person) => <RowMenu of={person.email} actions={actionsFor?.(person) ?? []} />,
  };
  return [
    {
      header: 'Person',
      cell: ({ id, name, email, role }) => (
        <>
          <span className={classes['name']}>{name}</span>
          {id === self && <span className="muted"> (you)</span>}
          <div className={`muted ${classes['email']}`}>{email}</div>
          <div className={classes['onPhones']}>{role}</div>
        </>
      ),
    },
    { header: 'Role', from: 'sm', cell: ({ role }) => role },
    { header: 'State', cell: (person) => <PersonState person={person} /> },
    {
      header: 'Second factor',
      from: 'md',
      cell: ({ hasSecondFactor }) => (hasSecondFactor ? 'Set up' : <span className="muted">None</span>),
    },
    { header: 'Since', from: 'md', isNarrow: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
    ...(actionsFor ? [actions] : []),
  ];
}

function PersonState({ person: { hasPassword, lockedUntil, disabledAt } }: { readonly person: Person }) {
  if (disabledAt !== null) {
    return (
      <>
        <Mark tone="neutral">Disabled</Mark>
        <div className="muted">
          since <Time at={disabledAt} />
        </div>
      </>
    );
  }
  if (lockedUntil !== null) {
    return (
      <>
        <Mark tone="waiting">Locked</Mark>
        <div className="muted">
          until <Time at={lockedUntil} />
        </div>
      </>
    );
  }
  if (!hasPassword) {
    return (
      <Mark tone="moving" isOpen>
        Invited
      </Mark>
    );
  }
  return <Mark tone="good">Active</Mark>;
}
