import { setTimeout as pause } from 'node:timers/promises';
import { DAY_MS, earlier, later, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { toDecimalText } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import type { HistoryAnswer, TimeRange } from '../suppliers/history.ts';
import { countedOutcome } from '../suppliers/supplier.ts';
import { logFailure } from '../work/failure-log.ts';
import { allDifferenceKinds, type Difference, differenceKinds, keyOf } from './policy.ts';
import { hasHistory, hasMore, type WithHistory } from './read-whole.ts';
import { MARGIN_MS, type Reconciliation, reconcile } from './reconcile.ts';
import { claimRun, endRun, type LastResult, lastResults, releaseRun, renewRun } from './store.ts';

/** All calls of an account share one limit. */
export const PAUSE_MS = 500;
/** How often a run renews its lease; several times within the lease. */
const RENEW_EVERY_MS = 10 * SECOND_MS;
const LOGGED_MAX = 100;
/** After an outage, so much is made up for; the rest is for an operator. */
const CATCH_UP_MS = 14 * DAY_MS;

/** The last 24 hours, without the newest orders: the marketplace may still show them late. */
export function usualRange(now: Date): TimeRange {
  return { from: later(now, -DAY_MS), to: later(now, -MARGIN_MS) };
}

/** Compares the orders of each account that is due and that no other node is comparing, one account after the other. */
export async function reconcileWhenDue(deps: Deps, signal: AbortSignal): Promise<void> {
  for (const supplier of deps.suppliers.all) {
    if (signal.aborted) return;
    if (hasHistory(supplier)) await reconcileOne(deps, supplier, signal);
  }
}

async function reconcileOne(deps: Deps, supplier: WithHistory, signal: AbortSignal): Promise<void> {
  const { id } = supplier;
  const runId = await claimRun(deps, id, deps.config.reconcileEveryMin * MINUTE_MS);
  if (runId === null) return;
  try {
    const last = (await lastResults(deps)).find((each) => each.supplier === id);
    const onAnswer = pauseAndRenew(deps, id, runId, signal);
    const result = await reconcile(deps, supplier, rangeAfter(deps.clock.now(), last), { onAnswer });
    await endRun(deps, runId, result, last);
    logResult(deps, result, last);
  } catch (error) {
    if (signal.aborted) return releaseRun(deps, id, runId);
    logFailure(deps.log, error, { supplier: id }, 'reconcile was interrupted; it starts again within minutes');
  }
}

/** What was made while no run could compare everything is compared as well. */
function rangeAfter(now: Date, last: LastResult | undefined): TimeRange {
  const { from, to } = usualRange(now);
  const oldest = later(now, -CATCH_UP_MS);
  const since = earlier(from, last?.reconciledTo ?? from);
  return { from: since < oldest ? oldest : since, to };
}

function pauseAndRenew(deps: Deps, supplier: string, runId: string, signal: AbortSignal) {
  let renewedAt = performance.now();
  return async (answer: HistoryAnswer) => {
    deps.metrics.supplierCalls.inc({ supplier, call: 'history', outcome: countedOutcome(answer) });
    if (!hasMore(answer)) return;
    await pause(PAUSE_MS, undefined, { signal });
    if (performance.now() - renewedAt < RENEW_EVERY_MS) return;
    renewedAt = performance.now();
    if (await renewRun(deps, supplier, runId)) return;
    throw new Error('the lease has expired and another node has started a new run');
  };
}

/** Differences that the run before has found are not logged again. */
function logResult({ log }: Deps, { supplier, cause, ...result }: Reconciliation, last: LastResult | undefined): void {
  const { orders, purchases, differences } = result;
  const fresh = differences.filter((each) => !last?.keys.has(keyOf(each)));
  for (const each of fresh.slice(0, LOGGED_MAX)) log.error({ supplier, ...textsOf(each) }, messageOf(each));
  const found = { supplier, orders, purchases, differences: differences.length, new: fresh.length };
  if (cause === null) log.info(found, 'reconcile: all orders were compared');
  else
    log.warn(
      { ...found, cause },
      'reconcile: NOT all orders could be compared; it is tried again at the next interval',
    );
}

function messageOf({ kind }: Difference): string {
  return `reconcile: ${differenceKinds[kind].meaning}; ${differenceKinds[kind].advice}`;
}

function textsOf({ kind, orderId, reference, tradeId, itemId, amountMills }: Difference) {
  const amount = amountMills === null ? null : toDecimalText(amountMills);
  return { kind, orderId, reference, tradeId, itemId, amount };
}

/**
 * Sets the gauges from the database, so that every node shows the same values. Without a completed run, or when runs are
 * switched off, they are absent. While the database is unavailable, they keep their values.
 */
export async function showLastResults(
  deps: Pick<Deps, 'db' | 'metrics' | 'config' | 'log' | 'suppliers'>,
): Promise<void> {
  const { reconcileDifferences, reconcileLastSuccess } = deps.metrics;
  try {
    const results = deps.config.reconcileEveryMin === 0 ? [] : await lastResults(deps);
    for (const gauge of [reconcileDifferences, reconcileLastSuccess]) gauge.reset();
    for (const { supplier, endedAt, reconciledAt, counts } of results) {
      // An account that was removed has nothing that could be compared.
      if (endedAt === null || !deps.suppliers.find(supplier)?.history) continue;
      reconcileLastSuccess.set({ supplier }, (reconciledAt?.getTime() ?? 0) / 1000);
      for (const kind of allDifferenceKinds) {
        const count = counts[kind];
        if (count !== undefined) reconcileDifferences.set({ supplier, kind }, count);
      }
    }
  } catch (error) {
    deps.log.warn({ err: error }, 'failed to read the last results of reconcile');
  }
}
