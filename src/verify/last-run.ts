import { sql } from 'kysely';
import { later, MINUTE_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { Deps } from '../deps.ts';
import type { BrokenRow } from './rule.ts';

type RunDeps = Pick<Deps, 'db' | 'clock'>;

/** There is one row: it is the whole database that is proved. */
const NAME = 'database';
/** A run of a process that died is taken over after this; one that lives moves it on, well before. */
const LEASE_MS = MINUTE_MS;
const SKEW_MS = MINUTE_MS;

/** What is kept of a broken rule: amounts as text, as JSON knows no integers of that size. */
export interface BrokenRule {
  readonly rule: string;
  readonly row: BrokenRow;
}

/**
 * Takes the next run for this node when it is time and nobody is at it. A time that is further in the future than clocks
 * differ was written before the clock was set back, and says nothing.
 * @returns the run's id, or null
 */
export async function takeRun({ db, clock }: RunDeps, everyMs: number): Promise<string | null> {
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

/** @returns false when the run is not this node's any more: its lease had ended, and another has begun anew */
export async function keepRun({ db, clock }: RunDeps, runId: string): Promise<boolean> {
  return leaseUntil(db, runId, later(clock.now(), LEASE_MS));
}

/** Lets another node begin at once. */
export async function giveRunBack({ db, clock }: RunDeps, runId: string): Promise<void> {
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

/** Writes down what a run found that came to its end. */
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

/** The last run that came to its end, on whichever node; undefined when none has. */
export async function lastRun({ db }: Pick<Deps, 'db'>) {
  return db
    .selectFrom('verification')
    .select(['ended_at', 'duration_ms', 'broken', 'clean_at'])
    .where('name', '=', NAME)
    .where('ended_at', 'is not', null)
    .executeTakeFirst();
}
