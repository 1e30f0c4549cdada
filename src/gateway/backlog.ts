import { sql } from 'kysely';
import { msBetween } from '../core/clock.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { FreezeScope } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { isMerchantStopped, isPurchaseStopped, isTradeStopped } from '../freezes/freezes.ts';
import { heldItems } from '../freezes/held.ts';

/** Updates the gauges that show an operator whether work piles up or stays unresolved. */
export async function measureBacklog(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  const { rows } = await sql<{
    purchases: number;
    cancellations: number;
    callbacks: number;
    approvals: number;
    quick_buys: number;
    auto_cancels: number;
    callbacks_off: number;
    oldest_purchase: Date | null;
    oldest_cancellation: Date | null;
  }>`select ${ofAllMerchants}
    (select count(*)::int4 from purchase where due_at <= ${now}
      and not (state = 'recorded' and ${isPurchaseStopped()})) as purchases,
    (select count(*)::int4 from cancellation where due_at <= ${now}) as cancellations,
    (select count(*)::int4 from callback where due_at <= ${now}) as callbacks,
    (select count(*)::int4 from approval where due_at <= ${now}
      and not ${isTradeStopped(sql.ref('approval.merchant_id'), sql.ref('approval.trade_id'))}) as approvals,
    (select count(*)::int4 from quick_buy where due_at <= ${now}
      and not ${isMerchantStopped(sql.ref('quick_buy.merchant_id'))}) as quick_buys,
    (select count(*)::int4 from item where auto_cancel_due_at <= ${now}) as auto_cancels,
    (select count(*)::int4 from merchant where callback_disabled_at is not null) as callbacks_off,
    (select min(unknown_since) from purchase where unknown_since is not null) as oldest_purchase,
    (select min(requested_at) from cancellation where state in ('requested', 'unknown') and due_at is not null)
      as oldest_cancellation`.execute(deps.db);
  const [row] = rows;
  if (!row) return;
  const { backlog, backlogMeasured, callbacksOff, oldestUnknownSeconds } = deps.metrics;
  backlog.set({ kind: 'purchase' }, row.purchases);
  backlog.set({ kind: 'cancellation' }, row.cancellations);
  backlog.set({ kind: 'callback' }, row.callbacks);
  backlog.set({ kind: 'approval' }, row.approvals);
  backlog.set({ kind: 'quick-buy' }, row.quick_buys);
  backlog.set({ kind: 'auto-cancel' }, row.auto_cancels);
  callbacksOff.set(row.callbacks_off);
  backlogMeasured.set(now.getTime() / 1000);
  const age = (since: Date | null) => (since ? Math.max(0, msBetween(since, now) / 1000) : 0);
  oldestUnknownSeconds.set({ kind: 'purchase' }, age(row.oldest_purchase));
  oldestUnknownSeconds.set({ kind: 'cancellation' }, age(row.oldest_cancellation));
}

/** Updates the gauges of freezes. Items that wait are counted only while something is frozen. */
export async function measureFreezes({ db, metrics }: Pick<Deps, 'db' | 'metrics'>): Promise<void> {
  const { rows } = await sql<{ scope: FreezeScope; freezes: number }>`
    select scope, count(*)::int4 as freezes from buying_freeze group by scope`.execute(db);
  for (const scope of ['all', 'merchant', 'supplier'] as const) {
    metrics.freezes.set({ scope }, rows.find((row) => row.scope === scope)?.freezes ?? 0);
  }
  const held = await sql<{ items: number }>`
    select count(*)::int4 as items from (${heldItems(null)}) as held`.execute(db);
  metrics.frozenItems.set(held.rows[0]?.items ?? 0);
}
