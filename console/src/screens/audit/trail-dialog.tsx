import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../../shared/dialog.tsx';
import { ActionError } from '../../shared/error-view.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { Notice } from '../../shared/notice.tsx';
import { type AuditFinding, checkTrail } from './queries.ts';

/** Checks that no entry of the trail was changed, removed or put in between. It changes nothing. */
export function TrailDialog({ onClose }: { readonly onClose: () => void }) {
  const [expected, setExpected] = useState('');
  const check = useMutation({ mutationFn: checkTrail });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!check.isPending) check.mutate(expected.trim());
  };
  return (
    <Dialog title="Check the trail" onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <p style={{ margin: 0 }}>
            Each entry has a digest of itself and of the one before. The whole trail is read, and the first entry that
            was changed, removed or put in between is named.
          </p>
          <TextInput
            label="An end that you noted before"
            description="Number and digest, such as 14:b86a20…. The trail must still have that entry"
            classNames={{ input: 'mono' }}
            pattern="\s*\d{1,15}:[0-9a-f]{64}\s*"
            title="A number, a colon and a digest of 64 digits and letters"
            autoComplete="off"
            spellCheck={false}
            value={expected}
            onChange={({ currentTarget }) => setExpected(currentTarget.value)}
            data-autofocus
          />
          <ActionError error={check.error} />
          {check.data && <Finding finding={check.data} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={check.isPending}>
              {check.data ? 'Check again' : 'Check the trail'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Finding({ finding }: { readonly finding: AuditFinding }) {
  const { isWhole, fault, number, digest, hasExpected } = finding;
  const end = <Identifier value={`${number}:${digest}`} of="end of the trail" />;
  if (isWhole) {
    return (
      <Notice tone="good" title="The trail is whole" isAlert>
        <Stack gap={6}>
          <span>
            {number === 1 ? 'It has 1 entry.' : `It has ${number} entries.`}
            {hasExpected === true && ' It still has the entry that you noted.'}
          </span>
          <span>It ends with {end}</span>
          <span>
            Note this end where nobody who can write to the database can write. Whoever can could write a whole new
            trail, which only an end that was noted elsewhere reveals.
          </span>
        </Stack>
      </Notice>
    );
  }
  return (
    <Notice tone="bad" title="The trail is not whole" isAlert>
      <Stack gap={6}>
        {fault !== null && <span>The first thing that is wrong: {fault}.</span>}
        {fault === null && hasExpected === false && (
          <span>
            Its entries follow each other, but it does not have the entry that you noted. It was written anew, or cut,
            or the end that you entered is of another database.
          </span>
        )}
        <span>The last entry that was checked is {end}</span>
        <span>
          Keep a copy of the database, and find out who could write to it. Everything that the trail says from there on
          may be wrong.
        </span>
      </Stack>
    </Notice>
  );
}
