import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useNow } from '../../shared/age.tsx';
import { durationText } from '../../shared/duration.ts';
import { Facts } from '../../shared/facts.tsx';
import { Loaded } from '../../shared/loaded.tsx';
import { Panel } from '../../shared/page.tsx';
import { Time } from '../../shared/time.tsx';
import { MoveClockDialog } from './move-clock-dialog.tsx';
import { type SandboxClock, useClock } from './queries.ts';
import classes from './sandbox.module.css';

/** What the usual steps are for. */
const steps = [
  { advance: '31m', label: '+31 min', title: 'An item that was bought now can be cancelled then' },
  { advance: '8h', label: '+8 hours', title: 'Most sellers have sent what was bought' },
  { advance: '1 day', label: '+1 day', title: 'Eight of them end the hold of a delivered item' },
] as const;

/** The sandbox's time, and moving it forward. */
export function Clock() {
  const query = useClock();
  const [advance, setAdvance] = useState<string | null>(null);
  return (
    <Loaded query={query} height={180}>
      {(clock) => (
        <Panel>
          <div className={classes['panel']}>
            <Reading clock={clock} />
            <Group gap="xs">
              {steps.map(({ advance: step, label, title }) => (
                <Button key={step} variant="default" title={title} onClick={() => setAdvance(step)}>
                  {label}…
                </Button>
              ))}
            </Group>
            <OwnDuration onMove={setAdvance} />
          </div>
          {advance !== null && <MoveClockDialog advance={advance} onClose={() => setAdvance(null)} />}
        </Panel>
      )}
    </Loaded>
  );
}

const SECOND_MS = 1000;

function Reading({ clock: { offsetMs } }: { readonly clock: SandboxClock }) {
  const now = new Date(useNow(SECOND_MS)).toISOString();
  return (
    <Facts
      facts={[
        [
          'Now',
          <span key="now" className={classes['now']}>
            <Time at={now} />
          </span>,
        ],
        ['Ahead of real time', offsetMs === 0 ? 'not at all' : durationText(offsetMs)],
      ]}
    />
  );
}

/** The API's limit. */
const DURATION_MAX = 32;

function OwnDuration({ onMove }: { readonly onMove: (advance: string) => void }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onMove(text.trim());
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput
          label="Another duration"
          placeholder="45m, 2h or 8 days"
          maxLength={DURATION_MAX}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={text.trim() === ''}>
          Move…
        </Button>
      </Group>
    </form>
  );
}
