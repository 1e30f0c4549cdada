import { type RawBuilder, sql } from 'kysely';
import { longestApprovalPauseMs } from '../approvals/claim.ts';
import { approvalWorker } from '../approvals/request.ts';
import { makeDuePurchases } from '../buying/make-purchase.ts';
import { callbackSender } from '../callbacks/sender.ts';
import { longestRetryMs } from '../cancellations/store.ts';
import { retryDueRequests } from '../cancelling/engine.ts';
import { releaseFrozen } from '../cancelling/release-frozen.ts';
import { cancelDueItems, TIMER_BATCH } from '../cancelling/timer.ts';
import { SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { READ_BACKOFF, UNSENT_MAX } from '../purchases/store.ts';
import { QUICK_BUY_LEASE_MS, QUICK_BUYS_MAX } from '../quick-buys/claim.ts';
import { fillDueQuickBuys } from '../quick-buys/fill.ts';
import { readDueOrders } from '../settlement/read-orders.ts';
import { longestCallMs } from '../suppliers/timing.ts';
import { longestPauseMs } from '../work/backoff.ts';
import type { DueTable } from '../work/claim.ts';
import type { DueRows } from '../work/due-rows.ts';
import { leaseMs } from '../work/lease.ts';
import type { Work } from '../work/worker.ts';

/** One kind of due work. */
export interface DueWork {
  /** What it does, for logs and for the health check. */
  readonly name: string;
  readonly work: Work;
  /** Its rows, by which it is woken; absent where they have no due times, or are another kind's rows too. */
  readonly rows?: DueRows;
  /** Other kinds that are woken when these rows are due. */
  readonly wakes?: readonly string[];
  /** How often it is woken in any case. */
  readonly everyMs?: number;
  /** Rows whose due time is further away were put off by a clock that was wrong; absent where others say it. */
  readonly longest?: LongestPause;
}

/** The longest pause, or the longest lease, of the rows of a table. */
export interface LongestPause {
  readonly table: DueTable['table'];
  readonly ms: number;
  /** The rows that it is true of; all of them if it is not given. */
  readonly which?: RawBuilder<unknown>;
}

const FULL_BATCH = 50;
/** What is frozen waits for an hour or so; some seconds more make no difference. */
const RELEASE_FROZEN_EVERY_MS = 10 * SECOND_MS;
const PURCHASES = 'purchases';

/** What reads the orders of a supplier. */
export function ordersOf(supplierId: string): string {
  return `orders of ${supplierId}`;
}

/** All kinds of due work. Whatever is put off by a due time is a row of this table. */
export function dueWork(deps: Deps): readonly DueWork[] {
  const { config } = deps;
  const purchaseMs = Math.max(longestPauseMs(READ_BACKOFF), leaseMs(longestCallMs(deps)));
  return [
    ...deps.suppliers.all.map((supplier) => ({
      name: ordersOf(supplier.id),
      rows: { table: 'purchase' as const, dueAt: 'due_at' as const, which: sql`supplier = ${supplier.id}` },
      // Those that are still to be sent have no index of their own.
      wakes: [PURCHASES],
      work: { batch: () => readDueOrders(deps, supplier), full: supplier.findMax },
    })),
    {
      name: 'approvals',
      rows: { table: 'approval', dueAt: 'due_at', which: sql`state = 'asking'` },
      work: { lanes: (failures) => approvalWorker(deps, failures) },
      longest: { table: 'approval', ms: longestApprovalPauseMs(config), which: sql`state = 'asking'` },
    },
    {
      name: 'quick buys',
      rows: { table: 'quick_buy', dueAt: 'due_at' },
      work: { batch: () => fillDueQuickBuys(deps), full: QUICK_BUYS_MAX },
      longest: { table: 'quick_buy', ms: QUICK_BUY_LEASE_MS },
    },
    {
      name: PURCHASES,
      work: { batch: () => makeDuePurchases(deps), full: UNSENT_MAX },
      longest: { table: 'purchase', ms: purchaseMs },
    },
    {
      name: 'cancellations',
      rows: { table: 'cancellation', dueAt: 'due_at' },
      work: { batch: () => retryDueRequests(deps), full: FULL_BATCH },
      // A request that is too early waits for a time that was announced.
      longest: { table: 'cancellation', ms: longestRetryMs(config), which: sql`reason is distinct from 'too_early'` },
    },
    {
      name: 'automatic cancellations',
      rows: { table: 'item', dueAt: 'auto_cancel_due_at' },
      work: { batch: () => cancelDueItems(deps), full: TIMER_BATCH },
    },
    {
      name: 'frozen items',
      everyMs: RELEASE_FROZEN_EVERY_MS,
      work: { batch: () => releaseFrozen(deps), full: FULL_BATCH },
    },
    {
      name: 'callbacks',
      rows: { table: 'callback', dueAt: 'due_at' },
      work: { lanes: (failures) => callbackSender(deps, failures) },
    },
  ];
}
