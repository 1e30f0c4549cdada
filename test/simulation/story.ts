import type { Caller } from '../../src/auth/authenticate.ts';
import { toMills } from '../../src/core/money.ts';
import type { Db } from '../../src/db/connect.ts';
import { createMerchant } from '../../src/merchants/operations.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { Books } from './books.ts';
import type { Followed } from './callback-log.ts';
import type { Embedded } from './embedded.ts';
import { Faults } from './faults.ts';
import { plainDatabase } from './gated-database.ts';
import { MarketHost } from './market-host.ts';
import type { SimMarketplace } from './marketplace.ts';
import { drawMarkets, type SimMarket } from './markets.ts';
import { FEE_BPS, Model } from './model.ts';
import type { Host } from './network.ts';
import { config, MARKET_URL, SHOP_URL, type Shared, type SimNode, secrets, startNode } from './node.ts';
import type { Person } from './people.ts';
import type { SimQueue } from './queue.ts';
import { Random } from './random.ts';
import { Receiver } from './receiver.ts';
import { Scheduler } from './scheduler.ts';
import type { StillClock } from './still-clock.ts';
import type { Trace } from './trace.ts';

const NODES = 2;
/** Mostly plenty, sometimes so little that buys are refused for it. */
const OPENINGS_MILLS = [100_000_000n, 100_000_000n, 3_000_000n];

/** What lives as long as the process that plays story after story. */
export interface Stage {
  readonly embedded: Embedded;
  readonly clock: StillClock;
  readonly market: SimMarketplace;
}

/** A buy that was asked for, and what its caller knows of it. */
export interface Bought {
  readonly token: string;
  readonly buyer: Person;
  readonly externalId: string | null;
  outcome: 'open' | 'created' | 'refused' | 'unclear';
}

export interface ItemToCancel {
  readonly tradeId: string;
  readonly itemId: string;
  readonly buyer: Person;
  readonly token: string;
  readonly supplier: string;
  readonly nativeId: string;
  readonly market: SimMarket;
}

export interface Tally {
  buys: number;
  quick: number;
  cancels: number;
  /** Cancels of all that is left of a trade. */
  wholes: number;
  kills: number;
  stalls: number;
  /** Outcomes that an operator had asked about now. */
  pushes: number;
  /** Callbacks that the merchant had sent again. */
  replays: number;
}

/** One seed's world: two nodes, one merchant, one to five marketplaces, and everything that can go wrong. */
export class Story {
  readonly tally: Tally = { buys: 0, quick: 0, cancels: 0, wholes: 0, kills: 0, stalls: 0, pushes: 0, replays: 0 };
  readonly random: Random;
  readonly trace: Trace;
  readonly clock: StillClock;
  readonly embedded: Embedded;
  /** For looking only. */
  readonly db: Db;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly queue: SimQueue = [];
  readonly host: MarketHost;
  readonly receiver: Receiver;
  readonly model: Model;
  readonly books: Books;
  readonly market: SimMarketplace;
  /** Where the gateway has accounts. */
  readonly markets: readonly SimMarket[];
  readonly nodes: SimNode[] = [];
  readonly bought: Bought[] = [];
  /** `autoCancel` of the buys that say it, by their recipient's token. */
  readonly timers = new Map<string, number>();
  /** What one unit of a quick buy may cost, by their recipient's token. */
  readonly limits = new Map<string, bigint>();
  readonly quickTrades: { readonly tradeId: string; readonly buyer: Person }[] = [];
  /** What can be cancelled, as its buyer knows it. */
  readonly items: ItemToCancel[] = [];
  /** What the merchant has read of its log. */
  readonly followed: Followed = { after: 0n, ids: [] };
  readonly written = new Set<string>();
  readonly #shared: Shared;
  readonly #openingMills: bigint;
  caller: Caller = {
    merchantId: '',
    actor: 'merchant:sim',
    client: null,
    verified: true,
    feeBps: Number(FEE_BPS),
    deniedAccounts: [],
    routeLimits: {},
  };

  constructor({ embedded, clock, market }: Stage, seed: number, trace: Trace) {
    this.random = new Random(seed);
    this.trace = trace;
    this.clock = clock;
    this.embedded = embedded;
    this.market = market;
    this.db = plainDatabase(embedded);
    this.scheduler = new Scheduler(this.random, clock, trace);
    this.faults = new Faults(this.random);
    this.markets = drawMarkets(this.random);
    this.host = new MarketHost(market, this.markets, this.faults, clock, config.supplierTimeoutMs);
    this.receiver = new Receiver(this.faults, config.callbackTimeoutMs);
    this.model = new Model(market, this.host, this.receiver, this.timers, this.limits);
    this.#openingMills = this.random.pick(OPENINGS_MILLS);
    this.books = new Books(embedded, this.model, this.#openingMills);
    const hosts = new Map<string, Host>([
      [MARKET_URL, this.host],
      [SHOP_URL, this.receiver],
    ]);
    const { scheduler, faults, queue, written, markets } = this;
    this.#shared = { embedded, scheduler, faults, trace, written, clock, hosts, queue, markets };
  }

  async open(): Promise<void> {
    const deps = { db: this.db, clock: this.clock, secrets };
    const wanted = { name: 'Simulated Shop', feeBps: Number(FEE_BPS), callbackUrl: `${SHOP_URL}/callbacks` };
    const { merchant, apiSecret } = await createMerchant(deps, wanted);
    this.receiver.know(apiSecret);
    this.caller = { ...this.caller, merchantId: merchant.id };
    const amountMills = toMills(this.#openingMills);
    await moveFunding(deps, { merchantId: merchant.id, direction: 'credit', amountMills, actor: 'sim' });
    for (let i = 0; i < NODES; i++) this.nodes.push(startNode(`node ${i}`, this.#shared));
  }

  /** One step of anybody, after which everything that must hold is looked at. False: nobody can go on now. */
  async step(): Promise<boolean> {
    const went = await this.scheduler.step();
    this.look();
    return went;
  }

  /** Moves time by this much. */
  async pass(ms: number): Promise<void> {
    await this.scheduler.moveTo(this.clock.nowMs + ms);
    this.look();
  }

  look(): void {
    this.books.checkStep(this.written);
    this.nodes.forEach((node, index) => {
      if (node.process.isAlive) return;
      this.tally.kills++;
      this.nodes[index] = startNode(node.process.name, this.#shared);
    });
  }

  anyNode(): SimNode {
    return this.random.pick(this.nodes);
  }
}
