import type { Command } from 'commander';
import { newestCommands } from '../../operators/commands.ts';
import { listing } from '../format.ts';
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

interface AuditOptions extends DatabaseOptions {
  readonly operator?: string;
  readonly limit: string;
}

/** `skinrail audit`: which operator ran which command. */
export function addAuditCommand(program: Command, choose: Choose): void {
  databaseCommand(program, 'audit', 'list the newest operator commands and who ran them', 'audit --operator alice')
    .option('--operator <name>', 'only this operator’s commands')
    .option('--limit <number>', 'maximum number of rows', '20')
    .action((options: AuditOptions) => {
      const operator = options.operator === undefined ? undefined : toOperator(options.operator);
      const filter = { operator, limit: readWhole(options.limit, '--limit', LIMIT_MAX) };
      choose(readingDatabase(options, (session) => list(session, filter)));
    });
}

async function list({ deps }: Session, filter: Parameters<typeof newestCommands>[1]): Promise<Report> {
  const commands = await newestCommands(deps, filter);
  const rows = commands.map((one) => [one.started_at, one.operator, one.outcome ?? 'outcome unknown', one.command]);
  const json = commands.map(({ id, operator, command, started_at, ended_at, outcome }) => ({
    id,
    operator,
    command,
    startedAt: started_at,
    endedAt: ended_at,
    outcome,
  }));
  return { text: listing(['at', 'operator', 'outcome', 'command'], rows, 'no commands are recorded'), json };
}
