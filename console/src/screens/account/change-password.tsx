import { Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { sessionQuery, useMe } from '../../api/session.ts';
import { useAnnounce } from '../../shared/announcer.tsx';
import { ActionError } from '../../shared/error-view.tsx';
import { PASSWORD_HINT, PASSWORD_MAX, PASSWORD_MIN } from '../../shared/password-rules.ts';

/** Changes the own password. It ends all other sessions. */
export function ChangePassword() {
  const { email } = useMe();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const announce = useAnnounce();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: () => dataOf(api.PUT('/operator/v1/password', { body: { current, password } })),
    onSuccess: async (me) => {
      setCurrent('');
      setPassword('');
      queries.setQueryData(sessionQuery.queryKey, me);
      announce('Your password is changed. You are signed out everywhere else.');
      await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!change.isPending) change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" align="flex-start">
        {/* Password managers find the account by it. */}
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          required
          w="100%"
          maxLength={PASSWORD_MAX}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description={PASSWORD_HINT}
          autoComplete="new-password"
          required
          w="100%"
          minLength={PASSWORD_MIN}
          maxLength={PASSWORD_MAX}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ActionError error={change.error} />
        <Button type="submit" variant="default" loading={change.isPending}>
          Change the password
        </Button>
      </Stack>
    </form>
  );
}
