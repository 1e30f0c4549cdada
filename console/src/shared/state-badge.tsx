import classes from './state-badge.module.css';

type Tone = 'good' | 'bad' | 'waiting' | 'moving' | 'back' | 'neutral';

/** Of items and trades, purchases, cancellation requests, callbacks and approvals. Unknown ones are shown in grey. */
const tones: Readonly<Record<string, Tone>> = {
  pending: 'moving',
  active: 'moving',
  hold: 'waiting',
  completed: 'good',
  failed: 'bad',
  declined: 'bad',
  reverted: 'back',
  asked: 'moving',
  done: 'good',
  refused: 'bad',
  unknown: 'waiting',
  requested: 'moving',
  accepted: 'moving',
  settled: 'good',
  lost: 'bad',
  delivered: 'good',
  asking: 'moving',
  approved: 'good',
  rejected: 'bad',
  timed_out: 'bad',
  // Of marketplaces, rules and entries of the audit trail.
  offered: 'good',
  'not offered': 'bad',
  'on trial': 'waiting',
  paused: 'waiting',
  allowed: 'good',
  denied: 'bad',
  holds: 'good',
  broken: 'bad',
  'no outcome': 'waiting',
};

/** They can still change: the mark is a ring. */
const open: ReadonlySet<string> = new Set([
  ...['initiated', 'pending', 'active', 'hold'],
  ...['recorded', 'asked', 'unknown'],
  ...['requested', 'accepted', 'asking'],
]);

/** A state as a word with a mark: hollow while it can change, filled when it has ended. */
export function StateBadge({ state }: { readonly state: string }) {
  const tone = tones[state] ?? 'neutral';
  return (
    <span className={classes['root']} data-tone={tone} data-open={open.has(state) || undefined}>
      {state.replaceAll('_', ' ')}
    </span>
  );
}
