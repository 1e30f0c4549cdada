import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect } from 'vitest';
import { withSession } from '../../src/cli/open-session.ts';
import { type Config, loadConfig } from '../../src/config/config.ts';
import { HOUR_MS, later, MINUTE_MS } from '../../src/core/clock.ts';
import { fromMerchantDollars } from '../../src/core/money.ts';
import { isMerchantStopped, isPurchaseStopped, isTradeStopped } from '../../src/freezes/freezes.ts';
import { heldItems } from '../../src/freezes/held.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import type { SupplierKind } from '../../src/suppliers/kind.ts';
import { supplierKinds } from '../../src/suppliers/kinds.ts';
import { verify } from '../../src/verify/verify.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { createTestDatabase, PREPARED, postgresUrl, type TestDatabase } from './database.ts';
import { type Answer, Merchant } from './merchant.ts';
import { Receiver } from './receiver.ts';
import { recordCall } from './record-calls.ts';

/** What has not come by then never will, however busy the machine is. */
const HUNG_AFTER_MS = 240_000;
/** How often a test that waits lets the gateway look for due rows. */
const LOOK_EVERY_MS = 50;

/** The supplier's time-out in tests: long enough for a loaded machine, short enough to wait for. */
const SUPPLIER_TIMEOUT_MS = 2000;

export interface MerchantOptions {
  readonly verified?: boolean;
  /** Dollars in the wallet. */
  readonly funds?: number;
  readonly feeBps?: number;
  readonly scopes?: readonly string[];
  readonly allowedIps?: readonly string[];
}

/** An operator's account at a marketplace. */
export interface TestAccount {
  /** Absent: the name of the kind. */
  readonly id?: string;
  readonly kind: SupplierKind;
  readonly given: Readonly<Record<string, string>>;
}

export interface TestListing {
  readonly id: string;
  readonly game: '730' | '252490';
  readonly behaviour: string;
  /** The account with which it is bought. */
  readonly marketplace: string;
  readonly marketHashName: string;
  /** Dollars, the fee of 1.5 % included that the tests' merchants pay. */
  readonly price: number;
}

/**
 * A whole gateway with its marketplace, reached over HTTP only, and a clock that tests move. Every test makes its own
 * merchants, so nothing has to be cleaned.
 */
export class World {
  readonly gateway: Gateway;
  readonly receiver: Receiver;
  readonly #database: TestDatabase;
  readonly #dataDir: string;
  #testListings: TestListing[] = [];
  #merchants = 0;
  #lookedAt = 0;

  private constructor(gateway: Gateway, receiver: Receiver, database: TestDatabase, dataDir: string) {
    this.gateway = gateway;
    this.receiver = receiver;
    this.#database = database;
    this.#dataDir = dataDir;
  }

  static async start(
    settings: Record<string, string> = {},
    log = pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    accounts: readonly TestAccount[] = [],
  ): Promise<World> {
    // An embedded database in memory would be gone between adding an account and the start that uses it.
    const database = accounts.length > 0 && !postgresUrl ? inDataFolder : await createTestDatabase();
    const dataDir = mkdtempSync(join(process.env[PREPARED.folder] ?? tmpdir(), 'gateway-'));
    const config = loadConfig({
      PORT: '0',
      MARKETPLACE_PORT: '0',
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: process.env['DATABASE_POOL_MAX'] ?? '',
      SUPPLIER_TIMEOUT_MS: String(SUPPLIER_TIMEOUT_MS),
      // `settles` and `until` let the gateway look: at 50 ms the ticks of a gateway that does nothing took a third of a core.
      TICK_MS: '1000',
      // Prices stay as they are, so that lists need not be read again after each jump of the clock: a fifth of a second each time.
      MARKET_POLL_MS: String(HOUR_MS),
      // Tests of one file share an address, and many send keys that are wrong.
      INVALID_KEYS_PER_MINUTE: '0',
      ...settings,
    });
    for (const account of accounts) await addTestAccount(config, account);
    const gateway = await startGateway(config, log, accounts.length > 0 ? kindsOf(accounts) : supplierKinds);
    // The checker is to see what a cluster would get.
    if (process.env['TEST_PORTABLE'] === 'on') Reflect.set(gateway.deps, 'isDistributed', true);
    const world = new World(gateway, await Receiver.start(), database, dataDir);
    world.#testListings = await world.get<TestListing[]>('/sandbox/listings');
    await world.letPricesMove(false);
    return world;
  }

  get baseUrl(): string {
    return this.gateway.baseUrl;
  }

  get now(): Date {
    return this.gateway.deps.clock.now();
  }

