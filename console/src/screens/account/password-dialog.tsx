import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Dialog } from '../../shared/dialog.tsx';
import { ActionError } from '../../shared/error-view.tsx';

interface PasswordDialogProps {
  readonly title: string;
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Before the password: what will happen, or further fields. */
  readonly children?: ReactNode;
  readonly run: (password: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for the password again, before something that a stolen session must not do. */
export function PasswordDialog({ title, action, isDangerous = false, children, run, onClose }: PasswordDialogProps) {
  const [password, setPassword] = useState('');
  const mutation = useMutation({ mutationFn: run });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!mutation.isPending) mutation.mutate(password);
  };
  return (
    <Dialog onClose={onClose} title={title} size="sm">
      <form onSubmit={submit}>
        <Stack gap="md">
          {children}
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            required
            data-autofocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <ActionError error={mutation.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" color={isDangerous ? 'red.9' : 'blue'} loading={mutation.isPending}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
