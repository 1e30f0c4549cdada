import { SECOND_MS } from '../core/clock.ts';
import { countedOutcome, type Supplier } from '../suppliers/supplier.ts';
import { type FeedDeps, FeedStatus } from './feed-status.ts';
import type { MarketCache } from './market-cache.ts';

/** How soon a source notices that a read is due. */
export const LOOK_EVERY_MS = SECOND_MS;
/** A timer may fire a little early. */
export const EARLY_MS = 50;

/** Keeps what this node knows of one supplier's listings up to date. */
export interface FeedSource {
  /** The pause between two rounds. */
  readonly everyMs: number;
  /** Resolves when this node knows for the first time what is on sale. */
  readonly firstRead: Promise<void>;
  /**
   * One round. It must not run twice at the same time: an answer is applied before the next one is requested.
   * @param signal ends the round at once, and what it has read so far is not used
   */
  read(signal: AbortSignal): Promise<void>;
  /** Whether by the clock the last answer is old enough to be read again. */
  readonly isDue: boolean;
  /** Lets the next round read, whenever the last one did. */
  wake(): void;
  /** Follows the last round. */
  stop(): Promise<void>;
}

/** Reads one supplier's feed repeatedly, each time from the last cursor, for a node that has its database alone. */
export class FeedReader implements FeedSource {
  readonly #deps: FeedDeps;
  readonly #market: MarketCache;
  readonly #supplier: Supplier;
  readonly #status: FeedStatus;
  #cursor: string | null = null;
  /** When the next read is due, by `performance.now()`. */
  #dueAt = 0;

  constructor(deps: FeedDeps, market: MarketCache, supplier: Supplier) {
    this.#deps = deps;
    this.#market = market;
    this.#supplier = supplier;
    this.#status = new FeedStatus(deps, market, supplier);
    deps.metrics.feedReader.set({ supplier: supplier.id }, 1);
  }

  /** A round reads when that is due: sooner than usual after a failed read. */
  get everyMs(): number {
    return Math.min(this.#status.everyMs, LOOK_EVERY_MS);
  }

  get firstRead(): Promise<void> {
    return this.#status.firstRead;
  }

  get isDue(): boolean {
    return this.#status.isDue;
  }

  async read(signal: AbortSignal): Promise<void> {
    if (performance.now() < this.#dueAt - EARLY_MS) return;
    try {
      await this.#readNow(signal);
    } finally {
      this.#dueAt = performance.now() + this.#status.pauseMs;
    }
  }

  async #readNow(signal: AbortSignal): Promise<void> {
    const { clock, metrics } = this.#deps;
    const { id } = this.#supplier;
    const requestedAt = clock.now();
    const answer = await this.#supplier.feed(this.#cursor, signal);
    if (signal.aborted) return;
    metrics.supplierCalls.inc({ supplier: id, call: 'feed', outcome: countedOutcome(answer) });
    if (answer.outcome === 'unknown') {
      this.#status.failed(answer.cause);
      // Start from the whole feed again: a list of changes would refer to listings that were removed here.
      if (await this.#status.hideIfOld()) this.#cursor = null;
      return;
    }
    await this.#market.apply(this.#supplier, answer, signal);
    this.#cursor = answer.cursor;
    this.#status.wasRead(requestedAt);
  }

  wake(): void {
    this.#dueAt = 0;
  }

  async stop(): Promise<void> {}
}