  /** The nth test listing that behaves in this way; different numbers can be bought in one trade. */
  testListing(behaviour: string, number = 1, game: '730' | '252490' = '730'): TestListing {
    const testListing = this.#testListings.filter((each) => each.behaviour === behaviour && each.game === game)[
      number - 1
    ];
    if (!testListing) throw new Error(`the sandbox has no listing ${number} that ${behaviour}`);
    return testListing;
  }

  rustListing(behaviour: string, number = 1): TestListing {
    return this.testListing(behaviour, number, '252490');
  }

  /** A merchant of its own, by default verified and with $1,000. It pays the sandbox's fee, as the listings show it. */
  async merchant(options: MerchantOptions = {}): Promise<Merchant> {
    const { deps } = this.gateway;
    const name = `merchant-${++this.#merchants}`;
    const { merchant, apiSecret } = await createMerchant(deps, {
      name,
      verified: options.verified ?? true,
      feeBps: options.feeBps ?? 150,
      callbackUrl: this.receiver.urlOf(name),
    });
    this.receiver.know(name, apiSecret);
    const { apiKey, row } = await createKey(deps, merchant.id, {
      ...(options.scopes ? { scopes: options.scopes } : {}),
      ...(options.allowedIps ? { allowedIps: options.allowedIps } : {}),
    });
    const funds = options.funds ?? 1000;
    if (funds > 0) {
      const amountMills = fromMerchantDollars(funds, 'funds');
      await moveFunding(deps, { merchantId: merchant.id, direction: 'credit', amountMills, actor: 'test' });
    }
    return new Merchant(this, { id: merchant.id, name, apiKey, keyId: row.id, apiSecret });
  }

  /** Ordinary listings keep their prices in tests, until one asks for prices that move. */
  async letPricesMove(move = true): Promise<void> {
    await fetch(`${this.gateway.sandbox?.marketplaceUrl}/control/pace`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pricesMove: move }),
    });
  }

  /** Waits until what is on sale was heard; a start goes on without it where the machine is slow. */
  async knowsMarket(): Promise<void> {
    const { market } = this.gateway.deps;
    await this.until(() => market.isKnown('730') && market.isKnown('252490'), 'the market is known');
  }

  /** Moves everyone's clock forward, and waits until all that became due is done. */
  async passes(advance: string): Promise<void> {
    const answer = await this.call('POST', '/sandbox/clock', { body: { advance } });
    expect(answer.status).toBe(200);
    await this.settles();
  }

  /** Waits until no job is waiting, no row is due and the marketplace has pushed all its news: everything that can happen now has happened. */
  async settles(): Promise<void> {
    for (let calm = 0; calm < 2; ) {
      calm = (await this.#isBusy()) ? 0 : calm + 1;
      if (calm === 0) this.#look();
      if (calm < 2) await new Promise((resolve) => setTimeout(resolve, calm === 0 ? 10 : 5));
    }
  }

  async #isBusy(): Promise<boolean> {
    if (this.gateway.isWorking()) return true;
    const { now } = this;
    const { deps } = this.gateway;
    const { rows } = await sql<{ busy: number }>`select (
      (select count(*) from pgboss.job where state in ('created', 'retry', 'active') and start_after <= now())
      + (select count(*) from approval where state = 'asking' and due_at <= ${now}
          and not ${isTradeStopped(sql.ref('approval.merchant_id'), sql.ref('approval.trade_id'))})
      + (select count(*) from quick_buy where due_at <= ${now}
          and not ${isMerchantStopped(sql.ref('quick_buy.merchant_id'))})
      + (select count(*) from purchase where (due_at <= ${now} or state in ('recorded', 'asked'))
          and not (state = 'recorded' and ${isPurchaseStopped()}))
      + (select count(*) from (${heldItems(later(now, -deps.config.freezeWaitMin * MINUTE_MS))}) as held)
      + (select count(*) from cancellation where due_at <= ${now} or state = 'requested')
      + (select count(*) from item where auto_cancel_due_at <= ${now})
      + (select count(*) from callback where state = 'pending' and due_at <= ${now}
          and not exists (select 1 from callback earlier where earlier.merchant_id = callback.merchant_id
            and earlier.trade_id = callback.trade_id and earlier.number < callback.number
            and earlier.state = 'pending'))
      )::int as busy`.execute(this.gateway.deps.db);
    // Asked again and last: what a round of work has claimed is not due any more.
    return (rows[0]?.busy ?? 0) > 0 || (await this.#hintsWaiting()) > 0 || this.gateway.isWorking();
  }

  async #hintsWaiting(): Promise<number> {
    const answer = await fetch(`${this.gateway.sandbox?.marketplaceUrl}/control/hints`);
    return ((await answer.json()) as { waiting: number }).waiting; // the sandbox's own route
  }

  /** Looks until `condition` holds; for what another process or a push does in its own time. */
  async until(condition: () => Promise<boolean> | boolean, what: string, withinMs = HUNG_AFTER_MS): Promise<void> {
    const end = performance.now() + withinMs;
    while (!(await condition())) {
      if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
      this.#look();
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_EVERY_MS || this.gateway.isWorking()) return;
    this.#lookedAt = now;
    this.gateway.lookForWork();
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, headers = {} } = options;
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    recordCall(method, path, body, response.status);
    return { status: response.status, headers: response.headers, body: await response.json() } as Answer; // checked by each test
  }

  /** What the gateway says of itself to those who generate code from it. */
  async openApiDocument(): Promise<string> {
    return (await fetch(`${this.gateway.adminUrl}/openapi.json`)).text();
  }

  async get<T>(path: string): Promise<T> {
    const { body } = await this.call('GET', path);
    return body.data as T; // the sandbox's own routes, whose shape the caller names
  }

  /** A number that `/metrics` shows now, 0 when it shows none; `labels` as they are written there. */
  async metric(name: string, labels = ''): Promise<number> {
    const text = await (await fetch(`${this.baseUrl}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name}${labels} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  /** How often the adapter of CS2DT has refused to cancel; where the order says why, the marketplace is not asked. */
  refusedCancels(): Promise<number> {
    return this.metric('skinrail_supplier_calls_total', '{supplier="cs2dt",call="cancel",outcome="refused"}');
  }

  /** How often the marketplace was asked to buy and to cancel under the reference of this item. */
  async supplierCalls(merchantId: string, tradeId: string, listingId: string) {
    const { reference } = await this.gateway.deps.db
      .selectFrom('purchase')
      .innerJoin('item', (join) =>
        join.onRef('item.merchant_id', '=', 'purchase.merchant_id').onRef('item.id', '=', 'purchase.item_id'),
      )
      .select('reference')
      .where('purchase.merchant_id', '=', merchantId)
      .where('purchase.trade_id', '=', tradeId)
      .where('item.listing_id', '=', listingId)
      .executeTakeFirstOrThrow();
    const answer = await fetch(`${this.gateway.sandbox?.marketplaceUrl}/control/orders/${reference}`);
    return (await answer.json()) as { buyCalls: number; cancelCalls: number }; // the sandbox's own route
  }

  /** Waits until everything has happened; then the books must be clean. */
  async balances(): Promise<void> {
    await this.settles();
    const rules = await verify(this.gateway.deps.db, this.now);
    expect(rules.filter((rule) => rule.broken !== null)).toEqual([]);
  }

  /** Stops everything; the books must be clean at the end. */
  async stop(): Promise<void> {
    try {
      await this.balances();
    } finally {
      await this.gateway.stop();
      await this.receiver.stop();
      await this.#database.drop();
      rmSync(this.#dataDir, { recursive: true, force: true });
    }
  }
}

const inDataFolder: TestDatabase = { url: '', drop: async () => {} };

function kindsOf(accounts: readonly TestAccount[]): SupplierKind[] {
  const given = new Map(accounts.map(({ kind }) => [kind.name, kind]));
  return [...given.values(), ...supplierKinds.filter(({ name }) => !given.has(name))];
}

/** As `skinrail supplier add` does, before the gateway starts. */
async function addTestAccount(config: Config, { kind, id = kind.name, given }: TestAccount): Promise<void> {
  await withSession(config, async ({ deps }) => {
    await addAccount({ ...deps, supplierKinds: [kind] }, { kind: kind.name, id, given });
  });
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Shared by the files of one worker that need no settings of their own: a start takes as long as some twenty tests. */
let shared: Promise<World> | undefined;

/**
 * A gateway that other files of this worker use too, before or after this one: every test makes merchants of its own,
 * and counts nothing that belongs to all. Its process ends it; its database is dropped when all files have ended.
 */
export function useWorld(): () => World {
  return worldOf(
    () => {
      shared ??= World.start();
      return shared;
    },
    (world) => world.balances(),
  );
}

/** A gateway of this file alone, for what needs its own settings or counts what belongs to all. */
export function useOwnWorld(settings: Record<string, string> = {}): () => World {
  return worldOf(
    () => World.start(settings),
    (world) => world.stop(),
  );
}

function worldOf(begin: () => Promise<World>, end: (world: World) => Promise<void>): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await begin();
    await world.knowsMarket();
  });
  afterAll(() => world && end(world));
  return () => {
    if (!world) throw new Error('the world starts before the first test');
    return world;
  };
}
