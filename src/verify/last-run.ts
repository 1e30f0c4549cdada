import { sql } from 'kysely';
import { later, MINUTE_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { Deps } from '../deps.ts';
import type { BrokenRow } from './rule.ts';

type RunDeps = Pick<Deps, 'db' | 'clock'>;

/** There is one row, because a run covers the whole database. */
const NAME = 'database';
/** After this time another node starts a new run, if the process has died. A running process renews its lease earlier. */
const LEASE_MS = MINUTE_MS;
const SKEW_MS = MINUTE_MS;

/** A broken rule as it is stored. Amounts are text, because JSON has no integers of that size. */
export interface BrokenRule {
  readonly rule: string;
  readonly row: BrokenRow;
}

/**
 * Claims the next run for this node if it is due and no other node is running it. A time further in the future than clock
 * skew allows was written before the clock was set back, and is ignored.
 * @returns the run's id, or null
 */
export async function claimRun({ db, clock }: RunDeps, everyMs: number): Promise<string | null> {
  const now = clock.now();
  const runId = newId(now);
  const leasedUntil = later(now, LEASE_MS);
  const { rows } = await sql<{ run_id: string }>`
    insert into verification (name, run_id, leased_until, started_at)
    values (${NAME}, ${runId}, ${leasedUntil}, ${now})
    on conflict (name) do update
      set run_id = excluded.run_id, leased_until = excluded.leased_until, started_at = excluded.started_at
      where verification.leased_until <= ${now}::timestamptz
        or verification.leased_until > ${later(leasedUntil, SKEW_MS)}::timestamptz
        or verification.leased_until is null and (verification.started_at <= ${later(now, -everyMs)}::timestamptz
          or verification.started_at > ${later(now, SKEW_MS)}::timestamptz)
    returning run_id`.execute(db);
  return rows[0]?.run_id ?? null;
}

/** @returns false when the run's lease had expired and another node has started a new run */
export async function renewRun({ db, clock }: RunDeps, runId: string): Promise<boolean> {
  return leaseUntil(db, runId, later(clock.now(), LEASE_MS));
}

/** Releases the run, so that another node can start at once. */
export async function releaseRun({ db, clock }: RunDeps, runId: string): Promise<void> {
  await leaseUntil(db, runId, clock.now());
}

async function leaseUntil(db: Deps['db'], runId: string, end: Date): Promise<boolean> {
  const row = await db
    .updateTable('verification')
    .set({ leased_until: end })
    .where('name', '=', NAME)
    .where('run_id', '=', runId)
    .returning('name')
    .executeTakeFirst();
  return row !== undefined;
}

/** Stores the result of a completed run. */
export async function endRun(
  { db, clock }: RunDeps,
  runId: string,
  found: { readonly broken: readonly BrokenRule[]; readonly durationMs: number },
): Promise<void> {
  const now = clock.now();
  await db
    .updateTable('verification')
    .set({
      run_id: null,
      leased_until: null,
      ended_at: now,
      duration_ms: found.durationMs,
      broken: JSON.stringify(found.broken),
      ...(found.broken.length === 0 ? { clean_at: now } : {}),
    })
    .where('name', '=', NAME)
    .where('run_id', '=', runId)
    .execute();
}

/** The last completed run on any node; undefined when there is none. */
export async function lastRun({ db }: Pick<Deps, 'db'>) {
  return db
    .selectFrom('verification')
    .select(['ended_at', 'duration_ms', 'broken', 'clean_at'])
    .where('name', '=', NAME)
    .where('ended_at', 'is not', null)
    .executeTakeFirst();
}
