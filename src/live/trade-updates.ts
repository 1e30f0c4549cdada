import { setImmediate } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { isUnavailable } from '../db/failure.ts';
import type { Deps } from '../deps.ts';
import { itemsOf } from '../trades/queries.ts';
import { type TradeWire, tradeToWire } from '../trades/wire.ts';
import type { Audience } from './audience.ts';

/** Read with one query. */
const BATCH_MAX = 200;
/** More than that is not kept: whoever misses something sees it when it reads the trade. */
const WAITING_MAX = 5000;

export interface OpenedTrade {
  readonly merchantId: string;
  readonly tradeId: string;
}

export interface WrittenCallback {
  readonly merchantId: string;
  readonly deliveryId: string;
}

export type TradeHint = OpenedTrade | WrittenCallback;

/** Tells a merchant's sockets of a trade, and those of the client whose trade it is. */
export type TellTrade = (merchantId: string, trade: TradeWire) => void;

/**
 * Tells of trades as they were opened and moved on. It follows the jobs of those steps and never holds one up: what
 * cannot be read or told now is not told at all, since the callback will be.
 */
export class TradeNews {
  readonly #deps: Pick<Deps, 'db' | 'log'>;
  readonly #audience: Pick<Audience, 'mayHear'>;
  readonly #tell: TellTrade;
  #waiting: TradeHint[] = [];
  #running: Promise<void> | null = null;

  constructor(deps: Pick<Deps, 'db' | 'log'>, audience: Pick<Audience, 'mayHear'>, tell: TellTrade) {
    this.#deps = deps;
    this.#audience = audience;
    this.#tell = tell;
  }

  add(hint: TradeHint): void {
    if (this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push(hint);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when what was added so far is told. */
  async stop(): Promise<void> {
    await this.#running;
  }

  /** One batch after the other, so that what came first is told first. */
  async #run(): Promise<void> {
    // Steps of one moment have jobs in no order: they come together, and are told by their numbers.
    await setImmediate();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH_MAX);
      this.#waiting = this.#waiting.slice(BATCH_MAX);
      await this.#tellAll(batch).catch((error) => lost(this.#deps.log, error));
    }
  }

  async #tellAll(batch: readonly TradeHint[]): Promise<void> {
    const hints = await this.#audience.mayHear(batch);
    for (const { merchantId, trade } of await openedTrades(this.#deps, hints.filter(isOpened))) {
      this.#tell(merchantId, trade);
    }
    for (const { merchantId, trade } of await writtenCallbacks(this.#deps, hints.filter(isWritten))) {
      this.#tell(merchantId, trade);
    }
  }
}

function isOpened(hint: TradeHint): hint is OpenedTrade {
  return 'tradeId' in hint;
}

function isWritten(hint: TradeHint): hint is WrittenCallback {
  return 'deliveryId' in hint;
}

function lost(log: FastifyBaseLogger, error: unknown): void {
  if (!isUnavailable(error)) log.warn({ err: error }, 'the live feed has missed steps of trades');
}

interface Told {
  readonly merchantId: string;
  readonly trade: TradeWire;
}

/** Of a trade that has moved on meanwhile, the callback of that step tells. */
async function openedTrades({ db }: Pick<Deps, 'db'>, opened: readonly OpenedTrade[]): Promise<Told[]> {
  if (opened.length === 0) return [];
  const trades = await db
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', 'in', unique(opened.map((each) => each.merchantId)))
    .where('id', 'in', unique(opened.map((each) => each.tradeId)))
    .where('status', '=', 'initiated')
    .execute();
  const told: Told[] = [];
  for (const [merchantId, ofMerchant] of Map.groupBy(trades, (trade) => trade.merchant_id)) {
    const ids = ofMerchant.map((trade) => trade.id);
    const items = Map.groupBy(await itemsOf(db, merchantId, ids), (item) => item.trade_id);
    for (const trade of ofMerchant) told.push({ merchantId, trade: tradeToWire(trade, items.get(trade.id) ?? []) });
  }
  return told;
}

async function writtenCallbacks({ db }: Pick<Deps, 'db'>, written: readonly WrittenCallback[]): Promise<Told[]> {
  if (written.length === 0) return [];
  const rows = await db
    .selectFrom('delivery')
    .select(['merchant_id', 'body'])
    .where('merchant_id', 'in', unique(written.map((each) => each.merchantId)))
    .where('id', 'in', unique(written.map((each) => each.deliveryId)))
    .orderBy('trade_id')
    .orderBy('number')
    .execute();
  // Written by `enqueueCallback` only.
  return rows.map((row) => ({
    merchantId: row.merchant_id,
    trade: (JSON.parse(row.body) as { trade: TradeWire }).trade,
  }));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
