import { Client } from 'undici';
import { OperatorError } from '../core/operator-error.ts';
import type { DataFolder } from './data-folder.ts';
import type { Said } from './output.ts';

/** Nothing is there, or only what a process left behind that is gone. */
const NOBODY_LISTENS = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);

/** @returns the process that holds the folder and listens, or null when none does */
export async function askHolder(folder: DataFolder): Promise<number | null> {
  // Our own gateway answers, with what `operator-socket.ts` writes.
  const answer = (await call(folder, { method: 'GET' })) as { pid: number } | null;
  return answer?.pid ?? null;
}

/**
 * Has the running gateway carry out a command.
 * @returns what the command said, or null when no gateway listens: then, and only then, nothing was done
 * @throws OperatorError when the gateway went away in between, so that nobody knows if it was done
 */
export async function askGateway(
  folder: DataFolder,
  args: readonly string[],
  operator = 'operator',
): Promise<Said | null> {
  // As above.
  return (await call(folder, { method: 'POST', body: JSON.stringify({ args, operator }) })) as Said | null;
}

async function call(folder: DataFolder, message: { method: 'GET' | 'POST'; body?: string }): Promise<unknown> {
  const socketPath = folder.socket.find();
  if (socketPath === null) return null;
  // Proving a large database takes as long as it takes.
  const client = new Client('http://gateway', { socketPath, headersTimeout: 0, bodyTimeout: 0 });
  try {
    const answer = await client.request({ path: '/', ...message });
    return await answer.body.json();
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (typeof code === 'string' && NOBODY_LISTENS.has(code)) return null;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new OperatorError(`the gateway on data folder ${folder.name} runs as another user; run this as that user`);
    }
    throw new OperatorError('the gateway ended before it answered; look whether it has carried out the command');
  } finally {
    await client.destroy();
  }
}
