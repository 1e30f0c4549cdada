import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Cleanup } from '../../bench/cleanup.ts';
import { ownerOfServers } from '../chaos/postgres-server.ts';

const INSTALL_WITHIN_MS = 300_000;
const RUN_WITHIN_MS = 60_000;
/** Debian keeps daemons out of the path of users. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin'];

/** Programs of Debian's packages. `patroni` finds etcd only with `python3-etcd`, which Debian does not always install with it. */
const packagesOf = {
  etcd: 'etcd-server',
  patroni: 'patroni',
  patronictl: 'patroni',
  haproxy: 'haproxy',
  pgbouncer: 'pgbouncer',
} as const;
export type ProgramName = keyof typeof packagesOf;

/** @returns where the program is @throws Error when this machine does not have it */
export function pathOf(name: ProgramName): string {
  const path = FOLDERS.map((folder) => join(folder, name)).find((each) => existsSync(each));
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

/**
 * Installs Debian's packages of those programs that are missing, where this process may do so.
 * @returns what is missing in the end, for people; null: nothing
 */
export function install(names: readonly ProgramName[]): string | null {
  if (missingOf(names).length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const packages = missingOf(names).join(' ');
    process.stderr.write(`installing ${packages}\n`);
    const script = `apt-get update -q && apt-get install -y -q --no-install-recommends ${packages}`;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('sh', ['-c', script], { env, stdio: ['ignore', 2, 2], timeout: INSTALL_WITHIN_MS });
  }
  const missing = missingOf(names);
  return missing.length === 0 ? null : `the Debian packages ${missing.join(', ')}`;
}

function missingOf(names: readonly ProgramName[]): string[] {
  const programs = names.filter((name) => !FOLDERS.some((folder) => existsSync(join(folder, name))));
  const packages = programs.map((name): string => packagesOf[name]);
  if (names.includes('patroni') && !hasEtcdClient()) packages.push('python3-etcd');
  return [...new Set(packages)];
}

function hasEtcdClient(): boolean {
  return spawnSync('/usr/bin/python3', ['-c', 'import etcd'], { stdio: 'ignore' }).status === 0;
}

/** A program of a run, as the user who runs PostgreSQL's. It is ended with the run. */
export function startProgram(
  name: ProgramName,
  args: readonly string[],
  { folder, log, cleanup }: { folder: string; log: string; cleanup: Cleanup },
): ChildProcess {
  const file = openSync(join(folder, `${log}.log`), 'a');
  const { PATH = '' } = process.env;
  const child = spawn(pathOf(name), args, {
    ...ownerOfServers(),
    cwd: folder,
    env: { PATH, HOME: folder, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  cleanup.add(log, () => endProgram(child));
  return child;
}

/** Ends it at once, also when it is stopped. */
export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** Runs a program to its end. @throws Error when it fails, with what it said */
export async function runToEnd(name: ProgramName, args: readonly string[], folder: string): Promise<void> {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: folder, LC_ALL: 'C.UTF-8' };
  await promisify(execFile)(pathOf(name), args, { ...ownerOfServers(), cwd: folder, env, timeout: RUN_WITHIN_MS });
}
