import type { Command } from 'commander';
import { distribute } from '../../db/distribution.ts';
import { type Choose, type DatabaseOptions, databaseCommand, onDatabase, type Report, type Session } from '../task.ts';

interface MigrateOptions extends DatabaseOptions {
  readonly distribute?: boolean;
}

export function addMigrateCommand(program: Command, choose: Choose): void {
  databaseCommand(
    program,
    'migrate',
    'update the schema of the database',
    'migrate --database-url postgres://skinrail@db/skinrail',
  )
    .option('--distribute', 'then spread the tables over the workers of a Citus cluster')
    .action((options: MigrateOptions) =>
      choose(onDatabase(options, (session) => report(session, options.distribute === true))),
    );
}

/** Opening the database has applied the migrations already. A gateway does the same when it starts. */
async function report({ applied, deps }: Session, isToSpread: boolean): Promise<Report> {
  const text = applied.length > 0 ? `applied: ${applied.join(', ')}\n` : 'the schema is up to date\n';
  if (!isToSpread) return { text, json: { applied } };
  const spread = await distribute(deps.db);
  const then = spread.length > 0 ? `spread: ${spread.join(', ')}\n` : 'the tables are spread already\n';
  return { text: `${text}${then}`, json: { applied, spread } };
}
