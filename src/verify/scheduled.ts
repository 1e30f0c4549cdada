import { setTimeout as pause } from 'node:timers/promises';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { logFailure } from '../work/failure-log.ts';
import { type BrokenRule, endRun, giveRunBack, keepRun, takeRun } from './last-run.ts';
import { type Batch, type RuleResult, verify } from './verify.ts';

/** How often a run says that it is alive; several times within its lease. */
const KEEP_EVERY_MS = 10 * SECOND_MS;

/**
 * Proves the whole database when it is time and no other node is at it, and writes down what was found. Each broken
 * rule is an error in the log. Rests after each batch for as long as that took: the gateway comes first.
 */
export async function verifyWhenDue(deps: Deps, signal: AbortSignal): Promise<void> {
  const runId = await takeRun(deps, deps.config.verifyEveryMin * MINUTE_MS);
  if (runId === null) return;
  const started = performance.now();
  try {
    const results = await verify(deps.db, deps.clock.now(), { onBatch: restAndKeep(deps, runId, signal) });
    const broken = results.flatMap(brokenOf);
    const durationMs = Math.ceil(performance.now() - started);
    await endRun(deps, runId, { broken, durationMs });
    for (const { rule, row } of broken) deps.log.error({ rule, row }, 'verify: a rule is broken; stop and look');
    deps.log.info({ rules: results.length, broken: broken.length, ms: durationMs }, 'verify: the database was proved');
  } catch (error) {
    if (signal.aborted) return giveRunBack(deps, runId);
    logFailure(deps.log, error, {}, 'verify did not come to its end; it begins anew within a minute');
  }
}

function restAndKeep(deps: Deps, runId: string, signal: AbortSignal): (batch: Batch) => Promise<void> {
  let kept = performance.now();
  return async ({ tookMs }) => {
    await pause(tookMs, undefined, { signal });
    if (performance.now() - kept < KEEP_EVERY_MS) return;
    kept = performance.now();
    if (!(await keepRun(deps, runId))) throw new Error('another node has begun anew');
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
