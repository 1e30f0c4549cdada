import type { Command } from 'commander';
import { plainRow } from '../../verify/last-report.ts';
import type { BrokenRow } from '../../verify/rule.ts';
import { type Batch, type RuleResult, verify } from '../../verify/verify.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

export function addVerifyCommand(program: Command, choose: Choose): void {
  databaseCommand(
    program,
    'verify',
    'check the ledger and all states of the database for consistency',
    'verify || echo "the books are broken"',
  ).action((options: DatabaseOptions) => choose(readingDatabase(options, run)));
}

async function run({ deps, progress }: Session): Promise<Report> {
  const onBatch = ({ table, rows }: Batch) => progress?.(`verifying: ${rows} rows of ${table}`);
  // The embedded database runs one query at a time.
  const lanes = deps.config.databaseUrl ? 2 : 1;
  const results = await verify(deps.db, deps.clock.now(), { onBatch, lanes }).finally(() => progress?.(''));
  const broken = results.filter((result) => result.broken !== null).length;
  const json = { ok: broken === 0, rules: results.map(toJson) };
  const end = broken === 0 ? `all ${results.length} rules hold` : `${broken} of ${results.length} rules are broken`;
  return { text: `${results.map(toLine).join('')}${end}\n`, json, exitCode: broken === 0 ? 0 : 1 };
}

function toLine({ sentence, name, broken }: RuleResult): string {
  return broken ? `BROKEN  ${sentence}\n        ${name}: ${rowText(broken)}\n` : `ok      ${sentence}\n`;
}

function rowText(row: BrokenRow): string {
  return Object.entries(plainRow(row))
    .map(([column, value]) => `${column} ${value}`)
    .join(', ');
}

function toJson({ name, sentence, broken }: RuleResult) {
  return { name, sentence, ok: broken === null, broken: broken && plainRow(broken) };
}
