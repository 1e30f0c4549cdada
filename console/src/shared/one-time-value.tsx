import { Button, CopyButton, Group, Stack } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { canCopy } from './identifier.tsx';
import { Notice } from './notice.tsx';
import classes from './one-time-value.module.css';

interface OneTimeValueProps {
  readonly title: string;
  readonly value: string;
  /** What it is, for the button that copies it: `key`. */
  readonly of: string;
  /** What to do with it. */
  readonly children: ReactNode;
  readonly onDone: () => void;
}

/** A key, a secret or a link that the gateway tells once. It stays until the person says that it is kept. */
export function OneTimeValue({ title, value, of, children, onDone }: OneTimeValueProps) {
  const ref = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value is shown, so the focus moves to it
  useEffect(() => {
    // After the dialog that has made it, which returns the focus to where it was.
    const timer = setTimeout(() => ref.current?.focus());
    return () => clearTimeout(timer);
  }, [value]);
  return (
    <section ref={ref} tabIndex={-1} aria-label={title} className={classes['root']}>
      <Notice tone="waiting" title={title}>
        <Stack gap="sm">
          <p style={{ margin: 0 }}>{children} It is shown only this once.</p>
          <code className={`mono ${classes['value']}`}>{value}</code>
          <Group gap="xs">
            {canCopy() && (
              <CopyButton value={value}>
                {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : `Copy the ${of}`}</Button>}
              </CopyButton>
            )}
            <Button variant="default" onClick={onDone}>
              I have kept it
            </Button>
          </Group>
        </Stack>
      </Notice>
    </section>
  );
}
