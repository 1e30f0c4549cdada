import type { PGlite } from '@electric-sql/pglite';
import { sql } from 'kysely';
import type { Caller } from '../../src/auth/authenticate.ts';
import { cancelItem } from '../../src/cancellations/cancel-item.ts';
import { resolveDueCancellations } from '../../src/cancellations/resolve-due.ts';
import type { Db } from '../../src/db/connect.ts';
import type { Deps } from '../../src/deps.ts';
import { ApiError } from '../../src/errors.ts';
import type { JobData, JobName } from '../../src/jobs/jobs.ts';
import { createMerchant } from '../../src/merchants/operations.ts';
import { toMills } from '../../src/money.ts';
import { makePurchase } from '../../src/purchases/make-purchase.ts';
import { readDueOrders } from '../../src/purchases/read-orders.ts';
import { resumeDue } from '../../src/purchases/resume-due.ts';
import type { Marketplace } from '../../src/sandbox/marketplace/marketplace.ts';
import type { FoundOrder } from '../../src/suppliers/supplier.ts';
import { approveTrade } from '../../src/trades/operations/approve-trade.ts';
import { createTrade } from '../../src/trades/operations/create-trade.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { Books, OPENING } from './books.ts';
import { Faults } from './faults.ts';
import { type Shared, type SimNode, startNode } from './node.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { behaviours, cardsOf, openMarketplace, StillClock, simSupplier } from './supplier.ts';

const NODES = 2;
const ACTIONS = 70;
const STEPS_BETWEEN_MAX = 9;
/** Long enough for every window: minutes in small steps, then a month in hours. */
const DRAIN_MS = [
  ...Array<number>(60).fill(5000),
  ...Array<number>(30).fill(60_000),
  ...Array<number>(120).fill(6 * 3_600_000),
];
const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';
const MOVES_MS = [1000, 10_000, 60_000, 300_000, 31 * 60_000, 2 * 3_600_000, 86_400_000, 8 * 86_400_000];

export interface Tally {
  steps: number;
  kills: number;
  buys: number;
  cancels: number;
}

/** One seed's story: two nodes, one merchant, and everything that can go wrong. */
export class Run {
  readonly tally: Tally = { steps: 0, kills: 0, buys: 0, cancels: 0 };
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #clock = new StillClock();
  readonly #marketplace: Marketplace;
  readonly #shared: Shared;
  readonly #db: Db;
  readonly #items: { tradeId: string; itemId: string }[] = [];
  readonly #nodes: SimNode[] = [];
  #caller: Caller = { merchantId: '', keyId: 'sim', verified: true, feeBps: 150, routeLimits: {} };
  #books: Books;

  /** @param db an ungated handle on the same database, for looking only */
  constructor(pglite: PGlite, db: Db, seed: number) {
    this.#random = new Random(seed);
    this.#scheduler = new Scheduler(this.#random);
    this.#faults = new Faults(this.#random);
    this.#db = db;
    this.#marketplace = openMarketplace(this.#clock);
    this.#books = new Books(db, '', this.#marketplace);
    const oldNews = new Map<string, FoundOrder>();
    this.#shared = {
      pglite,
      scheduler: this.#scheduler,
      faults: this.#faults,
      clock: this.#clock,
      supplierFor: (process) => simSupplier(this.#marketplace, this.#scheduler, process, this.#faults, oldNews),
    };
  }

  /** @throws Error when anything does not hold */
  async play(): Promise<Tally> {
    await this.#open();
    for (let action = 0; action < ACTIONS; action++) {
      await this.#act();
      for (let step = this.#random.below(STEPS_BETWEEN_MAX); step > 0; step--) await this.#step();
      this.#replaceTheDead();
      await this.#books.check();
    }
    await this.#drain();
    await this.#books.checkEnd();
    return this.tally;
  }

  async #open(): Promise<void> {
    for (let i = 0; i < NODES; i++) this.#nodes.push(startNode(`node ${i}`, this.#shared));
    const [node] = this.#nodes;
    if (!node) throw new Error('there is a node');
    const deps = { ...node.deps, db: this.#db };
    const { merchant } = await createMerchant(deps, { name: 'Simulated Shop', feeBps: this.#caller.feeBps });
    await moveFunding(deps, { merchantId: merchant.id, direction: 'credit', amountMills: OPENING, actor: 'sim' });
    this.#caller = { ...this.#caller, merchantId: merchant.id };
    this.#books = new Books(this.#db, merchant.id, this.#marketplace);
  }

  async #act(): Promise<void> {
    const dice = this.#random.next();
    const node = this.#random.pick(this.#nodes);
    if (dice < 0.2) this.#buy(node.deps);
    else if (dice < 0.45) this.#cancel();
    else if (dice < 0.65) this.#sweep(node.deps);
    else if (dice < 0.85) await this.#runJob(node.deps, this.#random.chance(0.1));
    else if (dice < 0.96) this.#clock.adoptOffset(this.#clock.offsetMs + this.#random.pick(MOVES_MS));
    else this.#kill(node);
  }

  async #step(): Promise<void> {
    this.tally.steps++;
    await this.#scheduler.step();
  }

  #buy(deps: Deps): void {
    this.tally.buys++;
    const chosen = new Map<string, bigint>();
    for (let i = this.#random.below(3); i >= 0; i--) {
      const card = this.#random.pick(cardsOf(this.#random.pick(behaviours)));
      chosen.set(card.nativeId, card.liveMills);
    }
    const [supplier] = deps.suppliers.all;
    const items = [...chosen].map(([nativeId, mills]) => ({
      listingId: supplier?.listingIds.toPublic(nativeId) ?? '',
      externalId: null,
      price: toMills(mills * 2n),
      maxPrice: null,
      slippageBps: 0,
    }));
    const wanted = { game: '730' as const, externalId: null, tradeUrl: TRADE_URL, items };
    this.#scheduler.start(async () => this.#remember(await createTrade(deps, this.#caller, wanted, 'sim')));
  }

