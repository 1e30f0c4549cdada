import { spawnSync } from 'node:child_process';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

export interface Verified {
  readonly ok: boolean;
  /** Its last line, or all that it said when the books are broken. */
  readonly output: string;
}

/** Runs `skinrail verify` as an operator would. */
export function verifyBooks(databaseUrl: string, secretKey: string): Verified {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'verify', '--database-url', databaseUrl];
  const { PATH = '', HOME = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    env: { PATH, HOME, SECRET_KEY: secretKey },
    encoding: 'utf8',
  });
  const ok = status === 0;
  return { ok, output: ok ? (stdout.trim().split('\n').at(-1) ?? '') : `${stdout}${stderr}`.trim() };
}
