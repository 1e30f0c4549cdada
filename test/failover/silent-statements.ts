import type { SentStatement } from './statements.ts';

export const silentKinds = ['select', 'insert', 'update', 'commit', 'listen', 'fetch of jobs'] as const;
export type SilentKind = (typeof silentKinds)[number];

const JOBS = /\bpgboss\./;
const MAKES_TRADE = /^\s*insert into "trade"/i;

/** Which statements are of each kind. Heartbeats are none: they have no table. */
const matchers: Readonly<Record<SilentKind, (sent: SentStatement) => boolean>> = {
  select: ({ text, isInTransaction }) => !isInTransaction && /^\s*select\b.*\bfrom\b/is.test(text) && !JOBS.test(text),
  insert: ({ text, isInTransaction }) => isInTransaction && MAKES_TRADE.test(text),
  update: ({ text, isInTransaction }) => isInTransaction && /^\s*update "(trade|item|account)"/i.test(text),
  commit: ({ text, transaction }) => /^\s*commit\b/i.test(text) && transaction.some((each) => MAKES_TRADE.test(each)),
  listen: ({ text }) => /^\s*listen\b/i.test(text),
  'fetch of jobs': ({ text }) => JOBS.test(text) && /skip locked/i.test(text),
};

export function isOfKind(kind: SilentKind): (sent: SentStatement) => boolean {
  return matchers[kind];
}
