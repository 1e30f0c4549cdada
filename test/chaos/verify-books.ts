import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

export interface Verified {
  readonly ok: boolean;
  /** Its last line, or all that it said when the books are broken. */
  readonly output: string;
}

/** Runs `skinrail verify` as an operator would. Meanwhile this process goes on: proxies of a run may pass through it. */
export async function verifyBooks(databaseUrl: string, secretKey: string): Promise<Verified> {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'verify', '--database-url', databaseUrl];
  const { PATH = '', HOME = '' } = process.env;
  const verify = spawn(process.execPath, args, {
    env: { PATH, HOME, SECRET_KEY: secretKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => verify.once('close', resolve));
  const [status, stdout, stderr] = await Promise.all([ended, text(verify.stdout), text(verify.stderr)]);
  const ok = status === 0;
  return { ok, output: ok ? (stdout.trim().split('\n').at(-1) ?? '') : `${stdout}${stderr}`.trim() };
}
