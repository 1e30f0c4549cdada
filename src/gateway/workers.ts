import { makePurchase } from '../buying/make-purchase.ts';
import { repeatPurchase } from '../buying/repeat-purchase.ts';
import { repairDue } from '../callbacks/repair.ts';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Db } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { deleteAbandonedFeeds } from '../feed-sharing/store.ts';
import { reconcileWhenDue } from '../reconciliation/scheduled.ts';
import { hasConnection, SupplierConnection } from '../supplier-connections/connection.ts';
import { recordBalance } from '../supplier-health/store.ts';
import { longestCallMs } from '../suppliers/timing.ts';
import { deleteAllExpired } from '../trade-urls/cache.ts';
import { verifyWhenDue } from '../verify/scheduled.ts';
import type { Jobs } from '../work/jobs.ts';
import { Ticker } from '../work/ticker.ts';
import { Worker } from '../work/worker.ts';
import { measureBacklog, measureFreezes } from './backlog.ts';
import { BalanceReader } from './balances.ts';
import { dueWork, ordersOf } from './due-work.ts';
import { bringForwardOverlong, ClockWatch } from './overlong.ts';

/** A part of a round: several statements, each with its time limit, and a few calls to a supplier one after the other. */
const STILL_MAX_MS = 2 * MINUTE_MS;
const SUPPLIER_CALLS_IN_A_ROW = 4;

const BACKLOG_EVERY_MS = 10 * SECOND_MS;
/** A balance changes with each purchase; an alert need not be faster. */
const BALANCES_EVERY_MS = MINUTE_MS;
const REPAIR_EVERY_MS = 10 * SECOND_MS;
/** Rows that are too old are not read any more; deleting them only keeps the table small. */
const CLEANUP_EVERY_MS = 10 * MINUTE_MS;
/** How often a node checks whether a proof of the database is due; nobody waits for it. */
const VERIFY_CHECK_EVERY_MS = 10 * SECOND_MS;
/** The same for comparing orders with the marketplaces. */
const RECONCILE_CHECK_EVERY_MS = MINUTE_MS;

/**
 * Everything that happens without a request. Jobs of the queue come first; the tickers then find every row that is due,
 * so that nothing depends on a job arriving.
 */
export class Workers {
  readonly #deps: Deps;
  readonly #jobs: Jobs;
  readonly #due: readonly Worker[];
  readonly #maintenance: readonly Ticker[];
  readonly #cleanup: Ticker;
  readonly #connections: readonly SupplierConnection[];
  readonly #clock = new ClockWatch();
  readonly #stopping = new AbortController();

  /** @param slowDb for proofs of the whole database, whose statements may take longer than a request's */
  constructor(deps: Deps, jobs: Jobs, slowDb: Db) {
    this.#deps = deps;
    this.#jobs = jobs;
    this.#due = dueWork(deps).map(({ name, everyMs, work }) => new Worker(name, everyMs, work, deps.log));
    this.#cleanup = new Ticker('cleanup', () => cleanUp(deps), CLEANUP_EVERY_MS, deps.log);
    const verifying = () => verifyWhenDue({ ...deps, db: slowDb }, this.#stopping.signal);
    const reconciling = () => reconcileWhenDue(deps, this.#stopping.signal);
    const balances = new BalanceReader(deps, async (supplier, balance) => {
      await recordBalance(deps, supplier, balance);
      deps.signals.emit('supplierHealth', supplier);
    });
    this.#maintenance = [
      this.#cleanup,
      new Ticker('backlog', () => measure(deps), BACKLOG_EVERY_MS, deps.log),
      new Ticker('balances', () => balances.read(), BALANCES_EVERY_MS, deps.log),
      new Ticker('callback repair', () => this.#repair(), REPAIR_EVERY_MS, deps.log),
      ...(deps.config.reconcileEveryMin > 0
        ? [new Ticker('reconcile', reconciling, RECONCILE_CHECK_EVERY_MS, deps.log)]
        : []),
      ...(deps.config.verifyEveryMin > 0 ? [new Ticker('verify', verifying, VERIFY_CHECK_EVERY_MS, deps.log)] : []),
    ];
    this.#connections = deps.suppliers.all
      .filter(hasConnection)
      .map((supplier) => new SupplierConnection(deps, supplier));
    // A hint concerns the orders of one supplier: on a busy embedded database, reading the others' too would be felt.
    deps.signals.on('ordersDue', (supplierId) => this.#wake(ordersOf(supplierId)));
  }

  async start(): Promise<void> {
    const [deps, jobs] = [this.#deps, this.#jobs];
    await jobs.work('ask-approval', async (trade) => {
      this.#wake('approvals');
      deps.signals.emit('tradeOpened', trade);
    });
    await jobs.work('fill-quick-buys', async () => this.#wake('quick buys'));
    await jobs.work('make-purchase', (data) => makePurchase(deps, data));
    await jobs.work('repeat-purchase', (data) => repeatPurchase(deps, data));
    await jobs.work('send-callbacks', async ({ merchantId, callbackId }) => {
      this.#wake('callbacks');
      if (callbackId) deps.signals.emit('callbackWritten', { merchantId, callbackId });
    });
    for (const worker of [...this.#due, ...this.#maintenance, ...this.#connections]) worker.start();
  }

  /** Whether rows that were due are being worked on. */
  get isWorking(): boolean {
    return this.#due.some((worker) => worker.isWorking);
  }

  /** The kinds of due work whose round makes no progress, although nothing that it waits for may take so long. */
  get stuck(): string[] {
    const limitMs = STILL_MAX_MS + SUPPLIER_CALLS_IN_A_ROW * longestCallMs(this.#deps);
    return this.#due.filter((worker) => worker.stillMs > limitMs).map((worker) => worker.name);
  }

  /** The clock was moved: any row may be due now. */
  wake(): void {
    for (const worker of [...this.#due, this.#cleanup, ...this.#connections]) worker.wake();
  }

  /** Resolves when every row in hand has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#due, ...this.#maintenance, ...this.#connections].map((worker) => worker.stop()));
  }

  #wake(name: string): void {
    this.#due.find((worker) => worker.name === name)?.wake();
  }

  async #repair(): Promise<void> {
    if (await repairDue(this.#deps)) this.#wake('callbacks');
    if ((await bringForwardOverlong(this.#deps, this.#clock.wasSetBack())) > 0) this.wake();
  }
}

async function cleanUp(deps: Deps): Promise<void> {
  await deleteAllExpired(deps);
  await deleteAbandonedFeeds(deps);
}

async function measure(deps: Deps): Promise<void> {
  await measureBacklog(deps);
  await measureFreezes(deps);
}
