import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { Notice } from '../../shared/notice.tsx';
import { invitePerson, type PeopleScope, rolesOf } from './queries.ts';
import { RoleField } from './role-field.tsx';
import type { ShownLink } from './shown-link.tsx';

const EMAIL_MAX = 256;
const NAME_MAX = 64;

interface InviteDialogProps {
  readonly scope: PeopleScope;
  /** To what the person is invited: `the staff`, or the name of a merchant. */
  readonly to: string;
  readonly onLink: (link: ShownLink) => void;
  readonly onClose: () => void;
}

/** Invites a person with a link, which the one who invites hands over. */
export function InviteDialog({ scope, to, onLink, onClose }: InviteDialogProps) {
  const roles = rolesOf(scope);
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState(roles.at(-1)?.role ?? '');
  const run = async () => {
    const { person, link, expiresAt } = await invitePerson(scope, { email: email.trim(), name: name.trim(), role });
    onLink({ kind: 'invitation', email: person.email, link, expiresAt });
    return `${person.email} is invited. Hand over the link.`;
  };
  return (
    <ConfirmAction
      title={`Invite a person to ${to}`}
      action="Make the invitation"
      dismiss="Back"
      onClose={onClose}
      run={run}
    >
      <TextInput
        label="E-mail"
        type="email"
        required
        maxLength={EMAIL_MAX}
        data-autofocus
        value={email}
        onChange={({ currentTarget }) => setEmail(currentTarget.value)}
      />
      <TextInput
        label="Name"
        description="As the others see the person"
        required
        maxLength={NAME_MAX}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <RoleField roles={roles} value={role} onChange={setRole} />
      <Notice>The gateway sends no e-mail. You get a link that works once, and hand it to the person yourself.</Notice>
    </ConfirmAction>
  );
}
