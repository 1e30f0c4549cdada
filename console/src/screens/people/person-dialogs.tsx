import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { Notice } from '../../shared/notice.tsx';
import { changeRole, type PeopleScope, type Person, resetPerson, rolesOf, setDisabled } from './queries.ts';
import { RoleField } from './role-field.tsx';
import type { ShownLink } from './shown-link.tsx';

interface PersonDialogProps {
  readonly scope: PeopleScope;
  readonly person: Person;
  readonly onClose: () => void;
}

export function RoleDialog({ scope, person, onClose }: PersonDialogProps) {
  const [role, setRole] = useState<string>(person.role);
  const run = async () => {
    const changed = await changeRole(scope, person.id, role);
    return `${person.email} is ${changed.role} now.`;
  };
  return (
    <ConfirmAction title={`Role of ${person.name}`} action="Change the role" onClose={onClose} run={run}>
      <RoleField roles={rolesOf(scope)} value={role} onChange={setRole} />
      <Notice>
        {role === person.role
          ? `${person.name} is ${person.role} now. Choose another role.`
          : `${person.name} is signed out everywhere, and has the new role after signing in again.`}
      </Notice>
    </ConfirmAction>
  );
}

export function DisableDialog({ scope, person, onClose }: PersonDialogProps) {
  const isDisabled = person.disabledAt !== null;
  const run = async () => {
    await setDisabled(scope, person.id, !isDisabled);
    return `${person.email} is ${isDisabled ? 'enabled' : 'disabled'}.`;
  };
  if (isDisabled) {
    return (
      <ConfirmAction title={`Enable ${person.name}?`} action="Enable the account" onClose={onClose} run={run}>
        <Notice title="What will happen">
          {person.email} can sign in again, with the role {person.role} and the password from before.
        </Notice>
      </ConfirmAction>
    );
  }
  return (
    <ConfirmAction
      title={`Disable ${person.name}?`}
      action="Disable the account"
      isDangerous
      onClose={onClose}
      run={run}
    >
      <Notice tone="waiting" title="What will happen">
        {person.email} is signed out everywhere at once, and cannot sign in until the account is enabled again. What the
        person has done stays in the audit trail.
      </Notice>
    </ConfirmAction>
  );
}

interface ResetDialogProps extends PersonDialogProps {
  readonly onLink: (link: ShownLink) => void;
}

export function ResetDialog({ scope, person, onLink, onClose }: ResetDialogProps) {
  const [removesFactor, setRemovesFactor] = useState(false);
  const run = async () => {
    const { link, expiresAt } = await resetPerson(scope, person.id, removesFactor);
    onLink({ kind: 'reset', email: person.email, link, expiresAt });
    return `The link for ${person.email} is made. Hand it over.`;
  };
  return (
    <ConfirmAction title={`New link for ${person.name}?`} action="Make the link" onClose={onClose} run={run}>
      <Notice tone="waiting" title="What will happen">
        {person.email} is signed out everywhere, links from before stop working, and you get a link with which the
        person sets {person.hasPassword ? 'a new password' : 'the first password'}.
      </Notice>
      {person.hasPassword && (
        <p className="muted" style={{ margin: 0 }}>
          The old password works until the link is used. If somebody else has it, disable the account instead.
        </p>
      )}
      {person.hasSecondFactor && (
        <Checkbox
          label="Remove the second factor too"
          description="Only if the device and the recovery codes are lost"
          checked={removesFactor}
          onChange={({ currentTarget }) => setRemovesFactor(currentTarget.checked)}
        />
      )}
    </ConfirmAction>
  );
}
