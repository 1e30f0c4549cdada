import type { Command } from 'commander';
import { toMills } from '../../core/money.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { newestCommands, type RecordedCommand } from '../../operators/commands.ts';
import { endText, readEnd, type TrailEnd, verifyTrail } from '../../operators/trail.ts';
import { columns, dollars, listing } from '../format.ts';
import { readWhole } from '../input.ts';
import { toOperator } from '../operator-name.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

const LIMIT_MAX = 1000;

interface ListOptions extends DatabaseOptions {
  readonly operator?: string;
  readonly limit: string;
  readonly changes?: boolean;
}

interface VerifyOptions extends DatabaseOptions {
  readonly expect?: string;
}

/** `skinrail audit`: who ran which command, what it changed, and whether the record of it is whole. */
export function addAuditCommands(program: Command, choose: Choose): void {
  const audit = program.command('audit').description('the audit trail: who did what, and what it changed');
  databaseCommand(
    audit,
    'list',
    'list the newest operator commands, who ran them and what they changed',
    'audit --operator alice --changes',
    { isDefault: true },
  )
    .option('--operator <name>', 'only this operator’s commands')
    .option('--changes', 'also show each value that was changed, before and after')
    .option('--limit <number>', 'maximum number of commands', '20')
    .action((options: ListOptions) => {
      const operator = options.operator === undefined ? undefined : toOperator(options.operator);
      const filter = { operator, limit: readWhole(options.limit, '--limit', LIMIT_MAX) };
      choose(readingDatabase(options, (session) => list(session, filter, options.changes ?? false)));
    });

  databaseCommand(
    audit,
    'verify',
    'check that no entry of the trail was changed, removed or put in between, and print its end; exit code 1 when one was',
    'audit verify',
  )
    .option('--expect <end>', 'an end that was printed before, as number:digest: the trail must still have that entry')
    .action((options: VerifyOptions) => {
      const expected = options.expect === undefined ? null : requireEnd(options.expect);
      choose(readingDatabase(options, (session) => verify(session, expected)));
    });
}

async function list(
  { deps }: Session,
  filter: Parameters<typeof newestCommands>[1],
  showsChanges: boolean,
): Promise<Report> {
  const commands = await newestCommands(deps, filter);
  if (showsChanges) return { text: commands.map(withChanges).join('\n') || `${NONE}\n`, json: commands };
  const rows = commands.map(({ startedAt, operator, outcome, changes, command }) => {
    return [startedAt, operator, outcome ?? UNKNOWN, changes.length, command];
  });
  return { text: listing(['at', 'operator', 'outcome', 'changes', 'command'], rows, NONE), json: commands };
}

const NONE = 'no commands are recorded';
const UNKNOWN = 'outcome unknown';

function withChanges({ startedAt, operator, origin, outcome, command, changes }: RecordedCommand): string {
  const about = columns([[startedAt, operator, origin, outcome ?? UNKNOWN, command]]);
  const rows = changes.map(({ of, field, before, after }) => {
    return [of, field.replace(MILLS, ''), valueText(field, before), '→', valueText(field, after)];
  });
  return `${about}${columns(rows, '  ')}`;
}

/** Amounts are kept in thousandths of a dollar, as text. */
const MILLS = /_mills$/;

function valueText(field: string, value: unknown): string | null {
  if (typeof value !== 'string') return value === null ? null : JSON.stringify(value);
  return MILLS.test(field) ? dollars(toMills(BigInt(value))) : value;
}

function requireEnd(text: string): TrailEnd {
  const end = readEnd(text);
  if (end) return end;
  throw new OperatorError('--expect must be an end that skinrail audit verify has printed, such as 12:4f0c…');
}

async function verify({ deps }: Session, expected: TrailEnd | null): Promise<Report> {
  const { end, fault, hasExpected } = await verifyTrail(deps, expected);
  const printed = endText(end);
  const json = { isWhole: fault === null && hasExpected !== false, end: printed, fault, hasExpected };
  if (fault !== null) return { text: `BROKEN after ${printed}\n${fault}\n`, json, exitCode: 1 };
  if (hasExpected === false) {
    const text = `REPLACED: the trail does not have the entry ${expected?.number} that was expected; it ends with ${printed}\n`;
    return { text, json, exitCode: 1 };
  }
  return { text: `the trail is whole; it ends with ${printed}\n`, json };
}
