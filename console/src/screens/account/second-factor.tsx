import { Button, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { sessionQuery, useMe } from '../../api/session.ts';
import { useAnnounce } from '../../shared/announcer.tsx';
import { Notice } from '../../shared/notice.tsx';
import { ConfirmCode } from './confirm-code.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

type Step =
  | { readonly name: 'idle' | 'password' | 'removing' }
  | { readonly name: 'code'; readonly secret: string; readonly uri: string }
  | { readonly name: 'codes'; readonly codes: readonly string[] };

const IDLE: Step = { name: 'idle' };

/** Sets up an authenticator app as the second factor, or removes it. */
export function SecondFactor() {
  const { hasSecondFactor } = useMe();
  const [step, setStep] = useState<Step>(IDLE);
  const queries = useQueryClient();
  const announce = useAnnounce();
  const back = () => setStep(IDLE);
  const refresh = () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey });

  const begin = async (password: string) => {
    setStep({ name: 'code', ...(await dataOf(api.POST('/operator/v1/totp', { body: { password } }))) });
  };
  const confirmed = async (codes: readonly string[]) => {
    setStep({ name: 'codes', codes });
    announce('The second factor is set up.');
    await refresh();
  };
  const remove = async (password: string) => {
    await dataOf(api.POST('/operator/v1/totp/remove', { body: { password } }));
    back();
    announce('The second factor is removed.');
    await refresh();
  };

  if (step.name === 'code')
    return <ConfirmCode secret={step.secret} uri={step.uri} onDone={confirmed} onCancel={back} />;
  if (step.name === 'codes') return <RecoveryCodes codes={step.codes} onDone={back} />;
  return (
    <Stack gap="sm" align="flex-start">
      {hasSecondFactor ? <Present /> : <Missing />}
      {hasSecondFactor ? (
        <Button variant="default" onClick={() => setStep({ name: 'removing' })}>
          Remove the second factor…
        </Button>
      ) : (
        <Button onClick={() => setStep({ name: 'password' })}>Set up a second factor…</Button>
      )}
      {step.name === 'password' && (
        <PasswordDialog title="Set up a second factor" action="Continue" run={begin} onClose={back} />
      )}
      {step.name === 'removing' && (
        <PasswordDialog title="Remove the second factor?" action="Remove it" isDangerous run={remove} onClose={back} />
      )}
    </Stack>
  );
}

function Present() {
  return (
    <Notice tone="good" title="An authenticator app is set up">
      Signing in needs your password and a code of the app, or one of your recovery codes.
    </Notice>
  );
}

function Missing() {
  return (
    <Notice tone="waiting" title="Your password alone protects this account">
      With an authenticator app on your phone, a stolen password is not enough to sign in as you.
    </Notice>
  );
}
