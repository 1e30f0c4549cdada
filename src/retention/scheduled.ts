import { setTimeout as pause } from 'node:timers/promises';
import { SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { logFailure } from '../work/failure-log.ts';
import { claimRun, EVERY_MS, endRun, type Kind, releaseRun, renewRun } from './last-run.ts';
import { policyAt } from './policy.ts';
import { type OnBatch, type RetentionDeps, removeBodies, removeTrades } from './run.ts';

/** How often a run renews its lease; several times within the lease. */
const RENEW_EVERY_MS = 10 * SECOND_MS;

/** What a kind of run does, and the moment before which things are due; null: nothing is. */
const kinds = {
  bodies: { beforeOf: (policy: ReturnType<typeof policyAt>) => policy.bodiesBefore, remove: removeBodies },
  trades: { beforeOf: (policy: ReturnType<typeof policyAt>) => policy.tradesBefore, remove: removeTrades },
};

export const allKinds: readonly Kind[] = ['bodies', 'trades'];

/**
 * Removes what has passed its time, once a day on one node. After each transaction the run pauses for as long as that took, so
 * that it uses at most half of the database time.
 */
export async function retainWhenDue(deps: Deps, signal: AbortSignal): Promise<void> {
  for (const kind of allKinds) {
    if (signal.aborted) return;
    try {
      const removed = await runKind(deps, kind, { everyMs: EVERY_MS, pauses: true, signal });
      if (removed !== null) deps.log.info({ kind, removed }, 'retention: the run is complete');
    } catch (error) {
      if (!signal.aborted)
        logFailure(deps.log, error, { kind }, 'retention was interrupted; it starts again in minutes');
    }
  }
}

export interface RunOptions {
  /** 0: at once, if no other node is running it. */
  readonly everyMs: number;
  readonly pauses: boolean;
  readonly signal?: AbortSignal;
}

/**
 * @returns how much was removed; null: nothing is to be removed, it is not due, or another node is running it
 * @throws what interrupts it; the run is then released
 */
export async function runKind(deps: RetentionDeps, kind: Kind, options: RunOptions): Promise<number | null> {
  const { beforeOf, remove } = kinds[kind];
  const before = beforeOf(policyAt(deps.config, deps.clock.now()));
  if (before === null) return null;
  const runId = await claimRun(deps, kind, options.everyMs);
  if (runId === null) return null;
  try {
    const removed = await remove(deps, before, afterBatch(deps, kind, runId, options));
    await endRun(deps, kind, runId, removed);
    return removed;
  } catch (error) {
    if (options.signal?.aborted) await releaseRun(deps, kind, runId);
    throw error;
  }
}

function afterBatch(deps: RetentionDeps, kind: Kind, runId: string, { pauses, signal }: RunOptions): OnBatch {
  let renewedAt = performance.now();
  return async (tookMs) => {
    if (pauses) await pause(tookMs, undefined, signal && { signal });
    if (performance.now() - renewedAt < RENEW_EVERY_MS) return;
    renewedAt = performance.now();
    if (!(await renewRun(deps, kind, runId)))
      throw new Error('the lease has expired and another node has started a new run');
  };
}
