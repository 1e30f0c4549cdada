import { MINUTE_MS, msBetween } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import type { MarketCache } from './market-cache.ts';

/** A supplier that has said nothing for so long has nothing on sale any more, as far as anybody knows. */
const SILENT_AFTER_MS = 10 * MINUTE_MS;

export type FeedDeps = Pick<Deps, 'config' | 'clock' | 'log' | 'metrics' | 'suppliers'>;

/** Reads one supplier's feed, again and again from where it was. */
export class FeedReader {
  readonly #deps: FeedDeps;
  readonly #market: MarketCache;
  readonly #supplier: Supplier;
  readonly #heard = Promise.withResolvers<void>();
  #cursor: string | null = null;
  #heardAt: Date;
  #isAnswering = true;

  constructor(deps: FeedDeps, market: MarketCache, supplier: Supplier) {
    this.#deps = deps;
    this.#market = market;
    this.#supplier = supplier;
    this.#heardAt = deps.clock.now();
  }

  /** Resolves when the supplier has answered for the first time. */
  get heard(): Promise<void> {
    return this.#heard.promise;
  }

  /** Never two at once: an answer is taken over before the next is asked for. */
  async read(): Promise<void> {
    const { clock, metrics } = this.#deps;
    const { id } = this.#supplier;
    const askedAt = clock.now();
    const answer = await this.#supplier.feed(this.#cursor);
    metrics.supplierCalls.inc({ supplier: id, call: 'feed', outcome: answer.outcome });
    if (answer.outcome === 'unknown') return this.#missed(answer.cause);
    this.#market.take(this.#supplier, answer);
    this.#cursor = answer.cursor;
    this.#heardAt = askedAt;
    this.#isAnswering = true;
    this.#heard.resolve();
    metrics.feedRead.set({ supplier: id }, askedAt.getTime() / 1000);
    metrics.feedListings.set({ supplier: id }, this.#market.countOf(id));
  }

  /** What was on sale is shown on for a while: whoever buys asks the supplier anyway. */
  #missed(cause: string): void {
    const { clock, log, metrics } = this.#deps;
    const { id } = this.#supplier;
    // Said once: a supplier may be away for hours, and is asked every second.
    if (this.#isAnswering) log.warn({ supplier: id, cause }, 'a feed got no clear answer; its last listings are kept');
    this.#isAnswering = false;
    if (msBetween(this.#heardAt, clock.now()) < SILENT_AFTER_MS || this.#market.isSilent(id)) return;
    log.error({ supplier: id, since: this.#heardAt }, 'a supplier is silent; nothing of it is shown until it answers');
    this.#market.giveUp(this.#supplier);
    // What changed meanwhile would be told of listings that are not there any more.
    this.#cursor = null;
    metrics.feedListings.set({ supplier: id }, 0);
  }
}
