import { MINUTE_MS, msBetween } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import type { MarketCache } from './market-cache.ts';

/** After this time without a feed, the supplier's listings are removed, because they may be sold. */
const LISTINGS_KEPT_MS = 10 * MINUTE_MS;

export type FeedDeps = Pick<Deps, 'config' | 'clock' | 'log' | 'metrics' | 'suppliers'>;

/** Reads one supplier's feed repeatedly, each time from the last cursor. */
export class FeedReader {
  readonly #deps: FeedDeps;
  readonly #market: MarketCache;
  readonly #supplier: Supplier;
  readonly #firstRead = Promise.withResolvers<void>();
  #cursor: string | null = null;
  #lastReadAt: Date;
  #isAnswering = true;

  constructor(deps: FeedDeps, market: MarketCache, supplier: Supplier) {
    this.#deps = deps;
    this.#market = market;
    this.#supplier = supplier;
    this.#lastReadAt = deps.clock.now();
    deps.metrics.feedEvery.set({ supplier: supplier.id }, this.everyMs / 1000);
  }

  /** The pause between two reads. */
  get everyMs(): number {
    return Math.max(this.#deps.config.marketPollMs, this.#supplier.feedEveryMs ?? 0);
  }

  /** Resolves after the first successful read. */
  get firstRead(): Promise<void> {
    return this.#firstRead.promise;
  }

  /**
   * Must not run twice at the same time: an answer is applied before the next one is requested.
   * @param signal ends the read at once, and what it has read so far is not used
   */
  async read(signal?: AbortSignal): Promise<void> {
    const { clock, metrics } = this.#deps;
    const { id } = this.#supplier;
    const requestedAt = clock.now();
    const answer = await this.#supplier.feed(this.#cursor, signal);
    if (signal?.aborted) return;
    metrics.supplierCalls.inc({ supplier: id, call: 'feed', outcome: answer.outcome });
    if (answer.outcome === 'unknown') return await this.#onFailure(answer.cause);
    await this.#market.apply(this.#supplier, answer, signal);
    this.#cursor = answer.cursor;
    this.#lastReadAt = requestedAt;
    this.#isAnswering = true;
    this.#firstRead.resolve();
    metrics.feedRead.set({ supplier: id }, requestedAt.getTime() / 1000);
    metrics.feedListings.set({ supplier: id }, this.#market.countOf(id));
  }

  /** The last listings stay visible for a while: a purchase checks its listing with the supplier anyway. */
  async #onFailure(cause: string): Promise<void> {
    const { clock, log, metrics } = this.#deps;
    const { id } = this.#supplier;
    // Logged once: a supplier may be unavailable for hours, and is requested every second.
    if (this.#isAnswering)
      log.warn({ supplier: id, cause }, 'failed to read a market feed; its last listings stay visible for now');
    this.#isAnswering = false;
    if (msBetween(this.#lastReadAt, clock.now()) < LISTINGS_KEPT_MS || this.#market.isUnavailable(id)) return;
    log.error(
      { supplier: id, since: this.#lastReadAt },
      'a market feed has failed for too long; the supplier’s listings are hidden until it answers',
    );
    await this.#market.removeAll(this.#supplier);
    // Start from the whole feed again: a list of changes would refer to listings that were removed here.
    this.#cursor = null;
    metrics.feedListings.set({ supplier: id }, 0);
  }
}
