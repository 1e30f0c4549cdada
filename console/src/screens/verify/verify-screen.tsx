import { type Column, DataTable } from '../../shared/data-table.tsx';
import { Facts } from '../../shared/facts.tsx';
import { gatewayNow } from '../../shared/gateway-clock.ts';
import { Loaded } from '../../shared/loaded.tsx';
import { Notice } from '../../shared/notice.tsx';
import { Page, Panel, Section } from '../../shared/page.tsx';
import { StateBadge } from '../../shared/state-badge.tsx';
import { Time } from '../../shared/time.tsx';
import { TimeAgo } from '../../shared/time-ago.tsx';
import { BrokenRule, WhatToDo } from './broken-rule.tsx';
import { type Rule, useVerification, type Verification, type VerifyRun } from './queries.ts';
import classes from './verify.module.css';

/** Whether the books were right at the last check. */
export function VerifyScreen() {
  const query = useVerification();
  return (
    <Page title="Verify">
      <Loaded query={query}>{(verification) => <Report verification={verification} />}</Loaded>
    </Page>
  );
}

function Report({ verification: { lastRun, everyMinutes } }: { readonly verification: Verification }) {
  return (
    <>
      {everyMinutes === null && <SwitchedOff hasRun={lastRun !== null} />}
      {lastRun === null && everyMinutes !== null && (
        <Notice title="The books were not checked yet">
          A node checks them every {everyMinutes} minutes, for the first time soon after its start.
        </Notice>
      )}
      {lastRun && <Run run={lastRun} everyMinutes={everyMinutes} />}
    </>
  );
}

function SwitchedOff({ hasRun }: { readonly hasRun: boolean }) {
  return (
    <Notice tone="waiting" title="The books are not checked by themselves">
      VERIFY_EVERY_MIN is 0, so that the scheduled check is switched off.{' '}
      {hasRun ? 'What follows is the result of an earlier run.' : 'Nothing was checked yet.'} Check them with{' '}
      <span className="mono">skinrail verify</span>.
    </Notice>
  );
}

interface RunProps {
  readonly run: VerifyRun;
  readonly everyMinutes: Verification['everyMinutes'];
}

function Run({ run, everyMinutes }: RunProps) {
  const { isClean, rules } = run;
  const broken = rules.filter(({ holds }) => !holds);
  return (
    <>
      {isClean ? (
        <Notice tone="good" title={`All ${rules.length} rules hold`}>
          The last check of the whole database has found nothing wrong.
        </Notice>
      ) : (
        <Notice tone="bad" title={broken.length === 1 ? 'A rule is broken' : `${broken.length} rules are broken`}>
          The books do not agree. Do what is described below before more is bought.
        </Notice>
      )}
      <Overdue run={run} everyMinutes={everyMinutes} />
      <Panel>
        <RunFacts run={run} everyMinutes={everyMinutes} />
      </Panel>
      {broken.length > 0 && (
        <div className={classes['columns']}>
          <Section title={broken.length === 1 ? 'Broken rule' : 'Broken rules'}>
            {broken.map((rule) => (
              <BrokenRule key={rule.name} rule={rule} />
            ))}
          </Section>
          <Section title="What to do">
            <Panel>
              <WhatToDo broken={broken} />
            </Panel>
          </Section>
        </div>
      )}
      <Section title={`All ${rules.length} rules`}>
        <DataTable
          caption="Rules, broken ones first"
          columns={columns}
          rows={[...broken, ...rules.filter(({ holds }) => holds)]}
          rowKey={({ name }) => name}
          empty="There are no rules."
        />
      </Section>
    </>
  );
}

function RunFacts({ run: { endedAt, durationMs, cleanAt }, everyMinutes }: RunProps) {
  return (
    <Facts
      facts={[
        [
          'Last run',
          <>
            <Time at={endedAt} /> <span className="muted">(</span>
            <TimeAgo at={endedAt} />
            <span className="muted">)</span>
          </>,
        ],
        ['It took', durationText(durationMs)],
        ['Last clean run', cleanAt === null ? 'never' : <Time key="clean" at={cleanAt} />],
        ['Checked', everyMinutes === null ? 'when somebody runs it' : `every ${everyMinutes} minutes`],
      ]}
    />
  );
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

function durationText(ms: number): string {
  if (ms < SECOND_MS) return `${ms} ms`;
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  return `${Math.floor(ms / MINUTE_MS)} min ${Math.round((ms % MINUTE_MS) / SECOND_MS)} s`;
}

/** As the alert for it: three intervals without a run. */
const INTERVALS_MAX = 3;

function Overdue({ run: { endedAt }, everyMinutes }: RunProps) {
  if (everyMinutes === null) return null;
  if (gatewayNow() - new Date(endedAt).getTime() < INTERVALS_MAX * everyMinutes * MINUTE_MS) return null;
  return (
    <Notice tone="waiting" title="The next check is overdue">
      It should run every {everyMinutes} minutes. Either it does not reach its end, or no node does background work:
      look at the log of the nodes.
    </Notice>
  );
}

const columns: readonly Column<Rule>[] = [
  {
    header: 'Rule',
    cell: ({ sentence, name }) => (
      <>
        {sentence ?? 'This version does not have the rule; another one has checked it.'}
        <div className={classes['nameBelow']}>{name}</div>
      </>
    ),
  },
  {
    header: 'Name',
    from: 'md',
    isNarrow: true,
    cell: ({ name }) => <span className="mono muted">{name}</span>,
  },
  {
    header: 'State',
    isNarrow: true,
    cell: ({ holds }) => <StateBadge state={holds ? 'holds' : 'broken'} />,
  },
];
