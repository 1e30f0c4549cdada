import { pino } from 'pino';
import { Agent } from 'undici';
import { type Decision, decide } from '../../src/approvals/decide.ts';
import type { Client } from '../../src/auth/client-token.ts';
import { createTrade } from '../../src/buying/create-trade.ts';
import { makePurchase } from '../../src/buying/make-purchase.ts';
import { createCancelGroups } from '../../src/cancellations/groups.ts';
import { cancelItem } from '../../src/cancelling/cancel-item.ts';
import { loadConfig } from '../../src/config/config.ts';
import { MINUTE_MS, MovableClock } from '../../src/core/clock.ts';
import { CS2 } from '../../src/core/games.ts';
import { packListingId, unpackListingId } from '../../src/core/ids.ts';
import { type Mills, toMills } from '../../src/core/money.ts';
import { SecretBox } from '../../src/core/secrets.ts';
import { Signals } from '../../src/core/signals.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { ItemRow } from '../../src/db/tables.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import type { Deps } from '../../src/deps.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { Arrivals } from '../../src/http/arrivals.ts';
import { MarketCache } from '../../src/market/market-cache.ts';
import { quote } from '../../src/market/pricing.ts';
import { createMerchant } from '../../src/merchants/operations.ts';
import { applyOrderStatus } from '../../src/settlement/apply-order-status.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { OrderStatus, Supplier } from '../../src/suppliers/supplier.ts';
import { moveItems } from '../../src/trades/move.ts';
import { itemsOf, lockTrade } from '../../src/trades/queries.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { Jobs } from '../../src/work/jobs.ts';
import { createTestDatabase } from '../support/database.ts';

const SUPPLIER_CODE = 7;
const FEE_BPS = 100;
const LISTED = toMills(100_000n);

/** A supplier that does what its listing's number says; everything else about the books is the gateway's own work. */
export const listings = { ordinary: '1', refused: '2', cheaper: '3', forCents: '4' } as const;

const supplier: Supplier = {
  id: 'paper',
  games: [CS2],
  findMax: 100,
  lookupDelayMs: 0,
  repeats: 'unsafe',
  settles: 'told',
  balance: null,
  history: null,
  checkTradeUrl: null,
  listings: null,
  listingIds: {
    toPublic: (nativeId) => packListingId(SUPPLIER_CODE, nativeId),
    toNative: (publicId) => unpackListingId(SUPPLIER_CODE, publicId),
  },
  cancel: { mode: 'async', minAgeMs: 0, request: async () => ({ outcome: 'accepted' }) },
  push: null,
  connection: null,
  listing: async (nativeId) => ({
    outcome: 'listed',
    listing: {
      nativeId,
      game: CS2,
      catalogId: '1',
      marketHashName: 'P250 | Sand Dune',
      delivery: 'standard',
      priceMills: LISTED,
    },
  }),
  feed: async () => ({ outcome: 'unknown', cause: 'never asked' }),
  buy: async ({ reference, nativeListingId, ceilingMills }) =>
    nativeListingId === listings.refused
      ? { outcome: 'refused', reason: 'LISTING_UNAVAILABLE' }
      : { outcome: 'bought', orderId: `order-${reference}`, costMills: costOf(nativeListingId, ceilingMills) },
  find: async () => ({ outcome: 'unknown', cause: 'never asked' }),
  close: async () => {},
};

function costOf(nativeListingId: string, ceiling: Mills): Mills {
  if (nativeListingId === listings.forCents) return toMills(480n);
  return nativeListingId === listings.cheaper ? toMills(ceiling - 12_345n) : ceiling;
}

/** A database with one funded merchant, whose trades go through the gateway's real operations. */
export class Books {
  readonly deps: Deps;
  readonly merchantId: string;
  readonly clock: MovableClock;
  readonly close: () => Promise<void>;

  private constructor(deps: Deps, clock: MovableClock, merchantId: string, close: () => Promise<void>) {
    this.deps = deps;
    this.clock = clock;
    this.merchantId = merchantId;
    this.close = close;
  }

  static async open(): Promise<Books> {
    const test = await createTestDatabase();
    const database = await openDatabase({ url: test.url });
    await migrate(database);
    const { deps, clock, jobs } = makeDeps(database);
    await jobs.start();
    const { merchant } = await createMerchant(deps, {
      name: 'Paper Shop',
      feeBps: FEE_BPS,
      callbackUrl: 'https://paper.test/callbacks',
    });
    const amountMills = toMills(5_000_000n);
    await moveFunding(deps, { merchantId: merchant.id, direction: 'credit', amountMills, actor: 'test' });
    await moveFunding(deps, { merchantId: merchant.id, direction: 'debit', amountMills: toMills(10n), actor: 'test' });
    return new Books(deps, clock, merchant.id, async () => {
      await jobs.stop(1000);
      await database.close();
      await test.drop();
    });
  }

  /** Records a trade that waits at its gate. */
  async records(...nativeIds: string[]): Promise<ItemRow[]> {
    return this.#records(nativeIds);
  }

