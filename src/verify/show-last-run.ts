import type { Deps } from '../deps.ts';
import { lastRun } from './last-run.ts';

/**
 * Sets the gauges of `verify` from the database, so that every node shows the same values. Without a completed run, or when
 * runs are switched off, the gauges are absent. While the database is unavailable, they keep their values.
 */
export async function showLastRun(deps: Pick<Deps, 'db' | 'metrics' | 'config' | 'log'>): Promise<void> {
  const { verifyBrokenRules, verifyLastSuccess, verifyDuration } = deps.metrics;
  try {
    const run = deps.config.verifyEveryMin === 0 ? undefined : await lastRun(deps);
    if (!run) {
      for (const gauge of [verifyBrokenRules, verifyLastSuccess, verifyDuration]) gauge.remove();
      return;
    }
    verifyBrokenRules.set(Array.isArray(run.broken) ? run.broken.length : 0);
    verifyDuration.set((run.duration_ms ?? 0) / 1000);
    verifyLastSuccess.set((run.clean_at?.getTime() ?? 0) / 1000);
  } catch (error) {
    deps.log.warn({ err: error }, 'failed to read the last result of verify');
  }
}
