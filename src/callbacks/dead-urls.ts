import { DAY_MS, later } from '../core/clock.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { Found, Outcome } from './record.ts';
import { type OffReason, switchOff } from './switch.ts';

/** Nothing but failures for this long means that nobody is there any more (DESIGN 4.6). */
const FAILING_MAX_MS = 5 * DAY_MS;

interface DeadUrl {
  readonly merchantId: string;
  readonly url: string;
  readonly reason: OffReason;
}

/** Switches off the URLs that are dead by what these attempts have shown, and tells the operator. */
export async function switchOffDead(
  deps: Deps,
  outcomes: readonly Outcome[],
  found: ReadonlyMap<string, Found>,
): Promise<void> {
  for (const { merchantId, url, reason } of deadUrls(deps, outcomes, found)) {
    const isOff = await inTransaction(deps, (trx) => switchOff(deps, trx, merchantId, reason, url));
    if (isOff) deps.log.error({ merchantId, reason }, 'a merchant’s callbacks are switched off');
  }
}

/** Each merchant once: 410 says it at once; otherwise it takes five days without anything taken. */
function deadUrls({ clock }: Deps, outcomes: readonly Outcome[], found: ReadonlyMap<string, Found>): DeadUrl[] {
  const takers = new Set(outcomes.flatMap(({ callback, attempt }) => (attempt.delivered ? callback.merchant_id : [])));
  const longAgo = later(clock.now(), -FAILING_MAX_MS);
  const dead = new Map<string, DeadUrl>();
  for (const { callback, attempt } of outcomes) {
    const { merchant_id: merchantId, id } = callback;
    if (attempt.url === null || attempt.delivered) continue;
    const failingSince = found.get(id)?.failingSince ?? null;
    const isGone = attempt.status === 410;
    const isTired = failingSince !== null && failingSince <= longAgo && !takers.has(merchantId);
    if (!isGone && !isTired) continue;
    const reason = isGone ? 'it answered 410 Gone' : 'nothing was taken for five days';
    dead.set(merchantId, { merchantId, url: attempt.url, reason });
  }
  return [...dead.values()];
}