  async #records(nativeIds: readonly string[], autoCancel?: number, client: Client | null = null): Promise<ItemRow[]> {
    const caller = {
      merchantId: this.merchantId,
      actor: 'merchant:key',
      client,
      verified: true,
      feeBps: FEE_BPS,
      deniedAccounts: [],
      routeLimits: {},
    };
    const items = nativeIds.map((nativeId) => ({
      listingId: packListingId(SUPPLIER_CODE, nativeId),
      externalId: null,
      price: quote(LISTED, FEE_BPS),
      maxPrice: null,
      slippageBps: 0,
    }));
    const tradeUrl = client?.tradeUrl ?? 'https://steamcommunity.com/tradeoffer/new/?partner=1&token=abcdefgh';
    const wanted = { game: CS2, externalId: null, tradeUrl, items, autoCancel };
    const trade = await createTrade(this.deps, caller, wanted, 'request');
    return this.itemsOf(trade.id);
  }

  /** As `buys`, for a client of the merchant's. */
  async buysForClient(client: Client, ...nativeIds: string[]): Promise<ItemRow[]> {
    return this.#buys(await this.#records(nativeIds, undefined, client));
  }

  /** Records a trade and buys its items, as far as the supplier lets it. */
  async buys(...nativeIds: string[]): Promise<ItemRow[]> {
    return this.#buys(await this.records(...nativeIds));
  }

  /** As `buys`, for an item that the timer cancels when it can be cancelled. */
  async buysWithTimer(nativeId: string): Promise<ItemRow[]> {
    return this.#buys(await this.#records([nativeId], 30));
  }

  async #buys(recorded: readonly ItemRow[]): Promise<ItemRow[]> {
    const tradeId = first(recorded).trade_id;
    await this.decides(tradeId, { state: 'approved' });
    const purchases = await this.deps.db.selectFrom('purchase').select('id').where('trade_id', '=', tradeId).execute();
    for (const { id } of purchases) await makePurchase(this.deps, { merchantId: this.merchantId, purchaseId: id });
    return this.itemsOf(tradeId);
  }

  /** The merchant answers the question whether to buy. */
  async decides(tradeId: string, decision: Decision): Promise<void> {
    const ref = { merchantId: this.merchantId, tradeId };
    await inTransaction(this.deps, (trx) => decide(this.deps, trx, ref, decision));
  }

  /** The supplier reports these statuses of an item, one after the other. */
  async hears(item: ItemRow, ...statuses: OrderStatus[]): Promise<void> {
    const purchase = await this.deps.db
      .selectFrom('purchase')
      .selectAll()
      .where('item_id', '=', item.id)
      .executeTakeFirstOrThrow();
    const order = { reference: purchase.reference, orderId: 'order', costMills: item.cost_mills ?? LISTED };
    for (const status of statuses) await applyOrderStatus(this.deps, purchase, { ...order, status });
  }

  /** The merchant cancels an item, and the supplier accepts. */
  async cancels(item: ItemRow): Promise<void> {
    this.clock.adoptOffset(this.clock.offsetMs + 31 * MINUTE_MS);
    const canceller = {
      merchantId: this.merchantId,
      source: 'self' as const,
      steamId: null,
      actor: 'merchant:key',
      requestId: 'r',
      askedAt: this.clock.now(),
    };
    await cancelItem(this.deps, canceller, { tradeRef: item.trade_id, itemRef: item.listing_id ?? '' });
  }

  /** An operator withdraws an item before its gate. */
  async withdraws(item: ItemRow): Promise<void> {
    await inTransaction(this.deps, async (trx) => {
      const trade = await lockTrade(trx, this.merchantId, item.trade_id);
      await moveItems(this.deps, trx, { trade, items: [item], event: 'withdraw', origin: { actor: 'operator' } });
    });
  }

  async itemsOf(tradeId: string): Promise<ItemRow[]> {
    return itemsOf(this.deps.db, this.merchantId, [tradeId]);
  }
}

function makeDeps(database: Database): { deps: Deps; clock: MovableClock; jobs: Jobs } {
  const jobs = new Jobs(database, pino({ level: 'silent' }));
  const log = pino({ level: 'silent' });
  const clock = new MovableClock();
  const ground = {
    config: loadConfig({}),
    db: database.db,
    clock,
    isDistributed: false,
    suppliers: new SupplierRegistry([supplier]),
  };
  const deps = {
    ...ground,
    log,
    jobs,
    supplierKinds: [],
    callBudgets: null,
    market: new MarketCache([supplier], log),
    tradeUrls: null,
    callbackDispatcher: new Agent(),
    metrics: createMetrics(),
    secrets: new SecretBox('00'.repeat(32)),
    signals: new Signals(),
    arrivals: new Arrivals(),
    cancelGroups: createCancelGroups(ground),
  };
  return { deps, clock, jobs };
}

export function first<T>(list: readonly T[]): T {
  const [only] = list;
  if (only === undefined) throw new Error('the list is empty');
  return only;
}
