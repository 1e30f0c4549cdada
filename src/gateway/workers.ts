import { approvalWorker } from '../approvals/request.ts';
import { makePurchase } from '../buying/make-purchase.ts';
import { resumeDue } from '../buying/resume-purchases.ts';
import { repairDue } from '../callbacks/repair.ts';
import { callbackSender } from '../callbacks/sender.ts';
import { retryDueRequests } from '../cancelling/engine.ts';
import { releaseFrozen } from '../cancelling/release-frozen.ts';
import { cancelDueItems, TIMER_BATCH } from '../cancelling/timer.ts';
import type { Db } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { QUICK_BUYS_MAX } from '../quick-buys/claim.ts';
import { fillDueQuickBuys } from '../quick-buys/fill.ts';
import { readDueOrders } from '../settlement/read-orders.ts';
import { deleteAllExpired } from '../trade-urls/cache.ts';
import { verifyWhenDue } from '../verify/scheduled.ts';
import { FailureLog } from '../work/failure-log.ts';
import type { Jobs } from '../work/jobs.ts';
import { untilEmpty } from '../work/round.ts';
import { type Round, Ticker } from '../work/ticker.ts';
import { measureBacklog, measureFreezes } from './backlog.ts';
import { bringForwardOverlong, ClockWatch } from './overlong.ts';

const FULL_BATCH = 50;
/** A part of a round: several statements, each with its time limit, and a few calls to a supplier one after the other. */
const STILL_MAX_MS = 120_000;
const SUPPLIER_CALLS_IN_A_ROW = 4;
const BACKLOG_EVERY_MS = 10_000;
/** What is frozen waits for an hour; some seconds more do not matter. */
const RELEASE_EVERY_MS = 10_000;
const STRAIGHTEN_EVERY_MS = 10_000;
/** What is too old is not read any more; deleting it only keeps the table small. */
const FORGET_EVERY_MS = 600_000;
/** How often it is looked if the database is to be proved; nobody waits for that. */
const VERIFY_LOOK_EVERY_MS = 10_000;

/**
 * All that happens without a request. Jobs come first, by the queue; tickers then find every row whose time has come,
 * so nothing depends on a job arriving.
 */
export class Workers {
  readonly #deps: Deps;
  readonly #jobs: Jobs;
  readonly #asker: ReturnType<typeof approvalWorker>;
  readonly #sender: ReturnType<typeof callbackSender>;
  readonly #readers: ReadonlyMap<string, Ticker>;
  readonly #filler: Ticker;
  readonly #sweeps: readonly Ticker[];
  readonly #quiet: readonly Ticker[];
  readonly #forgetting: Ticker;
  readonly #clock = new ClockWatch();
  readonly #stopping = new AbortController();

  /** @param slowDb for proofs of the whole database, whose statements may take longer than a request's */
  constructor(deps: Deps, jobs: Jobs, slowDb: Db) {
    this.#deps = deps;
    this.#jobs = jobs;
    this.#asker = approvalWorker(deps, new FailureLog(deps.log, 'asking merchants'));
    this.#sender = callbackSender(deps, new FailureLog(deps.log, 'sending callbacks'));
    const { tickMs } = deps.config;
    const everyTick = (name: string, round: Round) => new Ticker(name, round, tickMs, deps.log);
    this.#readers = new Map(
      deps.suppliers.all.map((supplier) => [
        supplier.id,
        everyTick(`orders of ${supplier.id}`, (comesOn) =>
          untilEmpty(() => readDueOrders(deps, supplier), supplier.findMax, comesOn),
        ),
      ]),
    );
    this.#filler = everyTick('quick buys', (comesOn) =>
      untilEmpty(() => fillDueQuickBuys(deps), QUICK_BUYS_MAX, comesOn),
    );
    this.#sweeps = [
      this.#filler,
      everyTick('approvals', async () => this.#asker.wake()),
      everyTick('cancellations', (comesOn) => untilEmpty(() => retryDueRequests(deps), FULL_BATCH, comesOn)),
      everyTick('automatic cancellations', (comesOn) => untilEmpty(() => cancelDueItems(deps), TIMER_BATCH, comesOn)),
      everyTick('purchases', (comesOn) => untilEmpty(() => resumeDue(deps), FULL_BATCH, comesOn)),
      new Ticker(
        'frozen items',
        (comesOn) => untilEmpty(() => releaseFrozen(deps), FULL_BATCH, comesOn),
        RELEASE_EVERY_MS,
        deps.log,
      ),
      everyTick('callbacks', async () => this.#sender.wake()),
    ];
    this.#forgetting = new Ticker('cleanup', () => deleteAllExpired(deps), FORGET_EVERY_MS, deps.log);
    const verifying = () => verifyWhenDue({ ...deps, db: slowDb }, this.#stopping.signal);
    this.#quiet = [
      this.#forgetting,
      new Ticker('backlog', () => measure(deps), BACKLOG_EVERY_MS, deps.log),
      new Ticker('callback repair', () => this.#repair(), STRAIGHTEN_EVERY_MS, deps.log),
      ...(deps.config.verifyEveryMin > 0 ? [new Ticker('verify', verifying, VERIFY_LOOK_EVERY_MS, deps.log)] : []),
    ];
    // A hint concerns one supplier's orders: on a busy embedded database every other look would be felt.
    deps.signals.on('ordersDue', (supplierId) => this.#readers.get(supplierId)?.wake());
  }

  async start(): Promise<void> {
    const [deps, jobs] = [this.#deps, this.#jobs];
    await jobs.work('ask-approval', async (trade) => {
      this.#asker.wake();
      deps.signals.emit('tradeOpened', trade);
    });
    await jobs.work('fill-quick-buys', async () => this.#filler.wake());
    await jobs.work('make-purchase', (data) => makePurchase(deps, data));
    await jobs.work('send-callbacks', async ({ merchantId, callbackId }) => {
      this.#sender.wake();
      if (callbackId) deps.signals.emit('callbackWritten', { merchantId, callbackId });
    });
    for (const ticker of this.#all()) ticker.start();
  }

  /** Whether rows that were due are being worked on. */
  get isWorking(): boolean {
    const all = [this.#asker, this.#sender, ...this.#readers.values(), ...this.#sweeps];
    return all.some((worker) => worker.isWorking);
  }

  /** Kinds of due work whose round stands still, though nothing that it waits for may take so long. */
  get stuck(): string[] {
    const limitMs = STILL_MAX_MS + SUPPLIER_CALLS_IN_A_ROW * this.#deps.config.supplierTimeoutMs;
    return [...this.#readers.values(), ...this.#sweeps]
      .filter((ticker) => ticker.stillMs > limitMs)
      .map((ticker) => ticker.name);
  }

  /** Time was moved: anything may be due now. */
  wake(): void {
    for (const ticker of [...this.#readers.values(), ...this.#sweeps, this.#forgetting]) ticker.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#asker.stop(), this.#sender.stop(), ...this.#all().map((ticker) => ticker.stop())]);
  }

  async #repair(): Promise<void> {
    const isDue = await repairDue(this.#deps);
    if (isDue) this.#sender.wake();
    if ((await bringForwardOverlong(this.#deps, this.#clock.wasSetBack())) > 0) this.wake();
  }

  #all(): Ticker[] {
    return [...this.#readers.values(), ...this.#sweeps, ...this.#quiet];
  }
}

async function measure(deps: Deps): Promise<void> {
  await measureBacklog(deps);
  await measureFreezes(deps);
}
