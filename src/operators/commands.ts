import { newId } from '../core/ids.ts';
import type { OperatorCommandRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';

/** The audit log of operator commands. */
type CommandDeps = Pick<Deps, 'db' | 'clock'>;

const COMMAND_MAX = 1000;
const OUTCOME_MAX = 500;

/**
 * Runs a command, and records its operator and outcome. The record is written first, so that a command whose process died is
 * recorded as well, without an outcome.
 */
export async function recorded<T>(
  deps: CommandDeps,
  { operator, command }: { readonly operator: string; readonly command: string },
  work: () => Promise<T>,
): Promise<T> {
  const now = deps.clock.now();
  const id = newId(now);
  const row = { id, operator, command: command.slice(0, COMMAND_MAX).toWellFormed(), started_at: now };
  await deps.db.insertInto('operator_command').values(row).execute();
  try {
    const result = await work();
    await end(deps, id, 'done');
    return result;
  } catch (error) {
    await end(deps, id, `failed: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

async function end(deps: CommandDeps, id: string, outcome: string): Promise<void> {
  await deps.db
    .updateTable('operator_command')
    .set({ ended_at: deps.clock.now(), outcome: outcome.slice(0, OUTCOME_MAX).toWellFormed() })
    .where('id', '=', id)
    .execute();
}

/** The newest commands of one operator or of all. */
export async function newestCommands(
  { db }: CommandDeps,
  { operator, limit }: { readonly operator: string | undefined; readonly limit: number },
): Promise<OperatorCommandRow[]> {
  return db
    .selectFrom('operator_command')
    .selectAll()
    .$if(operator !== undefined, (query) => query.where('operator', '=', operator ?? ''))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
