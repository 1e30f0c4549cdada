import { Button, CopyButton, Group, Stack } from '@mantine/core';
import { canCopy } from '../../shared/identifier.tsx';
import { Notice } from '../../shared/notice.tsx';
import classes from './account.module.css';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

/** The gateway keeps only digests of them, so that they cannot be shown again. */
export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  return (
    <Stack gap="sm">
      <Notice tone="waiting" title="Keep these recovery codes now">
        They are shown once. Each replaces your phone for one sign-in. Keep them where your password manager is not.
      </Notice>
      <ul className={`mono ${classes['codes']}`} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        {canCopy() && (
          <CopyButton value={codes.join('\n')}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy all'}
              </Button>
            )}
          </CopyButton>
        )}
        <Button onClick={onDone}>I have kept them</Button>
      </Group>
    </Stack>
  );
}
