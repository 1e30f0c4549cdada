import type { Command } from 'commander';
import { pino } from 'pino';
import { checkArchives } from '../../retention/check.ts';
import { lastRuns } from '../../retention/last-run.ts';
import { policyAt } from '../../retention/policy.ts';
import { countDue, type RetentionDeps } from '../../retention/run.ts';
import { allKinds, runKind } from '../../retention/scheduled.ts';
import { columns } from '../format.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  onDatabase,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

/** `skinrail retention`: what is kept for how long, what is due to be removed, and what was removed. */
export function addRetentionCommands(program: Command, choose: Choose): void {
  const retention = program
    .command('retention')
    .description('what is kept for how long: bodies of callbacks, and trades that have ended');
  databaseCommand(retention, 'show', 'show the policy, what it would remove now and what it has removed', 'retention', {
    isDefault: true,
  }).action((options: DatabaseOptions) => choose(readingDatabase(options, show)));
  databaseCommand(
    retention,
    'run',
    'remove now what is due, instead of waiting for the daily run; trades are archived first',
    'retention run',
  ).action((options: DatabaseOptions) => choose(onDatabase(options, run)));
  databaseCommand(
    retention,
    'check',
    'read every archive, and compare it with the balances that are carried over; exit code 1 when one is missing or wrong',
    'retention check',
  ).action((options: DatabaseOptions) => choose(readingDatabase(options, check)));
}

async function show({ deps }: Session): Promise<Report> {
  const { retentionBodiesDays, retentionTradesDays, retentionArchive } = deps.config;
  const policy = policyAt(deps.config, deps.clock.now());
  const due = await countDue(deps, policy);
  const runs = await lastRuns(deps);
  const rows = [
    ['bodies', daysText(retentionBodiesDays), policy.bodiesBefore, due.bodies],
    ['trades', daysText(retentionTradesDays), policy.tradesBefore, due.trades],
  ].map(([kind, kept, before, count]) => {
    const last = runs.find(({ name }) => name === kind);
    return [kind, kept, before, count, last?.endedAt ?? null, last === undefined ? null : String(last.removed)];
  });
  const json = {
    retentionBodiesDays,
    retentionTradesDays,
    retentionArchive,
    ...policy,
    due,
    lastRuns: runs.map(({ removed, ...last }) => ({ ...last, removed: Number(removed) })),
  };
  const table = columns([['', 'kept', 'removed before', 'due', 'last run', 'removed then'], ...rows]);
  const archive = retentionArchive === '' ? '' : `archives are written to ${retentionArchive}\n`;
  return { text: `${table}${archive}`, json };
}

function daysText(days: number): string {
  return days === 0 ? 'for ever' : `${days} days`;
}

async function run({ deps, progress }: Session): Promise<Report> {
  const toldOnce: RetentionDeps = { ...deps, log: pino({ level: 'silent' }) };
  progress?.('removing what is due');
  const removed: Record<string, number | null> = {};
  try {
    for (const kind of allKinds) removed[kind] = await runKind(toldOnce, kind, { everyMs: 0, pauses: false });
  } finally {
    progress?.('');
  }
  const lines = allKinds.map((kind) => [kind, removed[kind] ?? 'not run: kept for ever, or another node is at it']);
  return { text: columns([['', 'removed'], ...lines]), json: { removed } };
}

async function check({ deps, progress }: Session): Promise<Report> {
  const found = await checkArchives(deps, (name) => progress?.(`reading ${name}`)).finally(() => progress?.(''));
  const { files, trades, faults } = found;
  const wrong = faults.map(({ of, fault }) => `BROKEN  ${of}: ${fault}\n`).join('');
  const end = faults.length === 0 ? 'all is as it was written' : `${faults.length} faults`;
  return {
    text: `${wrong}${files} archives with ${trades} removed trades: ${end}\n`,
    json: { ok: faults.length === 0, ...found },
    exitCode: faults.length === 0 ? 0 : 1,
  };
}
