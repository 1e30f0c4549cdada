import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ActionError } from '../../shared/error-view.tsx';
import { PASSWORD_HINT, PASSWORD_MAX, PASSWORD_MIN } from '../../shared/password-rules.ts';
import { Entrance } from '../sign-in/entrance.tsx';
import { type OpenLink, useLinkUse } from './link-screen.tsx';

/** Sets the first password of an invited person, with the name, or a new password. */
export function PasswordForm({ link: { token, purpose, email, name: known } }: { readonly link: OpenLink }) {
  const isInvitation = purpose === 'invitation';
  const [name, setName] = useState(known);
  const [password, setPassword] = useState('');
  const useLink = useLinkUse(email);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!useLink.isPending) useLink.mutate({ token, password, ...(isInvitation ? { name } : {}) });
  };
  return (
    <Entrance title={isInvitation ? 'Welcome' : 'Set a new password'}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput label="E-mail" type="email" autoComplete="username" value={email} readOnly />
          {isInvitation && (
            <TextInput
              label="Name"
              description="As the others see you"
              autoComplete="name"
              required
              maxLength={64}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <PasswordInput
            label="New password"
            description={PASSWORD_HINT}
            autoComplete="new-password"
            required
            autoFocus
            minLength={PASSWORD_MIN}
            maxLength={PASSWORD_MAX}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <ActionError error={useLink.error} />
          <Button type="submit" loading={useLink.isPending} fullWidth>
            {isInvitation ? 'Set the password and sign in' : 'Set the password'}
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}
