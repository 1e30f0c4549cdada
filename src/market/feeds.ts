import { setTimeout as pause } from 'node:timers/promises';
import { SECOND_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { NodeNews } from '../work/node-news.ts';
import { Ticker } from '../work/ticker.ts';
import { type Seen, Watch } from '../work/watch.ts';
import { type AvailabilityDeps, AvailabilityReader } from './availability-reader.ts';
import { FeedReader, type FeedSource } from './feed-reader.ts';
import { LISTINGS_KEPT_MS } from './feed-status.ts';
import type { MarketCache } from './market-cache.ts';
import { SharedFeed, type SharedFeedDeps } from './shared-feed.ts';

/** A supplier that does not answer delays the start-up by at most this time. */
const FIRST_FEEDS_WAIT_MS = 3000;
/** How soon a node follows what another node has learnt about a supplier, and how late when it was not told. */
const AVAILABILITY = { everyMs: SECOND_MS, restMs: 10 * SECOND_MS };

/** The source of one supplier's listings, and what lets it read. */
interface Feed {
  readonly source: FeedSource;
  readonly ticker: Ticker;
}

/**
 * In a sandbox at which nobody has looked for a while, prices move for nobody: its lists are read so rarely that they are not
 * hidden, and at once when somebody looks again.
 */
const SANDBOX_REST = { afterMs: 30 * SECOND_MS, everyMs: LISTINGS_KEPT_MS / 2 };

type FeedsDeps = SharedFeedDeps & AvailabilityDeps;

/** Updates this node's market cache: one loop per supplier, so that a slow supplier delays no other. */
export class Feeds {
  readonly #feeds: readonly Feed[];
  readonly #availability: AvailabilityReader;
  readonly #following: Watch;
  readonly #stopping = new AbortController();
  readonly #isSandbox: boolean;
  #lookedAt = performance.now();

  /** Where other nodes can have the same database, one node reads each feed for all of them. */
  constructor(deps: FeedsDeps, market: MarketCache, news: NodeNews) {
    this.#isSandbox = deps.config.sandbox;
    const node = newId(deps.clock.now());
    this.#feeds = deps.suppliers.all.map((supplier) => {
      const source = news.isShared
        ? new SharedFeed(deps, market, supplier, node)
        : new FeedReader(deps, market, supplier);
      return { source, ticker: this.#tickerOf(source, deps) };
    });
    this.#availability = new AvailabilityReader(deps, market);
    const times = news.isComplete ? AVAILABILITY : { ...AVAILABILITY, restMs: AVAILABILITY.everyMs };
    this.#following = new Watch('availability', () => this.#readAvailability(), times, deps);
    news.on('written', () => this.#following.notice());
    news.on('looked', () => this.#onLook());
    deps.signals.on('supplierHealth', () => this.#following.wake());
  }

  /** Resolves when every supplier's feed was read, or after a few seconds. */
  async start(): Promise<void> {
    // Before the first feed, so that nothing is offered that is withheld.
    await this.#readAvailability();
    for (const each of this.#all()) each.start();
    const limit = new AbortController();
    const tooLong = pause(FIRST_FEEDS_WAIT_MS, undefined, { signal: limit.signal });
    await Promise.race([Promise.all(this.#feeds.map(({ source }) => source.firstRead)), tooLong]);
    limit.abort();
  }

  /** Whether a feed is being read. */
  get isWorking(): boolean {
    return this.#all().some((each) => each.isWorking);
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
    await Promise.all(this.#all().map((each) => each.stop()));
    await Promise.all(this.#feeds.map(({ source }) => source.stop()));
  }

  #tickerOf(source: FeedSource, { log }: FeedsDeps): Ticker {
    const everyMs = () => (this.#isAtRest ? SANDBOX_REST.everyMs : source.everyMs);
    return new Ticker('market feed', () => this.#read(source), everyMs, log);
  }

  get #isAtRest(): boolean {
    return this.#isSandbox && performance.now() - this.#lookedAt > SANDBOX_REST.afterMs;
  }

  #onLook(): void {
    const wasAtRest = this.#isAtRest;
    this.#lookedAt = performance.now();
    if (wasAtRest) for (const { ticker } of this.#feeds) ticker.wake();
  }

  #all(): readonly (Ticker | Watch)[] {
    return [this.#following, ...this.#feeds.map(({ ticker }) => ticker)];
  }

  async #readAvailability(): Promise<Seen> {
    const nextAt = (await this.#read(this.#availability)) ?? null;
    return { isDue: false, nextAt };
  }

  async #read<T>(reader: { read(signal: AbortSignal): Promise<T> }): Promise<T | undefined> {
    const { signal } = this.#stopping;
    try {
      return await reader.read(signal);
    } catch (error) {
      // A change that was ended between two slices: the market goes with this process.
      if (!signal.aborted) throw error;
    }
    return undefined;
  }
}
