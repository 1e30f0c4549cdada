import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import * as runs from '../work/scheduled-run.ts';

type RunDeps = Pick<Deps, 'db' | 'clock'>;

/** What is removed by runs of its own. A node whose settings keep trades does not keep another node from archiving them. */
export type Kind = 'bodies' | 'trades';

export const EVERY_MS = DAY_MS;
/**
 * After this time another node starts a new run, if the process has died. A running process renews its lease earlier, but not
 * while a large table is vacuumed.
 */
const LEASE_MS = 10 * MINUTE_MS;

const rowOf = (kind: Kind) => ({ table: 'retention_run', key: 'name', value: kind }) as const;

/** @returns the run's id; null: it is not due, or another node is running it */
export function claimRun(deps: RunDeps, kind: Kind, everyMs: number): Promise<string | null> {
  return runs.claimRun(deps, rowOf(kind), { everyMs, leaseMs: LEASE_MS });
}

/** @returns false when the run's lease had expired and another node has started a new run */
export function renewRun(deps: RunDeps, kind: Kind, runId: string): Promise<boolean> {
  return runs.renewRun(deps, rowOf(kind), runId, LEASE_MS);
}

/** Releases the run, so that another node can start at once. */
export function releaseRun(deps: RunDeps, kind: Kind, runId: string): Promise<void> {
  return runs.releaseRun(deps, rowOf(kind), runId);
}

/** Stores how much a completed run has removed. */
export async function endRun({ db, clock }: RunDeps, kind: Kind, runId: string, removed: number): Promise<void> {
  await db
    .updateTable('retention_run')
    .set({ run_id: null, leased_until: null, ended_at: clock.now(), removed: BigInt(removed) })
    .where('name', '=', kind)
    .where('run_id', '=', runId)
    .execute();
}

/** The last completed run of each kind. */
export async function lastRuns({ db }: Pick<Deps, 'db'>) {
  return db
    .selectFrom('retention_run')
    .select(['name', 'ended_at as endedAt', 'removed'])
    .where('ended_at', 'is not', null)
    .orderBy('name')
    .execute();
}
