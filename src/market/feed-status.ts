import { MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import type { MarketCache } from './market-cache.ts';

/** After this time without a feed, the supplier's listings are removed, because they may be sold. */
export const LISTINGS_KEPT_MS = 10 * MINUTE_MS;

/** A failed read is repeated after this pause, then after twice as long each time, up to the usual pause. */
export const FEED_RETRY_MIN_MS = 5 * SECOND_MS;

export type FeedDeps = Pick<Deps, 'config' | 'clock' | 'log' | 'metrics' | 'suppliers'>;

/** How well this node knows what a supplier sells: its metrics, its log, and when its listings are hidden. */
export class FeedStatus {
  /** The usual pause between two reads. */
  readonly everyMs: number;
  readonly #deps: FeedDeps;
  readonly #market: MarketCache;
  readonly #supplier: Supplier;
  readonly #firstRead = Promise.withResolvers<void>();
  #lastReadAt: Date;
  /** Failed reads in a row. */
  #failures = 0;

  constructor(deps: FeedDeps, market: MarketCache, supplier: Supplier) {
    this.#deps = deps;
    this.#market = market;
    this.#supplier = supplier;
    this.#lastReadAt = deps.clock.now();
    this.everyMs = Math.max(deps.config.marketPollMs, supplier.feedEveryMs ?? 0);
    deps.metrics.feedEvery.set({ supplier: supplier.id }, this.everyMs / 1000);
  }

  /** Resolves when this node knows for the first time what is on sale. */
  get firstRead(): Promise<void> {
    return this.#firstRead.promise;
  }

  /** The pause before the next read. The usual one can be minutes, and until a first read succeeds nothing is on sale. */
  get pauseMs(): number {
    const retryMs = FEED_RETRY_MIN_MS * 2 ** Math.min(this.#failures - 1, 10);
    return this.#failures === 0 ? this.everyMs : Math.min(this.everyMs, retryMs);
  }

  /** Whether by the clock the next read is due. */
  get isDue(): boolean {
    return msBetween(this.#lastReadAt, this.#deps.clock.now()) >= this.everyMs;
  }

  /** @param requestedAt when the feed was requested that is applied here now */
  wasRead(requestedAt: Date): void {
    const { metrics } = this.#deps;
    const { id } = this.#supplier;
    this.#lastReadAt = requestedAt;
    this.#failures = 0;
    this.#firstRead.resolve();
    metrics.feedRead.set({ supplier: id }, requestedAt.getTime() / 1000);
    metrics.feedListings.set({ supplier: id }, this.#market.countOf(id));
  }

  /** The last listings stay visible for a while: a purchase checks its listing with the supplier anyway. */
  failed(cause: string): void {
    // Logged once: a supplier may be unavailable for hours, and is requested every second.
    if (this.#failures === 0) {
      const about = { supplier: this.#supplier.id, cause };
      this.#deps.log.warn(about, 'failed to read a market feed; its last listings stay visible for now');
    }
    this.#failures++;
  }

  /**
   * Removes the listings of a feed that has failed for too long.
   * @returns whether nothing of it is visible
   */
  async hideIfOld(): Promise<boolean> {
    const { clock, log, metrics } = this.#deps;
    const { id } = this.#supplier;
    if (msBetween(this.#lastReadAt, clock.now()) < LISTINGS_KEPT_MS) return false;
    if (this.#market.isUnavailable(id)) return true;
    log.error(
      { supplier: id, since: this.#lastReadAt },
      'a market feed has failed for too long; the supplier’s listings are hidden until it answers',
    );
    await this.#market.removeAll(this.#supplier);
    metrics.feedListings.set({ supplier: id }, 0);
    return true;
  }
}
