import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { ActionError } from '../../shared/error-view.tsx';
import { Identifier } from '../../shared/identifier.tsx';
import { QrCode } from './qr-code.tsx';

interface ConfirmCodeProps {
  readonly secret: string;
  readonly uri: string;
  readonly onDone: (recoveryCodes: readonly string[]) => Promise<void>;
  readonly onCancel: () => void;
}

/** Shows the secret to the authenticator app, and asks for a first code of it. */
export function ConfirmCode({ secret, uri, onDone, onCancel }: ConfirmCodeProps) {
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: async () => dataOf(api.PUT('/operator/v1/totp', { body: { code: code.trim() } })),
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!confirm.isPending) confirm.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" align="flex-start">
        <p style={{ margin: 0 }}>1. Scan this with your authenticator app, or type the key into it.</p>
        <QrCode text={uri} label="QR code of the key below, for an authenticator app" />
        <span>
          <span className="muted">Key</span> <Identifier value={secret} of="key" />
        </span>
        <TextInput
          label="2. Enter the code that the app shows"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          autoFocus
          minLength={6}
          maxLength={40}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <ActionError error={confirm.error} />
        <Group gap="xs">
          <Button type="submit" loading={confirm.isPending}>
            Confirm
          </Button>
          <Button variant="default" onClick={onCancel}>
            Back
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
