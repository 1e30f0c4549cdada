import { makePurchase } from '../buying/make-purchase.ts';
import { repeatPurchase } from '../buying/repeat-purchase.ts';
import { repairDue } from '../callbacks/repair.ts';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Database } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { deleteAbandonedFeeds } from '../feed-sharing/store.ts';
import { reconcileWhenDue } from '../reconciliation/scheduled.ts';
import { keepPartitions } from '../retention/partitions.ts';
import { retainWhenDue } from '../retention/scheduled.ts';
import { hasConnection, SupplierConnection } from '../supplier-connections/connection.ts';
import { recordBalance } from '../supplier-health/store.ts';
import { longestCallMs } from '../suppliers/timing.ts';
import { deleteAllExpired } from '../trade-urls/cache.ts';
import { verifyWhenDue } from '../verify/scheduled.ts';
import { lookForDue } from '../work/due-rows.ts';
import type { Jobs } from '../work/jobs.ts';
import type { NodeNews } from '../work/node-news.ts';
import { Ticker } from '../work/ticker.ts';
import { type Seen, Watch } from '../work/watch.ts';
import { Worker } from '../work/worker.ts';
import { measureBacklog, measureFreezes } from './backlog.ts';
import { BalanceReader } from './balances.ts';
import { type DueWork, dueWork, ordersOf } from './due-work.ts';
import { bringForwardOverlong, ClockWatch } from './overlong.ts';

/** A part of a round: several statements, each with its time limit, and a few calls to a supplier one after the other. */
const STILL_MAX_MS = 2 * MINUTE_MS;
const SUPPLIER_CALLS_IN_A_ROW = 4;

/** A node that nobody tells of a due row finds it within this time: one that another node has left behind, say. */
const REST_MS = 10 * SECOND_MS;
const BACKLOG_EVERY_MS = 10 * SECOND_MS;
/** A balance changes with each purchase; an alert need not be faster. */
const BALANCES_EVERY_MS = MINUTE_MS;
const REPAIR_EVERY_MS = 10 * SECOND_MS;
/** Rows that are too old are not read any more; deleting them only keeps the table small. */
const CLEANUP_EVERY_MS = 10 * MINUTE_MS;
/** How often a node checks whether a proof of the database is due; nobody waits for it. */
const VERIFY_CHECK_EVERY_MS = 10 * SECOND_MS;
/** The same for what has passed its time. */
const RETENTION_CHECK_EVERY_MS = MINUTE_MS;
/** The same for comparing orders with the marketplaces. */
const RECONCILE_CHECK_EVERY_MS = MINUTE_MS;

/**
 * Everything that happens without a request. Jobs of the queue come first; a watch then finds every row that is due, so
 * that nothing depends on a job arriving. A node on which nothing is due rests: it looks when something was written, at the
 * time at which the next row is due, and every ten seconds.
 */
export class Workers {
  readonly #deps: Deps;
  readonly #jobs: Jobs;
  readonly #due: readonly Worker[];
  readonly #watch: Watch;
  readonly #maintenance: readonly Ticker[];
  readonly #cleanup: Ticker;
  readonly #connections: readonly SupplierConnection[];
  readonly #clock = new ClockWatch();
  readonly #stopping = new AbortController();

  constructor(deps: Deps, jobs: Jobs, { slowDb, quietDb }: Pick<Database, 'slowDb' | 'quietDb'>, news: NodeNews) {
    this.#deps = deps;
    this.#jobs = jobs;
    const kinds = dueWork(deps);
    this.#due = kinds.map(({ name, work, everyMs }) => new Worker(name, work, deps.log, everyMs));
    const everyMs = deps.config.tickMs;
    const times = { everyMs, restMs: news.isComplete ? Math.max(everyMs, REST_MS) : everyMs };
    this.#watch = new Watch('due rows', () => this.#look(kinds), times, deps);
    news.on('written', () => this.#watch.notice());
    this.#cleanup = new Ticker('cleanup', () => cleanUp(deps), CLEANUP_EVERY_MS, deps.log);
    const verifying = () => verifyWhenDue({ ...deps, db: slowDb }, this.#stopping.signal);
    const retaining = () => retainWhenDue({ ...deps, db: slowDb }, this.#stopping.signal);
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
      new Ticker('retention', retaining, RETENTION_CHECK_EVERY_MS, deps.log),
      ...(deps.config.verifyEveryMin > 0 ? [new Ticker('verify', verifying, VERIFY_CHECK_EVERY_MS, deps.log)] : []),
    ];
    this.#connections = deps.suppliers.all
      .filter(hasConnection)
      .map((supplier) => new SupplierConnection({ ...deps, news, quietDb }, supplier));
    // A hint concerns the orders of one supplier: on a busy embedded database, reading the others' too would be felt.
    deps.signals.on('ordersDue', (supplierId) => this.#wake(ordersOf(supplierId)));
  }

  async start(): Promise<void> {
    const [deps, jobs] = [this.#deps, this.#jobs];
    await jobs.work('ask-approval', async (trade) => {
      this.#wake('approvals', trade.merchantId);
      deps.signals.emit('tradeOpened', trade);
    });
    await jobs.work('fill-quick-buys', async () => this.#wake('quick buys'));
    await jobs.work('make-purchase', (data) => makePurchase(deps, data));
    await jobs.work('repeat-purchase', (data) => repeatPurchase(deps, data));
    await jobs.work('send-callbacks', async ({ merchantId, callbackId }) => {
      this.#wake('callbacks', merchantId);
      if (callbackId) deps.signals.emit('callbackWritten', { merchantId, callbackId });
    });
    for (const each of [...this.#due, this.#watch, ...this.#maintenance, ...this.#connections]) each.start();
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
    for (const each of [...this.#due, this.#watch, this.#cleanup, ...this.#connections]) each.wake();
  }

  /** Resolves when every row in hand has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const all = [...this.#due, this.#watch, ...this.#maintenance, ...this.#connections];
    await Promise.all(all.map((each) => each.stop()));
  }

  async #look(kinds: readonly DueWork[]): Promise<Seen> {
    const rows = new Map(kinds.flatMap((kind) => (kind.rows ? [[kind.name, kind.rows]] : [])));
    const due = await lookForDue(this.#deps, rows);
    const found = kinds.filter(({ name }) => due.kinds.includes(name));
    for (const name of new Set(found.flatMap((kind) => [kind.name, ...(kind.wakes ?? [])]))) this.#wake(name);
    return { isDue: due.kinds.length > 0, nextAt: due.nextAt };
  }

  #wake(name: string, merchantId?: string): void {
    this.#due.find((worker) => worker.name === name)?.wake(merchantId);
  }

  async #repair(): Promise<void> {
    if (await repairDue(this.#deps)) this.#wake('callbacks');
    if ((await bringForwardOverlong(this.#deps, this.#clock.wasSetBack())) > 0) this.wake();
  }
}

async function cleanUp(deps: Deps): Promise<void> {
  await deleteAllExpired(deps);
  await deleteAbandonedFeeds(deps);
  await keepPartitions(deps);
}

async function measure(deps: Deps): Promise<void> {
  await measureBacklog(deps);
  await measureFreezes(deps);
}
