import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database, Db } from '../src/db/connect.ts';
import { isDistributed } from '../src/db/distribution.ts';
import { processorMs } from './processor.ts';

export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly platform: string;
  readonly commit: string;
  readonly database: string;
  /** Over which the tables are spread; 0 on a single server. */
  readonly workers: number;
  readonly synchronousCommit: string;
  readonly fsync: string;
}

export async function machineFacts({ db }: Database): Promise<MachineFacts> {
  const { rows } = await sql<{ version: string; commits: string; fsync: string }>`
    select version(), current_setting('synchronous_commit') as commits, current_setting('fsync') as fsync`.execute(db);
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    commit: commit(),
    database: rows[0]?.version ?? 'unknown',
    workers: await workersOf(db),
    synchronousCommit: rows[0]?.commits ?? 'unknown',
    fsync: rows[0]?.fsync ?? 'unknown',
  };
}

/** Of a Citus cluster. */
async function workersOf(db: Db): Promise<number> {
  if (!(await isDistributed(db))) return 0;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int4 as count from citus_get_active_worker_nodes()`.execute(db);
  return rows[0]?.count ?? 0;
}

function commit(): string {
  const git = (args: string[]) =>
    execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changed = git(['status', '--porcelain', '--', '../src', '../migrations']).trim() !== '';
    return git(['rev-parse', '--short', 'HEAD']).trim() + (changed ? ' with changes' : '');
  } catch {
    return 'unknown'; // Not a checkout, or no git.
  }
}

/** Memory of a process that is in RAM, in MB; 0 when this system does not tell. */
export function residentMb(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) / 1024;
  } catch {
    // No /proc on this system.
  }
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  } catch {
    return 0;
  }
}

/** The most memory that a process has had in RAM so far, in MB; 0 when this system does not tell. */
export function peakResidentMb(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const LOOK_EVERY_MS = 250;
const CALM_SHARE = 0.2;
const CALM_LOOKS = 2;
const UNSEEN_PAUSE_MS = 2000;
const WAIT_MAX_MS = 30_000;

/**
 * Waits until a process has worked off what it still had to do, seen by the time it spends on a processor.
 * @returns how long that took, in milliseconds; null where the system does not tell, after a pause
 */
export async function untilCalm(pid: number): Promise<number | null> {
  const started = performance.now();
  let before = processorMs(pid);
  for (let calm = 0; calm < CALM_LOOKS && performance.now() - started < WAIT_MAX_MS; ) {
    await pause(LOOK_EVERY_MS);
    const spent: number | null = processorMs(pid);
    if (before === null || spent === null) {
      await pause(UNSEEN_PAUSE_MS);
      return null;
    }
    calm = spent - before < LOOK_EVERY_MS * CALM_SHARE ? calm + 1 : 0;
    before = spent;
  }
  return Math.max(0, performance.now() - started - CALM_LOOKS * LOOK_EVERY_MS);
}
