import type { Command } from 'commander';
import { type Choose, type DatabaseOptions, databaseCommand, onDatabase, type Report, type Session } from '../task.ts';

export function addMigrateCommand(program: Command, choose: Choose): void {
  databaseCommand(
    program,
    'migrate',
    'update the schema of the database',
    'migrate --database-url postgres://skinrail@db/skinrail',
  ).action((options: DatabaseOptions) => choose(onDatabase(options, report)));
}

/** Opening the database has applied the migrations already. A gateway does the same when it starts. */
async function report({ applied }: Session): Promise<Report> {
  const text = applied.length > 0 ? `applied: ${applied.join(', ')}\n` : 'the schema is up to date\n';
  return { text, json: { applied } };
}
