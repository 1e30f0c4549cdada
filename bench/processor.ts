import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

/** Of the kernel's counters; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Time a process has spent on processors so far; null when this system does not tell. */
export function processorMs(pid: number): number | null {
  const fields = statOf(pid);
  return fields === null ? null : msOf(fields.user + fields.system);
}

/**
 * Time that a PostgreSQL server on this machine has spent on processors so far, with those of its processes that have ended.
 * All that it does is counted, so that nothing else may use the server meanwhile.
 * @param postmaster from `postmasterOf`
 */
export function serverProcessorMs(postmaster: number): number | null {
  const main = statOf(postmaster);
  if (main === null) return null;
  let ticks = main.user + main.system + main.ofEnded;
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (fields?.parent === postmaster) ticks += fields.user + fields.system;
  }
  return msOf(ticks);
}

/** @returns the id of the server's first process; null when it does not run on this machine */
export async function postmasterOf(databaseUrl: string): Promise<number | null> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const backend = statOf(rows[0]?.pid ?? 0);
    return backend?.name.startsWith('postgres') ? backend.parent : null;
  } finally {
    await client.end();
  }
}

interface Stat {
  readonly name: string;
  readonly parent: number;
  readonly user: number;
  readonly system: number;
  /** Of children that have ended and were waited for. */
  readonly ofEnded: number;
}

/** In ticks; null when there is no such process, or no /proc on this system. */
function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in the second field may hold anything; counting starts behind it.
    const nameEnds = text.lastIndexOf(') ');
    const fields = text
      .slice(nameEnds + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, userOfEnded = 0, systemOfEnded = 0] = fields.slice(11);
    const name = text.slice(text.indexOf('(') + 1, nameEnds);
    return { name, parent, user, system, ofEnded: userOfEnded + systemOfEnded };
  } catch {
    return null;
  }
}

function msOf(ticks: number): number {
  return (ticks * 1000) / TICKS_PER_SECOND;
}
