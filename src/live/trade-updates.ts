import { setImmediate } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { isUnavailable } from '../db/failure.ts';
import type { Deps } from '../deps.ts';
import { itemsOf } from '../trades/queries.ts';
import { type TradeWire, tradeToWire } from '../trades/wire.ts';
import type { Audience } from './audience.ts';

/** Hints that are read with one query. */
const BATCH_MAX = 200;
/** More hints are dropped; a client sees the missed change when it reads the trade. */
const WAITING_MAX = 5000;

export interface OpenedTrade {
  readonly merchantId: string;
  readonly tradeId: string;
}

export interface WrittenCallback {
  readonly merchantId: string;
  readonly callbackId: string;
}

export type TradeHint = OpenedTrade | WrittenCallback;

/** Sends a trade to the sockets of its merchant and of its client. */
export type EmitTrade = (merchantId: string, trade: TradeWire) => void;

/**
 * Sends trades to sockets when they are created and when they change. It runs after the jobs of those events and never
 * delays them. An update that cannot be read or sent is dropped; the callback is still sent.
 */
export class TradeUpdates {
  readonly #deps: Pick<Deps, 'db' | 'log'>;
  readonly #audience: Pick<Audience, 'onlyFollowed'>;
  readonly #emit: EmitTrade;
  #waiting: TradeHint[] = [];
  #running: Promise<void> | null = null;

  constructor(deps: Pick<Deps, 'db' | 'log'>, audience: Pick<Audience, 'onlyFollowed'>, emit: EmitTrade) {
    this.#deps = deps;
    this.#audience = audience;
    this.#emit = emit;
  }

  add(hint: TradeHint): void {
    if (this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push(hint);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when all added hints are sent. */
  async stop(): Promise<void> {
    await this.#running;
  }

  /** Sends one batch after the other, in order. */
  async #run(): Promise<void> {
    // Jobs of simultaneous events run in any order. Waiting once puts them into one batch, which is sorted by number.
    await setImmediate();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH_MAX);
      this.#waiting = this.#waiting.slice(BATCH_MAX);
      await this.#emitAll(batch).catch((error) => logLost(this.#deps.log, error));
    }
  }

  async #emitAll(batch: readonly TradeHint[]): Promise<void> {
    const hints = await this.#audience.onlyFollowed(batch);
    for (const { merchantId, trade } of await openedTrades(this.#deps, hints.filter(isOpened))) {
      this.#emit(merchantId, trade);
    }
    for (const { merchantId, trade } of await writtenCallbacks(this.#deps, hints.filter(isWritten))) {
      this.#emit(merchantId, trade);
    }
  }
}

function isOpened(hint: TradeHint): hint is OpenedTrade {
  return 'tradeId' in hint;
}

function isWritten(hint: TradeHint): hint is WrittenCallback {
  return 'callbackId' in hint;
}

function logLost(log: FastifyBaseLogger, error: unknown): void {
  if (!isUnavailable(error))
    log.warn(
      { err: error },
      'failed to send trade updates on the live feed; clients see the change when they read the trade',
    );
}

interface TradeUpdate {
  readonly merchantId: string;
  readonly trade: TradeWire;
}

/** Excludes trades that have changed since: their callback has the change. */
async function openedTrades({ db }: Pick<Deps, 'db'>, opened: readonly OpenedTrade[]): Promise<TradeUpdate[]> {
  if (opened.length === 0) return [];
  const trades = await db
    .selectFrom('trade')
    .selectAll()
    .where('merchant_id', 'in', unique(opened.map((each) => each.merchantId)))
    .where('id', 'in', unique(opened.map((each) => each.tradeId)))
    .where('status', '=', 'initiated')
    .execute();
  const updates: TradeUpdate[] = [];
  for (const [merchantId, ofMerchant] of Map.groupBy(trades, (trade) => trade.merchant_id)) {
    const ids = ofMerchant.map((trade) => trade.id);
    const items = Map.groupBy(await itemsOf(db, merchantId, ids), (item) => item.trade_id);
    for (const trade of ofMerchant) updates.push({ merchantId, trade: tradeToWire(trade, items.get(trade.id) ?? []) });
  }
  return updates;
}

async function writtenCallbacks({ db }: Pick<Deps, 'db'>, written: readonly WrittenCallback[]): Promise<TradeUpdate[]> {
  if (written.length === 0) return [];
  const rows = await db
    .selectFrom('callback')
    .select(['merchant_id', 'body'])
    .where('merchant_id', 'in', unique(written.map((each) => each.merchantId)))
    .where('id', 'in', unique(written.map((each) => each.callbackId)))
    .orderBy('trade_id')
    .orderBy('number')
    .execute();
  // Only `enqueueCallbacks` writes the body.
  return rows.flatMap(({ merchant_id: merchantId, body }) =>
    body === null ? [] : { merchantId, trade: (JSON.parse(body) as { trade: TradeWire }).trade },
  );
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
