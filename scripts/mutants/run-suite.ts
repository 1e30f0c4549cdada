import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Suite } from './suites.ts';

export interface Verdict {
  readonly isPassed: boolean;
  readonly seconds: number;
  /** The line that says what failed. */
  readonly why: string;
}

const KEPT = 200_000;
/** For a suite that was told to end: it drops its database and stops its processes. */
const LAST_WORDS_MS = 15_000;

/** Runs one suite in a folder, and ends it with all that it started when its time is over. */
export async function runSuite(suite: Suite, folder: string): Promise<Verdict> {
  const started = performance.now();
  const [file = '', ...args] = suite.command;
  const { TEST_DATABASE_URL: _test, DATABASE_URL: _own, ...env } = process.env;
  const child = spawn(file, args, {
    cwd: folder,
    detached: true,
    env: { ...env, CI: 'true', ...(suite.databaseUrl ? { TEST_DATABASE_URL: suite.databaseUrl } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let isLate = false;
  // The group that this process started as its own, and nothing else.
  const endGroup = (signal: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, signal);
  const end = setTimeout(() => {
    isLate = true;
    endGroup('SIGTERM');
    setTimeout(() => endGroup('SIGKILL'), LAST_WORDS_MS).unref();
  }, suite.limitMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(end);
  const seconds = (performance.now() - started) / 1000;
  const why = isLate ? `did not end within ${suite.limitMs / 1000} s` : reasonIn(stripVTControlCharacters(output));
  return { isPassed: code === 0 && !isLate, seconds, why };
}

/** Said by vitest, the simulation, the races, `verify`; the first of them is the cause. */
const TELLING = [/^\s*FAIL\s+(.*)$/m, /^(seed \d+ went wrong.*)$/m, /^a round (went wrong.*)$/m, /^(races: .*)$/m];

function reasonIn(output: string): string {
  for (const telling of TELLING) {
    const found = telling.exec(output)?.[1];
    if (found) return found.trim();
  }
  return output.trim().split('\n').at(-1)?.trim() ?? '';
}
