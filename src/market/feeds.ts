import { setTimeout as pause } from 'node:timers/promises';
import { Ticker } from '../work/ticker.ts';
import { type FeedDeps, FeedReader } from './feed-reader.ts';
import type { MarketCache } from './market-cache.ts';

/** A supplier that does not answer delays the start-up by at most this time. */
const FIRST_FEEDS_WAIT_MS = 3000;

/** Updates this node's market cache: one loop per supplier, so that a slow supplier delays no other. */
export class Feeds {
  readonly #readers: readonly FeedReader[];
  readonly #tickers: readonly Ticker[];
  readonly #stopping = new AbortController();

  constructor(deps: FeedDeps, market: MarketCache) {
    this.#readers = deps.suppliers.all.map((supplier) => new FeedReader(deps, market, supplier));
    this.#tickers = this.#readers.map(
      (reader) => new Ticker('market feed', () => this.#read(reader), reader.everyMs, deps.log),
    );
  }

  /** Resolves when every supplier's feed was read, or after a few seconds. */
  async start(): Promise<void> {
    for (const ticker of this.#tickers) ticker.start();
    const limit = new AbortController();
    const tooLong = pause(FIRST_FEEDS_WAIT_MS, undefined, { signal: limit.signal });
    await Promise.race([Promise.all(this.#readers.map((reader) => reader.firstRead)), tooLong]);
    limit.abort();
  }

  /** Whether a feed is being read. */
  get isWorking(): boolean {
    return this.#tickers.some((ticker) => ticker.isWorking);
  }

  /** Reads all feeds now, after the sandbox clock was moved. */
  wake(): void {
    for (const ticker of this.#tickers) ticker.wake();
  }

  /** Ends the feeds that are being read, which can take minutes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#tickers.map((ticker) => ticker.stop()));
  }

  async #read(reader: FeedReader): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await reader.read(signal);
    } catch (error) {
      // An update that was ended between two slices: the market goes with this process.
      if (!signal.aborted) throw error;
    }
  }
}
