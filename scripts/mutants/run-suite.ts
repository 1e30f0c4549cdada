import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Suite } from './suites.ts';

export interface Verdict {
  /** Undecided: it did not end in time, which a busy machine explains as well as a fault. */
  readonly outcome: 'passed' | 'failed' | 'undecided';
  readonly seconds: number;
  /** The line that says what failed. */
  readonly why: string;
}

const KEPT = 200_000;
/** For a suite that was told to end: it drops its database and stops its processes. */
const LAST_WORDS_MS = 15_000;

/** What is running, so that an interrupted hunt leaves nothing behind. */
const running = new Set<ChildProcess>();

/** Ends the group that a child was started as, and nothing else. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || !running.has(child)) return;
  process.kill(-child.pid, signal);
}

export function endAll(): void {
  for (const child of running) endGroup(child, 'SIGTERM');
}

/** Runs one suite in a folder, and ends it with all that it started when its time is over. */
export async function runSuite(suite: Suite, folder: string): Promise<Verdict> {
  const started = performance.now();
  const { child, output } = startSuite(suite, folder);
  let isLate = false;
  const end = setTimeout(() => {
    isLate = true;
    endGroup(child, 'SIGTERM');
    setTimeout(() => endGroup(child, 'SIGKILL'), LAST_WORDS_MS).unref();
  }, suite.limitMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(end);
  running.delete(child);
  const seconds = (performance.now() - started) / 1000;
  if (isLate) return { outcome: 'undecided', seconds, why: `no end within ${suite.limitMs / 1000} s` };
  return { outcome: code === 0 ? 'passed' : 'failed', seconds, why: reasonIn(stripVTControlCharacters(output())) };
}

function startSuite(suite: Suite, folder: string) {
  const [file = '', ...args] = suite.command;
  const { TEST_DATABASE_URL: _test, DATABASE_URL: _own, ...env } = process.env;
  const child = spawn(file, args, {
    cwd: folder,
    detached: true,
    env: { ...env, CI: 'true', ...(suite.databaseUrl ? { TEST_DATABASE_URL: suite.databaseUrl } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-KEPT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { child, output: () => text };
}

/** Said by vitest of a test, then of a file, by the simulation and by the races. */
const TELLING = [
  /^\s*FAIL\s+(.* > .*)$/m,
  /^\s*FAIL\s+(.*)$/m,
  /^(seed \d+ went wrong.*)$/m,
  /^a round (went wrong.*)$/m,
  /^(races: .*)$/m,
];
const WHY_MAX = 200;

function reasonIn(output: string): string {
  const told = TELLING.map((telling) => telling.exec(output)?.[1]).find((line) => line !== undefined);
  const line = told ?? output.trim().split('\n').at(-1) ?? '';
  return line.trim().slice(0, WHY_MAX);
}
