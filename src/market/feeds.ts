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

/** The source of one supplier's listings, and what lets it read. */
interface Feed {
  readonly source: FeedSource;
  readonly ticker: Ticker;
}

type FeedsDeps = SharedFeedDeps & AvailabilityDeps;

/** Updates this node's market cache: one loop per supplier, so that a slow supplier delays no other. */
export class Feeds {
  readonly #feeds: readonly Feed[];
  readonly #availability: AvailabilityReader;
  readonly #following: Ticker;
  readonly #stopping = new AbortController();

  /** @param isShared whether other nodes can have the same database: then one node reads each feed for all of them */
  constructor(deps: FeedsDeps, market: MarketCache, isShared: boolean) {
    const node = newId(deps.clock.now());
    this.#feeds = deps.suppliers.all.map((supplier) => {
      const source = isShared ? new SharedFeed(deps, market, supplier, node) : new FeedReader(deps, market, supplier);
      return { source, ticker: this.#ticker('market feed', source, source.everyMs, deps) };
    });
    this.#availability = new AvailabilityReader(deps, market);
    this.#following = this.#ticker('availability', this.#availability, AVAILABILITY_EVERY_MS, deps);
    deps.signals.on('supplierHealth', () => this.#following.wake());
  }

  /** Resolves when every supplier's feed was read, or after a few seconds. */
  async start(): Promise<void> {
    // Before the first feed, so that nothing is offered that is withheld.
    await this.#read(this.#availability);
    for (const ticker of this.#tickers()) ticker.start();
    const limit = new AbortController();
    const tooLong = pause(FIRST_FEEDS_WAIT_MS, undefined, { signal: limit.signal });
    await Promise.race([Promise.all(this.#feeds.map(({ source }) => source.firstRead)), tooLong]);
    limit.abort();
  }

  /** Whether a feed is being read. */
  get isWorking(): boolean {
    return this.#tickers().some((ticker) => ticker.isWorking);
  }

  /** Reads what has become due by the sandbox's clock, which was moved. */
  wake(): void {
    this.#following.wake();
    for (const { source, ticker } of this.#feeds) {
      if (!source.isDue) continue;
      source.wake();
      ticker.wake();
    }
  }

  /** Ends the feeds that are being read, which can take minutes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#tickers().map((ticker) => ticker.stop()));
    await Promise.all(this.#feeds.map(({ source }) => source.stop()));
  }

  #tickers(): readonly Ticker[] {
    return [this.#following, ...this.#feeds.map(({ ticker }) => ticker)];
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
