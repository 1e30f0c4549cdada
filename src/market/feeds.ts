import { setTimeout as pause } from 'node:timers/promises';
import { SECOND_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { Ticker } from '../work/ticker.ts';
import { type AvailabilityDeps, AvailabilityReader } from './availability-reader.ts';
import { FeedReader, type FeedSource } from './feed-reader.ts';
import type { MarketCache } from './market-cache.ts';
import { SharedFeed, type SharedFeedDeps } from './shared-feed.ts';

/** A supplier that does not answer delays the start-up by at most this time. */
const FIRST_FEEDS_WAIT_MS = 3000;
/** How soon a node follows what another node has learnt about a supplier. */
const AVAILABILITY_EVERY_MS = SECOND_MS;

/** Reads what changes the market. */
type Reader = Pick<FeedSource, 'read'>;

type FeedsDeps = SharedFeedDeps & AvailabilityDeps;

/** Updates this node's market cache: one loop per supplier, so that a slow supplier delays no other. */
export class Feeds {
  readonly #readers: readonly FeedSource[];
  readonly #availability: AvailabilityReader;
  readonly #tickers: readonly Ticker[];
  readonly #stopping = new AbortController();

  /** @param isShared whether other nodes can have the same database: then one node reads each feed for all of them */
  constructor(deps: FeedsDeps, market: MarketCache, isShared: boolean) {
    const node = newId(deps.clock.now());
    this.#readers = deps.suppliers.all.map((supplier) =>
      isShared ? new SharedFeed(deps, market, supplier, node) : new FeedReader(deps, market, supplier),
    );
    this.#availability = new AvailabilityReader(deps, market);
    const following = this.#ticker('availability', this.#availability, AVAILABILITY_EVERY_MS, deps);
    this.#tickers = [
      following,
      ...this.#readers.map((reader) => this.#ticker('market feed', reader, reader.everyMs, deps)),
    ];
    deps.signals.on('supplierHealth', () => following.wake());
  }

  /** Resolves when every supplier's feed was read, or after a few seconds. */
  async start(): Promise<void> {
    // Before the first feed, so that nothing is offered that is withheld.
    await this.#read(this.#availability);
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
    for (const reader of this.#readers) reader.wake();
    for (const ticker of this.#tickers) ticker.wake();
  }

  /** Ends the feeds that are being read, which can take minutes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#tickers.map((ticker) => ticker.stop()));
    await Promise.all(this.#readers.map((reader) => reader.stop()));
  }

  #ticker(name: string, reader: Reader, everyMs: number, { log }: FeedsDeps): Ticker {
    return new Ticker(name, () => this.#read(reader), everyMs, log);
  }

  async #read(reader: Reader): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await reader.read(signal);
    } catch (error) {
      // A change that was ended between two slices: the market goes with this process.
      if (!signal.aborted) throw error;
    }
  }
}
