import { Button, Group, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ApiFailure } from '../api/failure.ts';
import { Identifier } from './identifier.tsx';
import { Notice } from './notice.tsx';

interface Advice {
  readonly title: string;
  /** What the person can do. */
  readonly next: string;
  readonly canRetry: boolean;
}

const advices: Readonly<Record<string, Advice>> = {
  UNREACHABLE: {
    title: 'The gateway cannot be reached',
    next: 'Check your connection. If others cannot reach it either, the operator has to look at the gateway.',
    canRetry: true,
  },
  SERVICE_UNAVAILABLE: {
    title: 'The gateway cannot answer now',
    next: 'This usually passes within a minute.',
    canRetry: true,
  },
  RATE_LIMITED: { title: 'Too many requests', next: 'Wait a moment, then try again.', canRetry: true },
  PERMISSION_DENIED: {
    title: 'Your role does not allow this',
    next: 'Ask a person who manages accounts for another role if you need it.',
    canRetry: false,
  },
};

const notFound: Advice = {
  title: 'There is no such thing here',
  next: 'Check the address, or look for it in its list. You see only what your account covers.',
  canRetry: false,
};

const unexpected: Advice = {
  title: 'Something went wrong',
  next: 'Try again. If it happens again, give the request id to those who run the gateway: their log has it.',
  canRetry: true,
};

interface ErrorViewProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, what to do, and the request id by which the log can be searched. */
export function ErrorView({ error, onRetry }: ErrorViewProps) {
  const failure = error instanceof ApiFailure ? error : null;
  const { title, next, canRetry } = adviceFor(failure);
  return (
    <Notice tone={canRetry ? 'bad' : 'info'} title={title} isAlert>
      <Stack gap={6}>
        <p style={{ margin: 0 }}>
          {failure && failure.key !== 'UNREACHABLE' ? `${failure.message} ` : ''}
          {next}
        </p>
        <FieldList fields={failure?.fields ?? {}} />
        {failure?.requestId && (
          <span className="muted">
            Request id <Identifier value={failure.requestId} of="request id" />
          </span>
        )}
        {canRetry && onRetry && <Retry waitSeconds={failure?.retryAfterSeconds ?? 0} onRetry={onRetry} />}
      </Stack>
    </Notice>
  );
}

/** What went wrong with an action, beside its button. */
export function ActionError({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null;
  const failure = error instanceof ApiFailure ? error : null;
  return (
    <Notice tone="bad" isAlert>
      <p style={{ margin: 0 }}>{failure?.message ?? unexpected.next}</p>
      <FieldList fields={failure?.fields ?? {}} />
      {failure?.requestId && (
        <small className="muted">
          Request id <Identifier value={failure.requestId} of="request id" />
        </small>
      )}
    </Notice>
  );
}

function adviceFor(failure: ApiFailure | null): Advice {
  if (!failure) return unexpected;
  return advices[failure.key] ?? (failure.key.endsWith('NOT_FOUND') ? notFound : unexpected);
}

function FieldList({ fields }: { readonly fields: Readonly<Record<string, string>> }) {
  const entries = Object.entries(fields);
  if (entries.length === 0) return null;
  return (
    <ul style={{ margin: 0, paddingLeft: '1.2em' }}>
      {entries.map(([name, text]) => (
        <li key={name}>
          <span className="mono">{name}</span> {text}
        </li>
      ))}
    </ul>
  );
}

function Retry({ waitSeconds, onRetry }: { readonly waitSeconds: number; readonly onRetry: () => void }) {
  const [left, setLeft] = useState(waitSeconds);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <Group>
      <Button variant="default" onClick={onRetry} disabled={left > 0}>
        {left > 0 ? `Try again in ${left} s` : 'Try again'}
      </Button>
    </Group>
  );
}
