import { setTimeout as pause } from 'node:timers/promises';
import { SECOND_MS } from '../core/clock.ts';
import { Ticker } from '../work/ticker.ts';
import { type AvailabilityDeps, AvailabilityReader } from './availability-reader.ts';
import { type FeedDeps, FeedReader } from './feed-reader.ts';
import type { MarketCache } from './market-cache.ts';

/** A supplier that does not answer delays the start-up by at most this time. */
const FIRST_FEEDS_WAIT_MS = 3000;
/** How soon a node follows what another node has learnt about a supplier. */
const AVAILABILITY_EVERY_MS = SECOND_MS;

/** Updates this node's market cache: one loop per supplier, so that a slow supplier delays no other. */
export class Feeds {
  readonly #readers: readonly FeedReader[];
  readonly #availability: AvailabilityReader;
  readonly #tickers: readonly Ticker[];

  constructor(deps: FeedDeps & AvailabilityDeps, market: MarketCache) {
    this.#readers = deps.suppliers.all.map((supplier) => new FeedReader(deps, market, supplier));
    this.#availability = new AvailabilityReader(deps, market);
    const following = new Ticker('availability', () => this.#availability.read(), AVAILABILITY_EVERY_MS, deps.log);
    this.#tickers = [
      following,
      ...this.#readers.map((reader) => new Ticker('market feed', () => reader.read(), reader.everyMs, deps.log)),
    ];
    deps.signals.on('supplierHealth', () => following.wake());
  }

  /** Resolves when every supplier's feed was read, or after a few seconds. */
  async start(): Promise<void> {
    // Before the first feed, so that nothing is offered that is withheld.
    await this.#availability.read();
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

  /** Reads everything now, after the sandbox clock was moved. */
  wake(): void {
    for (const ticker of this.#tickers) ticker.wake();
  }

  /** Resolves when no feed is being read. */
  async stop(): Promise<void> {
    await Promise.all(this.#tickers.map((ticker) => ticker.stop()));
  }
}
