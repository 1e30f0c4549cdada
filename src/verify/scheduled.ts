import { setTimeout as pause } from 'node:timers/promises';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { logFailure } from '../work/failure-log.ts';
import { type BrokenRule, claimRun, endRun, releaseRun, renewRun } from './last-run.ts';
import { type Batch, type RuleResult, verify } from './verify.ts';

/** How often a run renews its lease; several times within the lease. */
const RENEW_EVERY_MS = 10 * SECOND_MS;

/**
 * Runs `verify` when it is due and no other node is running it, and stores the result. Each broken rule is logged as an
 * error. After each batch the run pauses for as long as the batch took, so that it uses at most half of the database time.
 */
export async function verifyWhenDue(deps: Deps, signal: AbortSignal): Promise<void> {
  const runId = await claimRun(deps, deps.config.verifyEveryMin * MINUTE_MS);
  if (runId === null) return;
  const started = performance.now();
  try {
    const results = await verify(deps.db, deps.clock.now(), { onBatch: pauseAndRenew(deps, runId, signal) });
    const broken = results.flatMap(brokenOf);
    const durationMs = Math.ceil(performance.now() - started);
    await endRun(deps, runId, { broken, durationMs });
    for (const { rule, row } of broken)
      deps.log.error(
        { rule, row },
        'verify: a rule is broken; stop buying with skinrail freeze all, and follow the runbook',
      );
    deps.log.info({ rules: results.length, broken: broken.length, ms: durationMs }, 'verify: the run is complete');
  } catch (error) {
    if (signal.aborted) return releaseRun(deps, runId);
    logFailure(deps.log, error, {}, 'verify was interrupted; it starts again within a minute');
  }
}

function pauseAndRenew(deps: Deps, runId: string, signal: AbortSignal): (batch: Batch) => Promise<void> {
  let renewedAt = performance.now();
  return async ({ tookMs }) => {
    await pause(tookMs, undefined, { signal });
    if (performance.now() - renewedAt < RENEW_EVERY_MS) return;
    renewedAt = performance.now();
    if (!(await renewRun(deps, runId))) throw new Error('the lease has expired and another node has started a new run');
  };
}

function brokenOf({ name, broken }: RuleResult): BrokenRule[] {
  if (broken === null) return [];
  const texts = Object.entries(broken).map(([column, value]) => [
    column,
    typeof value === 'bigint' ? String(value) : value,
  ]);
  return [{ rule: name, row: Object.fromEntries(texts) }];
}
