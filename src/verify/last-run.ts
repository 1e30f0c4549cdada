import { MINUTE_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import * as runs from '../work/scheduled-run.ts';
import type { BrokenRow } from './rule.ts';

type RunDeps = Pick<Deps, 'db' | 'clock'>;

/** There is one row, because a run covers the whole database. */
const NAME = 'database';
const ROW = { table: 'verification', key: 'name', value: NAME } as const;
/** After this time another node starts a new run, if the process has died. A running process renews its lease earlier. */
const LEASE_MS = MINUTE_MS;

/** A broken rule as it is stored. Amounts are text, because JSON has no integers of that size. */
export interface BrokenRule {
  readonly rule: string;
  readonly row: BrokenRow;
}

/** @returns the run's id; null: it is not due, or another node is running it */
export function claimRun(deps: RunDeps, everyMs: number): Promise<string | null> {
  return runs.claimRun(deps, ROW, { everyMs, leaseMs: LEASE_MS });
}

/** @returns false when the run's lease had expired and another node has started a new run */
export function renewRun(deps: RunDeps, runId: string): Promise<boolean> {
  return runs.renewRun(deps, ROW, runId, LEASE_MS);
}

/** Releases the run, so that another node can start at once. */
export function releaseRun(deps: RunDeps, runId: string): Promise<void> {
  return runs.releaseRun(deps, ROW, runId);
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
