import { approvalWorker } from '../../src/approvals/request.ts';
import { makeDuePurchases, makePurchase } from '../../src/buying/make-purchase.ts';
import { repeatPurchase } from '../../src/buying/repeat-purchase.ts';
import { switchOn } from '../../src/callbacks/endpoint.ts';
import { repairDue } from '../../src/callbacks/repair.ts';
import { callbackSender } from '../../src/callbacks/sender.ts';
import { retryDueRequests } from '../../src/cancelling/engine.ts';
import { cancelDueItems } from '../../src/cancelling/timer.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import type { Deps } from '../../src/deps.ts';
import { makeOrdersDue } from '../../src/purchases/store.ts';
import { fillDueQuickBuys } from '../../src/quick-buys/fill.ts';
import { readDueOrders } from '../../src/settlement/read-orders.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { pushUnknown } from '../../src/unknown/push.ts';
import { unknownOutcomes } from '../../src/unknown/queries.ts';
import type { JobData } from '../../src/work/jobs.ts';
import { buySomething } from './buying.ts';
import { readOn, replaySomething } from './callback-log.ts';
import { cancelSomething, cancelWholeTrade } from './cancelling.ts';
import { isDatabaseFault } from './gated-database.ts';
import type { SimNode } from './node.ts';
import type { SimJob } from './queue.ts';
import { buyQuickly, cancelQuickBuy } from './quick-buying.ts';
import type { Story } from './story.ts';

interface Action {
  readonly weight: number;
  readonly act: (story: Story) => void | Promise<void>;
}

/** What people, the queue, the tickers and fate do. Whatever else can be done to a gateway gets a row here. */
const actions: Readonly<Record<string, Action>> = {
  buy: { weight: 18, act: buySomething },
  'buy quickly': { weight: 5, act: buyQuickly },
  'cancel a quick buy': { weight: 3, act: cancelQuickBuy },
  cancel: { weight: 18, act: cancelSomething },
  'cancel a whole trade': { weight: 6, act: cancelWholeTrade },
  'run a sweep': { weight: 22, act: sweepSomething },
  'run a job': { weight: 22, act: giveOutJob },
  'marketplace pushes': { weight: 4, act: push },
  'an operator pushes': { weight: 3, act: pushByHand },
  'a callback is replayed': { weight: 3, act: replaySomething },
  'the log is read': { weight: 3, act: readOn },
  'time passes': { weight: 11, act: (story) => story.pass(story.random.pick(MOVES_MS)) },
  'the merchant switches its URL on': { weight: 2, act: switchOnAgain },
  'a process is killed': { weight: 2, act: (story) => story.scheduler.kill(story.anyNode().process) },
  'a process stalls': { weight: 3, act: stall },
};

const MOVES_MS = [1000, 10_000, 60_000, 300_000, 31 * 60_000, 2 * 3_600_000, 86_400_000, 8 * 86_400_000];
const STALLS_MS = [3000, 12_000, 45_000];

const wheel = Object.values(actions).flatMap((action) => Array<Action>(action.weight).fill(action));

export async function actSomehow(story: Story): Promise<void> {
  await story.random.pick(wheel).act(story);
  story.look();
}

/** What the tickers of a node do beside reading orders, by the kind of work that makes it due. */
const sweeps = {
  cancellations: (deps: Deps) => retryDueRequests(deps),
  timer: (deps: Deps) => cancelDueItems(deps),
  approvals: (deps: Deps) => workOffWith(approvalWorker, deps),
  abandoned: (deps: Deps) => makeDuePurchases(deps),
  units: (deps: Deps) => fillDueQuickBuys(deps),
  callbacks: (deps: Deps) => workOffWith(callbackSender, deps),
  repair: (deps: Deps) => repairDue(deps),
} as const satisfies Record<string, (deps: Deps) => Promise<unknown>>;

/** Orders are read by marketplace. */
export type Sweep = keyof typeof sweeps | `orders of ${string}`;
const otherSweeps: readonly Sweep[] = [
  'cancellations',
  'cancellations',
  'timer',
  'approvals',
  'abandoned',
  'units',
  'callbacks',
  'repair',
];

/** Reading orders is what most of a gateway's news comes from. */
function sweepSomething(story: Story): void {
  const { random, markets } = story;
  const sweep = random.chance(1 / 3) ? (`orders of ${random.pick(markets).id}` as const) : random.pick(otherSweeps);
  runSweep(story, sweep, story.anyNode());
}

export function runSweep({ scheduler }: Story, sweep: Sweep, { process, deps }: SimNode): void {
  scheduler.start(process, `sweep of ${sweep}`, async () => void (await workOf(sweep, deps).catch(toNothing)));
}

