import { sql } from 'kysely';
import { later, MINUTE_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { Deps } from '../deps.ts';

/**
 * Work that one node at a time does: at an interval, or without a pause. A row has the current run, its lease, and when it
 * started.
 */

type RunDeps = Pick<Deps, 'db' | 'clock'>;

/** The row of the work. Its table has the columns `run_id`, `leased_until` and `started_at`. */
export interface RunRow {
  readonly table: 'verification' | 'reconciliation' | 'supplier_connection' | 'retention_run';
  readonly key: 'name' | 'supplier';
  readonly value: string;
}

export interface RunTimes {
  /** 0: the next run may start when the last one has ended. */
  readonly everyMs: number;
  /** After this time another node starts a new run, if the process has died. A running process renews its lease earlier. */
  readonly leaseMs: number;
}

const SKEW_MS = MINUTE_MS;

/**
 * Claims the next run for this node if it is due and no other node is running it. A time further in the future than clock
 * skew allows was written before the clock was set back, and is ignored.
 * @returns the run's id, or null
 */
export async function claimRun(
  { db, clock }: RunDeps,
  row: RunRow,
  { everyMs, leaseMs }: RunTimes,
): Promise<string | null> {
  const now = clock.now();
  const runId = newId(now);
  const leasedUntil = later(now, leaseMs);
  const [table, key] = [sql.table(row.table), sql.ref(row.key)];
  const [until, started] = [sql.ref(`${row.table}.leased_until`), sql.ref(`${row.table}.started_at`)];
  const { rows } = await sql<{ run_id: string }>`
    insert into ${table} (${key}, run_id, leased_until, started_at)
    values (${row.value}, ${runId}, ${leasedUntil}, ${now})
    on conflict (${key}) do update
      set run_id = excluded.run_id, leased_until = excluded.leased_until, started_at = excluded.started_at
      where ${until} <= ${now}::timestamptz
        or ${until} > ${later(leasedUntil, SKEW_MS)}::timestamptz
        or ${until} is null and (${started} <= ${later(now, -everyMs)}::timestamptz
          or ${started} > ${later(now, SKEW_MS)}::timestamptz)
    returning run_id`.execute(db);
  return rows[0]?.run_id ?? null;
}

/** @returns false when the run's lease had expired and another node has started a new run */
export async function renewRun({ db, clock }: RunDeps, row: RunRow, runId: string, leaseMs: number): Promise<boolean> {
  return leaseUntil(db, row, runId, later(clock.now(), leaseMs));
}

/** Releases the run, so that another node can start at once. */
export async function releaseRun({ db, clock }: RunDeps, row: RunRow, runId: string): Promise<void> {
  await leaseUntil(db, row, runId, clock.now());
}

async function leaseUntil(db: Deps['db'], row: RunRow, runId: string, end: Date): Promise<boolean> {
  const { rows } = await sql`update ${sql.table(row.table)} set leased_until = ${end}
    where ${sql.ref(row.key)} = ${row.value} and run_id = ${runId} returning run_id`.execute(db);
  return rows.length > 0;
}
