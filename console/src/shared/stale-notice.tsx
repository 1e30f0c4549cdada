import type { UseQueryResult } from '@tanstack/react-query';
import { ApiFailure } from '../api/failure.ts';
import { Notice } from './notice.tsx';
import { Time } from './time.tsx';

interface StaleNoticeProps {
  readonly query: Pick<UseQueryResult, 'error' | 'dataUpdatedAt'>;
}

/** Says that what is shown could not be brought up to date. */
export function StaleNotice({ query: { error, dataUpdatedAt } }: StaleNoticeProps) {
  if (error === null) return null;
  const reason = error instanceof ApiFailure ? error.message : 'The last request failed.';
  return (
    <Notice tone="waiting">
      {reason} This is as of <Time at={new Date(dataUpdatedAt).toISOString()} show="clock" />; it is asked for again.
    </Notice>
  );
}