function workOf(sweep: Sweep, deps: Deps): Promise<unknown> {
  return isOther(sweep) ? sweeps[sweep](deps) : readAllDue(deps, deps.suppliers.get(sweep.slice('orders of '.length)));
}

function isOther(sweep: Sweep): sweep is keyof typeof sweeps {
  return Object.hasOwn(sweeps, sweep);
}

/** As the ticker does: after a full batch there may be more. */
async function readAllDue(deps: Deps, supplier: Supplier): Promise<void> {
  while ((await readDueOrders(deps, supplier)) >= supplier.findMax);
}

function giveOutJob(story: Story): void {
  if (story.queue.length === 0) return;
  runJob(story, story.random.below(story.queue.length), story.anyNode());
}

/**
 * The queue gives a job out: to two nodes at once when it believes the first one dead, again when it did not hear
 * that it is done, or never, when it loses it.
 */
export function runJob({ queue, faults, scheduler, random, nodes }: Story, index: number, node: SimNode): void {
  const [job] = faults.strikes('job given out again') ? [queue[index]] : queue.splice(index, 1);
  if (!job || faults.strikes('job lost')) return;
  const takers = faults.strikes('job given out twice') ? [node, random.pick(nodes)] : [node];
  for (const { process, deps } of takers) {
    // A job that fails is tried again by the queue.
    const again = (error: unknown) => {
      toNothing(error);
      queue.push(job);
    };
    scheduler.start(process, `job ${job.name}`, () => handle(deps, job).catch(again));
  }
}

async function handle(deps: Deps, { name, data }: SimJob): Promise<void> {
  switch (name) {
    case 'ask-approval':
      return workOffWith(approvalWorker, deps);
    case 'fill-quick-buys':
      await fillDueQuickBuys(deps);
      return;
    case 'make-purchase':
      return makePurchase(deps, data as JobData['make-purchase']); // enqueued under this name
    case 'repeat-purchase':
      return repeatPurchase(deps, data as JobData['repeat-purchase']); // enqueued under this name
    case 'send-callbacks':
      return workOffWith(callbackSender, deps);
  }
}

type MakeWorker = typeof approvalWorker | typeof callbackSender;

/** Everything that is due, as a job or a tick wakes a node's worker for. @throws what went wrong first */
async function workOffWith(make: MakeWorker, deps: Deps): Promise<void> {
  const failures: unknown[] = [];
  const worker = make(deps, { failed: (error) => failures.push(error), worked: () => {} });
  worker.wake();
  await worker.idle();
  if (failures.length > 0) throw failures[0];
}

function toNone(error: unknown): [] {
  toNothing(error);
  return [];
}

function toFalse(error: unknown): false {
  toNothing(error);
  return false;
}

/** A failure of the database ends a round; the rows that were due still are. @throws any other failure */
function toNothing(error: unknown): void {
  if (!isDatabaseFault(error)) throw error;
}

/** A marketplace says of some order that there is news; now and then there is none, or no such order. */
function push(story: Story): void {
  const { random, faults, scheduler, host } = story;
  const pushed = host.orders.filter(({ market }) => market.hasPush);
  if (pushed.length === 0 || faults.strikes('push lost')) return;
  const { order, market } = random.pick(pushed);
  const reference = faults.strikes('push forged') ? 'FORGED' : order.reference;
  const { process, deps } = story.anyNode();
  const once = () => makeOrdersDue(deps, market.id, [reference]).catch(toNothing);
  scheduler.start(process, 'push', once);
  if (random.chance(0.2)) scheduler.start(process, 'push, again', once);
}

/** `skinrail unknown push`: from outside any node, at any moment. */
function pushByHand(story: Story): void {
  const { random, scheduler } = story;
  const { process, deps } = story.anyNode();
  scheduler.start(process, 'push by hand', async () => {
    const outcomes = await unknownOutcomes(deps.db, deps.clock.now(), {}).catch(toNone);
    if (outcomes.length === 0) return;
    const isPushed = await pushUnknown(deps, random.pick(outcomes)).catch(toFalse);
    if (isPushed) story.tally.pushes++;
  });
}

/** After a 410, or days of nothing but failures, callbacks wait for the merchant. */
function switchOnAgain(story: Story): void {
  const { process, deps } = story.anyNode();
  const { merchantId } = story.caller;
  story.scheduler.start(process, 'switch on', () =>
    inTransaction(deps, (trx) => switchOn(deps, trx, merchantId)).catch(toNothing),
  );
}

function stall(story: Story): void {
  const { process } = story.anyNode();
  process.stalledUntilMs = story.clock.nowMs + story.random.pick(STALLS_MS);
  story.tally.stalls++;
  story.trace.line(`${process.name} stalls`);
}
