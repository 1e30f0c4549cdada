import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { OperatorError } from '../core/operator-error.ts';
import { DataFolder } from './data-folder.ts';
import { askGateway } from './operator-client.ts';
import type { Said } from './output.ts';
import type { Session } from './task.ts';

interface OperatorCommand {
  readonly args: readonly string[];
  readonly operator: string;
}

/** What a command is given, but for who runs it. */
type CommandSession = Omit<Session, 'operator'>;

/** As long as a gateway may take to stop, or another command to end, and a little more. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Has a command done where the database is: inside the gateway that has the embedded one open, else in this process.
 * @param work is called at most once, and only when no gateway took the command
 */
export async function whereTheDatabaseIs(
  config: Config,
  command: OperatorCommand,
  work: (session: CommandSession) => Promise<Said>,
): Promise<Said> {
  if (config.databaseUrl) return openHere(config, work);
  const folder = new DataFolder(config.dataDir);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const said = await askGateway(folder, command.args, command.operator);
    if (said) return said;
    const hold = folder.tryHold();
    if (hold) return openHere(config, work).finally(() => hold.release());
    if (performance.now() > deadline) {
      throw new OperatorError(`data folder ${folder.name} is in use by a process that takes no commands`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** The drivers are loaded only here: a command that a gateway takes starts faster without. */
async function openHere<T>(config: Config, work: (session: CommandSession) => Promise<T>): Promise<T> {
  const { withSession } = await import('./open-session.ts');
  return withSession(config, work);
}
