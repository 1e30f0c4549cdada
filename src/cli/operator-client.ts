import { Client } from 'undici';
import { OperatorError } from '../core/operator-error.ts';
import type { DataFolder } from './data-folder.ts';
import type { CommandResult } from './output.ts';

/** There is no socket, or only a file that an ended process left behind. */
const NOT_LISTENING = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);

/** @returns the id of the gateway process that listens on the folder's socket, or null when none does */
export async function pidOfHolder(folder: DataFolder): Promise<number | null> {
  // `operator-socket.ts` writes this answer.
  const answer = (await call(folder, { method: 'GET' })) as { pid: number } | null;
  return answer?.pid ?? null;
}

/** Who sends a command, from where, and what was given on standard input. */
interface SentBy {
  readonly operator?: string;
  readonly origin?: string;
  readonly inputs?: readonly string[];
}

/**
 * Runs a command inside the running gateway.
 * @returns the command's output, or null when no gateway listens; only then was the command not run
 * @throws OperatorError when the gateway ended before it answered, so that the outcome is unknown
 */
export async function sendToGateway(
  folder: DataFolder,
  args: readonly string[],
  { operator = 'operator', origin, inputs = [] }: SentBy = {},
): Promise<CommandResult | null> {
  // `operator-socket.ts` writes this answer.
  return (await call(folder, {
    method: 'POST',
    body: JSON.stringify({ args, operator, origin, inputs }),
  })) as CommandResult | null;
}

async function call(folder: DataFolder, message: { method: 'GET' | 'POST'; body?: string }): Promise<unknown> {
  const socketPath = folder.socket.find();
  if (socketPath === null) return null;
  // No time limit: `verify` on a large database takes hours.
  const client = new Client('http://gateway', { socketPath, headersTimeout: 0, bodyTimeout: 0 });
  try {
    const answer = await client.request({ path: '/', ...message });
    return await answer.body.json();
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (typeof code === 'string' && NOT_LISTENING.has(code)) return null;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new OperatorError(
        `the gateway on data folder ${folder.name} runs as another user; run this command as that user`,
      );
    }
    throw new OperatorError('the gateway ended before it answered; check whether the command took effect');
  } finally {
    await client.destroy();
  }
}
