import { MINUTE_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import * as runs from '../work/scheduled-run.ts';
import { allDifferenceKinds, type Difference, keyOf } from './policy.ts';
import type { Reconciliation } from './reconcile.ts';

type StoreDeps = Pick<Deps, 'db' | 'clock' | 'config'>;

/** So many differences are kept, to know which are new. */
const KEPT_MAX = 1000;

export function claimRun(deps: StoreDeps, supplier: string, everyMs: number): Promise<string | null> {
  return runs.claimRun(deps, rowOf(supplier), { everyMs, leaseMs: leaseMs(deps) });
}

/** @returns false when the run's lease had expired and another node has started a new run */
export function renewRun(deps: StoreDeps, supplier: string, runId: string): Promise<boolean> {
  return runs.renewRun(deps, rowOf(supplier), runId, leaseMs(deps));
}

/** Releases the run, so that another node can start at once. */
export function releaseRun(deps: StoreDeps, supplier: string, runId: string): Promise<void> {
  return runs.releaseRun(deps, rowOf(supplier), runId);
}

function rowOf(supplier: string): runs.RunRow {
  return { table: 'reconciliation', key: 'supplier', value: supplier };
}

/** A run renews its lease after each page, which can take two calls. */
function leaseMs({ config }: StoreDeps): number {
  return MINUTE_MS + 2 * config.supplierTimeoutMs;
}

/** The last result of a supplier. */
export interface LastResult {
  readonly supplier: string;
  /** null: no run has ended yet. */
  readonly endedAt: Date | null;
  /** Why that run could not compare everything; null: it did. */
  readonly cause: string | null;
  readonly reconciledAt: Date | null;
  readonly reconciledTo: Date | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly keys: ReadonlySet<string>;
}

/** The last results of all suppliers that were ever compared. */
export async function lastResults({ db }: Pick<Deps, 'db'>): Promise<LastResult[]> {
  const rows = await db
    .selectFrom('reconciliation')
    .select(['supplier', 'ended_at', 'cause', 'reconciled_at', 'reconciled_to', 'counts', 'differences'])
    .execute();
  return rows.map((row) => ({
    supplier: row.supplier,
    endedAt: row.ended_at,
    cause: row.cause,
    reconciledAt: row.reconciled_at,
    reconciledTo: row.reconciled_to,
    counts: countsIn(row.counts),
    keys: new Set(Array.isArray(row.differences) ? row.differences.map(String) : []),
  }));
}

function countsIn(json: unknown): Record<string, number> {
  if (typeof json !== 'object' || json === null) return {};
  return Object.fromEntries(Object.entries(json).map(([kind, count]) => [kind, Number(count)]));
}

/**
 * Stores the result of a run. One that could not compare everything proves nothing about what it did not find: of each kind
 * the earlier number stays, unless it found some.
 */
export async function endRun(
  { db, clock }: StoreDeps,
  runId: string,
  { supplier, range, cause, differences }: Reconciliation,
  earlier: Pick<LastResult, 'counts' | 'keys'> | undefined,
): Promise<void> {
  const now = clock.now();
  const isWhole = cause === null;
  const counts = { ...(isWhole ? {} : earlier?.counts), ...countsOf(differences, isWhole) };
  const keys = new Set([...differences.map(keyOf), ...(isWhole ? [] : (earlier?.keys ?? []))]);
  await db
    .updateTable('reconciliation')
    .set({
      run_id: null,
      leased_until: null,
      ended_at: now,
      cause,
      counts: JSON.stringify(counts),
      differences: JSON.stringify([...keys].slice(0, KEPT_MAX)),
      ...(isWhole ? { reconciled_at: now, reconciled_to: range.to } : {}),
    })
    .where('supplier', '=', supplier)
    .where('run_id', '=', runId)
    .execute();
}

/** How many there are of each kind. */
function countsOf(differences: readonly Difference[], isWhole: boolean): Record<string, number> {
  const counts = allDifferenceKinds.map(
    (kind) => [kind, differences.filter((each) => each.kind === kind).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => isWhole || count > 0));
}
