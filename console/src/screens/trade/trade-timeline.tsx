import { Chip, Group } from '@mantine/core';
import { useState } from 'react';
import { Identifier } from '../../shared/identifier.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { isSameDate, Time } from '../../shared/time.tsx';
import type { TradeDetails } from './queries.ts';
import classes from './timeline.module.css';
import { type Entry, entriesOf } from './timeline.ts';

const kinds: readonly (readonly [Entry['kind'], string])[] = [
  ['event', 'States'],
  ['purchase', 'Orders'],
  ['cancellation', 'Cancellations'],
  ['money', 'Money'],
  ['approval', 'Approval'],
  ['callback', 'Callbacks'],
];

/** Everything that happened, oldest first, and which kinds of it are shown. */
export function TradeTimeline({ trade }: { readonly trade: TradeDetails }) {
  const entries = entriesOf(trade);
  const [hidden, setHidden] = useState<ReadonlySet<Entry['kind']>>(new Set());
  const present = kinds.filter(([kind]) => entries.some((entry) => entry.kind === kind));
  const toggle = (kind: Entry['kind']) => setHidden((before) => new Set(before.symmetricDifference(new Set([kind]))));
  const shown = entries.filter(({ kind }) => !hidden.has(kind));
  return (
    <div className={classes['root']}>
      <Group gap={6} role="group" aria-label="Shown in the timeline">
        {present.map(([kind, label]) => (
          <Chip key={kind} size="xs" variant="outline" checked={!hidden.has(kind)} onChange={() => toggle(kind)}>
            {label}
          </Chip>
        ))}
      </Group>
      <ol className={classes['list']}>
        {shown.map((entry, index) => (
          <EntryRow key={entry.key} entry={entry} before={shown[index - 1]} />
        ))}
      </ol>
    </div>
  );
}

function EntryRow({ entry, before }: { readonly entry: Entry; readonly before: Entry | undefined }) {
  const { at, kind, text, state, item, details, requestId } = entry;
  const isNewDate = !before || !isSameDate(before.at, at);
  return (
    <>
      {isNewDate && (
        <li className={classes['date']}>
          <Time at={at} show="date" />
        </li>
      )}
      <li className={classes['entry']} data-kind={kind}>
        <Time at={at} show="clock" />
        <div className={classes['text']}>
          <span>{text}</span>
          {state !== undefined && <StateBadge state={state} />}
          {item !== undefined && <span className={classes['item']}>{item}</span>}
          {(details.length > 0 || requestId !== undefined) && (
            <div className={classes['details']}>
              {details.join(' · ')}
              {requestId !== undefined && (
                <>
                  {' · request '}
                  <Identifier value={requestId} of="request id" isShort />
                </>
              )}
            </div>
          )}
        </div>
      </li>
    </>
  );
}
