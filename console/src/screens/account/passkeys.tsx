import { Button, Group, Skeleton, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { Passkey } from '../../api/schema.d.ts';
import { useAnnounce } from '../../shared/announcer.tsx';
import { ConfirmAction } from '../../shared/confirm-action.tsx';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { ErrorView } from '../../shared/error-view.tsx';
import { Section } from '../../shared/page.tsx';
import { canUsePasskeys, createPasskey } from '../../shared/passkeys.ts';
import { Time } from '../../shared/time.tsx';
import { browserName } from './browser-name.ts';
import { PasswordDialog } from './password-dialog.tsx';

const PASSKEYS = ['passkeys'];
const NAME_MAX = 64;

type Step =
  | { readonly name: 'idle' | 'adding' }
  | { readonly name: 'renaming' | 'removing'; readonly passkey: Passkey };

const IDLE: Step = { name: 'idle' };

/** What signs the person in without a password: adds, renames and removes passkeys. */
export function Passkeys() {
  const [step, setStep] = useState<Step>(IDLE);
  const back = () => setStep(IDLE);
  const query = useQuery({
    queryKey: PASSKEYS,
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/passkeys', { signal })),
  });
  const add = canUsePasskeys() && (
    <Button size="compact-sm" onClick={() => setStep({ name: 'adding' })}>
      Add a passkey…
    </Button>
  );
  return (
    <Section title="Passkeys" aside={add}>
      {query.isPending && <Skeleton height={90} />}
      {query.isError && !query.data && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <DataTable
          caption="Your passkeys"
          columns={columnsWith(setStep)}
          rows={query.data}
          rowKey={({ id }) => id}
          empty={<Missing />}
        />
      )}
      {step.name === 'adding' && <AddDialog onClose={back} />}
      {step.name === 'renaming' && <RenameDialog passkey={step.passkey} onClose={back} />}
      {step.name === 'removing' && <RemoveDialog passkey={step.passkey} onClose={back} />}
    </Section>
  );
}

function Missing() {
  return canUsePasskeys() ? (
    <>With a passkey you sign in by your finger, face or PIN. It replaces the password and the code.</>
  ) : (
    <>Passkeys need a browser that knows them, and the console at a host name: over https, or at localhost.</>
  );
}

function columnsWith(setStep: (step: Step) => void): readonly Column<Passkey>[] {
  return [
    { header: 'Name', cell: ({ name }) => name },
    { header: 'Added', from: 'sm', isNarrow: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
    { header: 'Last used', from: 'sm', isNarrow: true, cell: ({ usedAt }) => <Time at={usedAt} /> },
    {
      header: 'Actions',
      hidesHeader: true,
      isNarrow: true,
      align: 'right',
      cell: (passkey) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Button size="compact-xs" variant="default" onClick={() => setStep({ name: 'renaming', passkey })}>
            Rename…
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setStep({ name: 'removing', passkey })}>
            Remove…
          </Button>
        </Group>
      ),
    },
  ];
}

interface NameFieldProps {
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly isFirst?: boolean;
}

function NameField({ value, onChange, isFirst = false }: NameFieldProps) {
  return (
    <TextInput
      label="Name"
      description="By which you know it again"
      required
      maxLength={NAME_MAX}
      data-autofocus={isFirst || undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState(() => browserName(navigator.userAgent).slice(0, NAME_MAX));
  const queries = useQueryClient();
  const announce = useAnnounce();
  const add = async (password: string) => {
    const options = await dataOf(api.POST('/operator/v1/passkeys/begin', { body: { password } }));
    const answer = await createPasskey(options);
    await dataOf(api.POST('/operator/v1/passkeys', { body: { name, answer } }));
    onClose();
    announce('The passkey is added.');
    await queries.invalidateQueries({ queryKey: PASSKEYS });
  };
  return (
    <PasswordDialog title="Add a passkey" action="Continue" run={add} onClose={onClose}>
      <NameField value={name} onChange={setName} />
    </PasswordDialog>
  );
}

interface DialogProps {
  readonly passkey: Passkey;
  readonly onClose: () => void;
}

function RenameDialog({ passkey: { id, name: before }, onClose }: DialogProps) {
  const [name, setName] = useState(before);
  const rename = async () => {
    const params = { path: { passkeyId: id } };
    await dataOf(api.PUT('/operator/v1/passkeys/{passkeyId}', { params, body: { name } }));
    return 'The passkey is renamed.';
  };
  return (
    <ConfirmAction title="Rename the passkey" action="Rename it" dismiss="Back" run={rename} onClose={onClose}>
      <NameField value={name} onChange={setName} isFirst />
    </ConfirmAction>
  );
}

function RemoveDialog({ passkey: { id, name }, onClose }: DialogProps) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const remove = async (password: string) => {
    const params = { path: { passkeyId: id } };
    await dataOf(api.POST('/operator/v1/passkeys/{passkeyId}/remove', { params, body: { password } }));
    onClose();
    announce('The passkey is removed.');
    await queries.invalidateQueries({ queryKey: PASSKEYS });
  };
  return (
    <PasswordDialog title="Remove the passkey?" action="Remove it" isDangerous run={remove} onClose={onClose}>
      <p style={{ margin: 0 }}>
        Nobody can sign in with “{name}” any more. Remove it from the device too: the gateway cannot.
      </p>
    </PasswordDialog>
  );
}
