import { setTimeout as pause } from 'node:timers/promises';
import { Ticker } from '../work/ticker.ts';
import { type FeedDeps, FeedReader } from './feed-reader.ts';
import type { MarketCache } from './market-cache.ts';

/** The rest of a start is not held up longer by a supplier that does not answer. */
const FIRST_FEEDS_WAIT_MS = 3000;

/** Keeps this node's copy of the market up to date: a loop for each supplier, so that a slow one delays no other. */
export class Feeds {
  readonly #readers: readonly FeedReader[];
  readonly #tickers: readonly Ticker[];

  constructor(deps: FeedDeps, market: MarketCache) {
    const { marketPollMs } = deps.config;
    this.#readers = deps.suppliers.all.map((supplier) => new FeedReader(deps, market, supplier));
    this.#tickers = this.#readers.map(
      (reader) => new Ticker('market feed', () => reader.read(), marketPollMs, deps.log),
    );
  }

  /** Resolves when every supplier has told what it sells, or after a few seconds. */
  async start(): Promise<void> {
    for (const ticker of this.#tickers) ticker.start();
    const limit = new AbortController();
    const tooLong = pause(FIRST_FEEDS_WAIT_MS, undefined, { signal: limit.signal });
    await Promise.race([Promise.all(this.#readers.map((reader) => reader.heard)), tooLong]);
    limit.abort();
  }

  /** Whether a feed is being read. */
  get isWorking(): boolean {
    return this.#tickers.some((ticker) => ticker.isWorking);
  }

  /** Time was moved: other things may be on sale now. */
  wake(): void {
    for (const ticker of this.#tickers) ticker.wake();
  }

  /** Resolves when no feed is being read any more. */
  async stop(): Promise<void> {
    await Promise.all(this.#tickers.map((ticker) => ticker.stop()));
  }
}