  #remember(trade: TradeWire): void {
    for (const item of trade.items) this.#items.push({ tradeId: trade.id, itemId: item.id });
  }

  /** One to ten equal requests, over all nodes. */
  #cancel(): void {
    if (this.#items.length === 0) return;
    const { tradeId, itemId } = this.#random.pick(this.#items);
    const canceller = { merchantId: this.#caller.merchantId, source: 'self' as const, actor: 'sim', requestId: 'sim' };
    for (let i = this.#random.below(10); i >= 0; i--) {
      this.tally.cancels++;
      const { deps } = this.#random.pick(this.#nodes);
      this.#scheduler.start(async () => {
        const answer = await cancelItem(deps, canceller, { tradeRef: tradeId, itemRef: itemId }).catch(refusal);
        await this.#checkAnswer(itemId, tradeId, answer);
      });
    }
  }

  /** An answer may not say what the marketplace knows to be otherwise. */
  async #checkAnswer(listingId: string, tradeId: string, answer: unknown): Promise<void> {
    const { rows } = await sql<{ reference: string }>`
      select reference from purchase join item on item.merchant_id = purchase.merchant_id and item.id = purchase.item_id
      where item.trade_id = ${tradeId} and item.listing_id = ${listingId}`.execute(this.#db);
    const order = this.#marketplace.orders.byReference(rows[0]?.reference ?? '');
    const isAccepted = order !== undefined && order.cancelAcceptedAtMs !== null;
    if (answer instanceof ApiError) {
      const { reason } = answer.context.details ?? {};
      const phase = order ? this.#marketplace.standingOf(order).phase : 'none';
      if (isAccepted && reason === 'not_allowed')
        throw new Error(`refused (${reason}), though it was accepted; ${phase}`);
      return;
    }
    if (!isAccepted) throw new Error(`answered as accepted, but the marketplace never accepted it`);
  }

  #sweep(deps: Deps): void {
    const [supplier] = deps.suppliers.all;
    if (!supplier) return;
    const sweeps = [() => readDueOrders(deps, supplier), () => resolveDueCancellations(deps), () => resumeDue(deps)];
    this.#scheduler.start(async () => void (await this.#random.pick(sweeps)()));
  }

  /** @param isRedelivered the queue gives the job out again, as it does when a worker dies before it says done */
  async #runJob(deps: Deps, isRedelivered: boolean): Promise<boolean> {
    const { rows } = await sql<{ id: number; name: JobName; data: unknown }>`
      select id, name, data from sim_job where merchant_id = ${this.#caller.merchantId} order by id`.execute(this.#db);
    if (rows.length === 0) return false;
    const job = this.#random.pick(rows);
    if (!isRedelivered) await sql`delete from sim_job where id = ${job.id}`.execute(this.#db);
    this.#scheduler.start(() => handle(deps, job.name, job.data));
    return true;
  }

  #kill(node: SimNode): void {
    this.#scheduler.kill(node.process);
  }

  #replaceTheDead(): void {
    this.#nodes.forEach((node, index) => {
      if (node.process.isAlive) return;
      this.tally.kills++;
      this.#nodes[index] = startNode(node.process.name, this.#shared);
    });
  }

  /** No more bad luck: time passes, and everything that was begun comes to its end. */
  async #drain(): Promise<void> {
    this.#faults.isOn = false;
    for (const pauseMs of DRAIN_MS) {
      this.#replaceTheDead();
      const [node] = this.#nodes;
      if (!node) throw new Error('there is a node');
      while (await this.#runJob(node.deps, false)) await this.#runToIdle();
      const [supplier] = node.deps.suppliers.all;
      if (supplier) this.#scheduler.start(async () => void (await readDueOrders(node.deps, supplier)));
      this.#scheduler.start(async () => void (await resolveDueCancellations(node.deps)));
      this.#scheduler.start(async () => void (await resumeDue(node.deps)));
      await this.#runToIdle();
      this.#clock.adoptOffset(this.#clock.offsetMs + pauseMs);
    }
  }

  async #runToIdle(): Promise<void> {
    while (!this.#scheduler.isIdle) await this.#step();
    await this.#step();
  }
}

function refusal(error: unknown): ApiError {
  if (error instanceof ApiError && error.key !== 'SERVER_ERROR') return error;
  throw error;
}

function handle(deps: Deps, name: JobName, data: unknown): Promise<void> {
  switch (name) {
    case 'approve-trade':
      return approveTrade(deps, data as JobData['approve-trade']); // written by the queue, under this name
    case 'make-purchase':
      return makePurchase(deps, data as JobData['make-purchase']); // as above
    case 'send-callbacks':
      return Promise.resolve(); // sending is not part of the simulation: there is nobody to send to
  }
}
