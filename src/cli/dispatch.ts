import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { OperatorError } from '../core/operator-error.ts';
import { DataFolder } from './data-folder.ts';
import { sendToGateway } from './operator-client.ts';
import type { CommandResult } from './output.ts';
import type { Session } from './task.ts';

interface OperatorCommand {
  readonly args: readonly string[];
  readonly operator: string;
  readonly origin: string;
  /** What was read from standard input. */
  readonly inputs: readonly string[];
}

/** The session of a command without the operator. */
type CommandSession = Omit<Session, 'operator'>;

/** Longer than a gateway takes to stop and a command takes to end, on a busy machine too. */
const WAIT_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 50;

/**
 * Runs a command inside the gateway that has the embedded database open, or else in this process.
 * @param work is called at most once, and only when no gateway has run the command
 */
export async function dispatchCommand(
  config: Config,
  command: OperatorCommand,
  work: (session: CommandSession) => Promise<CommandResult>,
): Promise<CommandResult> {
  if (config.databaseUrl) return runHere(config, work);
  const folder = new DataFolder(config.dataDir);
  const deadline = performance.now() + WAIT_TIMEOUT_MS;
  for (;;) {
    const result = await sendToGateway(folder, command.args, command);
    if (result) return result;
    const hold = folder.tryHold();
    if (hold) return runHere(config, work).finally(() => hold.release());
    if (performance.now() > deadline) {
      throw new OperatorError(
        `data folder ${folder.name} is in use by a process that accepts no commands; stop that process`,
      );
    }
    await pause(POLL_INTERVAL_MS);
  }
}

/** The database drivers are loaded only here, so that a command that runs inside a gateway starts faster. */
async function runHere<T>(config: Config, work: (session: CommandSession) => Promise<T>): Promise<T> {
  const { withSession } = await import('./open-session.ts');
  return withSession(config, work);
}
