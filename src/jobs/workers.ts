import { approvalAsker } from '../approvals/asker.ts';
import { callbackSender } from '../callbacks/sender.ts';
import { straightenDue } from '../callbacks/straighten.ts';
import { resolveDueCancellations } from '../cancellations/resolve-due.ts';
import { cancelDueItems, TIMER_BATCH } from '../cancellations/timer.ts';
import type { Deps } from '../deps.ts';
import { makePurchase } from '../purchases/make-purchase.ts';
import { readDueOrders } from '../purchases/read-orders.ts';
import { resumeDue } from '../purchases/resume-due.ts';
import { QUICK_BUYS_MAX } from '../quick-buys/claim.ts';
import { fillDueQuickBuys } from '../quick-buys/fill.ts';
import { forgetAllOld } from '../trade-urls/remembered.ts';
import { verifyWhenDue } from '../verify/scheduled.ts';
import { measureBacklog } from './backlog.ts';
import type { Jobs } from './jobs.ts';
import { Ticker } from './ticker.ts';

/** Full batches in a row before a ticker rests, so that one kind of work cannot hold a stop up. */
const BATCHES_MAX = 20;
const BACKLOG_EVERY_MS = 10_000;
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
  readonly #asker: ReturnType<typeof approvalAsker>;
  readonly #sender: ReturnType<typeof callbackSender>;
  readonly #readers: ReadonlyMap<string, Ticker>;
  readonly #filler: Ticker;
  readonly #sweeps: readonly Ticker[];
  readonly #quiet: readonly Ticker[];
  readonly #forgetting: Ticker;
  readonly #stopping = new AbortController();

  constructor(deps: Deps, jobs: Jobs) {
    this.#deps = deps;
    this.#jobs = jobs;
    const notNow = (what: string) => (error: unknown) => deps.log.error({ err: error }, what);
    this.#asker = approvalAsker(deps, notNow('merchants could not be asked now'));
    this.#sender = callbackSender(deps, notNow('callbacks could not be sent now'));
    const { tickMs } = deps.config;
    const everyTick = (work: () => Promise<void>) => new Ticker(work, tickMs, deps.log);
    this.#readers = new Map(
      deps.suppliers.all.map((supplier) => [
        supplier.id,
        everyTick(() => untilEmpty(() => readDueOrders(deps, supplier), supplier.findMax)),
      ]),
    );
    this.#filler = everyTick(() => untilEmpty(() => fillDueQuickBuys(deps), QUICK_BUYS_MAX));
    this.#sweeps = [
      this.#filler,
      everyTick(async () => this.#asker.wake()),
      everyTick(() => untilEmpty(() => resolveDueCancellations(deps))),
      everyTick(() => untilEmpty(() => cancelDueItems(deps), TIMER_BATCH)),
      everyTick(() => untilEmpty(() => resumeDue(deps))),
      everyTick(async () => this.#sender.wake()),
    ];
    this.#forgetting = new Ticker(() => forgetAllOld(deps), FORGET_EVERY_MS, deps.log);
    const verifying = () => verifyWhenDue(deps, this.#stopping.signal);
    this.#quiet = [
      this.#forgetting,
      new Ticker(() => measureBacklog(deps), BACKLOG_EVERY_MS, deps.log),
      new Ticker(() => this.#straighten(), STRAIGHTEN_EVERY_MS, deps.log),
      ...(deps.config.verifyEveryMin > 0 ? [new Ticker(verifying, VERIFY_LOOK_EVERY_MS, deps.log)] : []),
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
    await jobs.work('send-callbacks', async ({ merchantId, deliveryId }) => {
      this.#sender.wake();
      if (deliveryId) deps.signals.emit('callbackWritten', { merchantId, deliveryId });
    });
    for (const ticker of this.#all()) ticker.start();
  }

  /** Whether rows that were due are being worked on. */
  get isWorking(): boolean {
    const all = [this.#asker, this.#sender, ...this.#readers.values(), ...this.#sweeps];
    return all.some((worker) => worker.isWorking);
  }

  /** Time was moved: anything may be due now. */
  wake(): void {
    for (const ticker of [...this.#readers.values(), ...this.#sweeps, this.#forgetting]) ticker.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#asker.stop(), this.#sender.stop(), ...this.#all().map((ticker) => ticker.stop())]);
  }

  async #straighten(): Promise<void> {
    if (await straightenDue(this.#deps)) this.#sender.wake();
  }

  #all(): Ticker[] {
    return [...this.#readers.values(), ...this.#sweeps, ...this.#quiet];
  }
}

const FULL_BATCH = 50;

async function untilEmpty(takeBatch: () => Promise<number>, fullBatch = FULL_BATCH): Promise<void> {
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    if ((await takeBatch()) < fullBatch) return;
  }
}
