import { Button, Group, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useMe } from '../../api/session.ts';
import { CursorList } from '../../shared/cursor-list.tsx';
import type { RowAction } from '../../shared/row-menu.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { personColumns } from './person-columns.tsx';
import { DisableDialog, ResetDialog, RoleDialog } from './person-dialogs.tsx';
import { type PeopleScope, type Person, usePeople } from './queries.ts';
import { type ShownLink, ShownLinkView } from './shown-link.tsx';

type Open = { readonly dialog: 'invite' } | { readonly dialog: 'role' | 'disable' | 'reset'; readonly person: Person };

interface PeopleProps {
  readonly scope: PeopleScope;
  /** To what people are invited: `the staff`, or the name of a merchant. */
  readonly of: string;
  readonly caption: string;
  readonly mayChange: boolean;
  readonly empty: string;
}

/** The staff or the members of a merchant: inviting them, changing their role, disabling them, and new links. */
export function People({ scope, of, caption, mayChange, empty }: PeopleProps) {
  const me = useMe();
  const query = usePeople(scope);
  const [open, setOpen] = useState<Open | null>(null);
  const [link, setLink] = useState<ShownLink | null>(null);
  const close = () => setOpen(null);
  const actionsFor = (person: Person) => (person.id === me.id ? [] : actionsOf(person, setOpen));
  return (
    <Stack gap="sm">
      {mayChange && (
        <Group>
          <Button onClick={() => setOpen({ dialog: 'invite' })}>Invite a person…</Button>
        </Group>
      )}
      {link && <ShownLinkView link={link} onDone={() => setLink(null)} />}
      <CursorList
        query={query}
        caption={caption}
        columns={personColumns({ self: me.id, actionsFor: mayChange ? actionsFor : null })}
        rowKey={({ id }) => id}
        empty={empty}
      />
      {open && dialogOf(open, { scope, of, onLink: setLink, onClose: close })}
    </Stack>
  );
}

function actionsOf(person: Person, open: (dialog: Open) => void): RowAction[] {
  if (person.disabledAt !== null) return [{ label: 'Enable…', run: () => open({ dialog: 'disable', person }) }];
  return [
    { label: 'Change the role…', run: () => open({ dialog: 'role', person }) },
    {
      label: person.hasPassword ? 'Reset the password…' : 'New invitation link…',
      run: () => open({ dialog: 'reset', person }),
    },
    { label: 'Disable…', isDangerous: true, run: () => open({ dialog: 'disable', person }) },
  ];
}

interface DialogContext {
  readonly scope: PeopleScope;
  readonly of: string;
  readonly onLink: (link: ShownLink) => void;
  readonly onClose: () => void;
}

function dialogOf(open: Open, { scope, of, onLink, onClose }: DialogContext): ReactNode {
  if (open.dialog === 'invite') return <InviteDialog scope={scope} to={of} onLink={onLink} onClose={onClose} />;
  const { dialog, person } = open;
  if (dialog === 'role') return <RoleDialog scope={scope} person={person} onClose={onClose} />;
  if (dialog === 'disable') return <DisableDialog scope={scope} person={person} onClose={onClose} />;
  return <ResetDialog scope={scope} person={person} onLink={onLink} onClose={onClose} />;
}
