import { Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { isFailure } from '../../api/failure.ts';
import { ActionError } from '../../shared/error-view.tsx';
import { Notice } from '../../shared/notice.tsx';
import { answerWithPasskey, canUsePasskeys } from '../../shared/passkeys.ts';
import { useEnter } from './enter.ts';
import { Entrance } from './entrance.tsx';

const route = getRouteApi('/sign-in');

/** Asks for the second factor only when the gateway does. */
export function SignInScreen() {
  const { to, email: known = '' } = route.useSearch();
  const enter = useEnter();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const signIn = useMutation({
    mutationFn: () => {
      const body = { email, password, ...(needsCode ? { code: code.trim() } : {}) };
      return dataOf(api.POST('/operator/v1/session', { body }));
    },
    onSuccess: (me) => enter(me, to),
    onError: (error) => {
      if (isFailure(error, 'SECOND_FACTOR_REQUIRED')) setNeedsCode(true);
      setCode('');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate();
  };
  return (
    <Entrance title="Sign in">
      <form onSubmit={submit}>
        <Stack gap="sm">
          {known !== '' && !signIn.error && (
            <Notice tone="good">Your password is set. Sign in with it and a code of your authenticator app.</Notice>
          )}
          <TextInput
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {needsCode && <CodeField value={code} onChange={setCode} />}
          {!isFailure(signIn.error, 'SECOND_FACTOR_REQUIRED') && <ActionError error={signIn.error} />}
          <Button type="submit" loading={signIn.isPending} fullWidth>
            Sign in
          </Button>
        </Stack>
      </form>
      {canUsePasskeys() && <PasskeyButton to={to} />}
    </Entrance>
  );
}

function PasskeyButton({ to }: { readonly to: string | undefined }) {
  const enter = useEnter();
  const signIn = useMutation({
    mutationFn: async () => {
      const options = await dataOf(api.POST('/operator/v1/session/passkey/begin'));
      return dataOf(api.POST('/operator/v1/session/passkey', { body: await answerWithPasskey(options) }));
    },
    onSuccess: (me) => enter(me, to),
  });
  return (
    <Stack gap="sm">
      <Divider label="or" />
      <ActionError error={signIn.error} />
      <Button variant="default" loading={signIn.isPending} fullWidth onClick={() => signIn.mutate()}>
        Sign in with a passkey
      </Button>
    </Stack>
  );
}

function CodeField({ value, onChange }: { readonly value: string; readonly onChange: (code: string) => void }) {
  return (
    <TextInput
      label="Code"
      description="Of your authenticator app, or one of your recovery codes"
      name="code"
      autoComplete="one-time-code"
      required
      minLength={6}
      maxLength={40}
      ref={(field) => {
        if (field && value === '') field.focus();
      }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
