import { HOUR_MS, later, MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import type { SupplierFeedRow } from '../db/tables.ts';
import type { Holding } from './publish.ts';
import { claimFeed, type FeedStoreDeps, type Reader, releaseFeed, renewFeed } from './store.ts';

/** Another node takes over when the reader has not renewed its lease for so long. */
export const FEED_LEASE_MS = 15 * SECOND_MS;
/** Before the end the reader stops: clocks of different nodes agree to within seconds. */
const MARGIN_MS = 5 * SECOND_MS;
const RENEW_AFTER_MS = 4 * SECOND_MS;
const CHECK_EVERY_MS = SECOND_MS;
/** No pause between two reads is longer than an hour. A lease that ends later was written before a clock was set back. */
const LEASE_MAX_MS = HOUR_MS + FEED_LEASE_MS + MINUTE_MS;

/** Whether this node reads the feed of an account, for all nodes. Between two reads the reader keeps its lease. */
export class FeedLease {
  readonly #deps: FeedStoreDeps;
  readonly #reader: Reader;
  #feed: SupplierFeedRow | null = null;
  #until = new Date(0);

  constructor(deps: FeedStoreDeps, reader: Reader) {
    this.#deps = deps;
    this.#reader = reader;
  }

  /** This node as the reader; null: it is not, or its lease may have ended. */
  get holding(): Holding | null {
    const isOver = msBetween(this.#deps.clock.now(), this.#until) <= MARGIN_MS;
    return this.#feed === null || isOver ? null : { ...this.#reader, feed: this.#feed };
  }

  get node(): string {
    return this.#reader.node;
  }

  /** Whether it may be claimed, for callers who have read the row: a claim locks it. */
  isFree(feed: SupplierFeedRow | undefined, isUrgent: boolean): boolean {
    if (!feed || feed.holder === this.node) return true;
    const restMs = msBetween(this.#deps.clock.now(), feed.leased_until);
    return restMs <= 0 || restMs > LEASE_MAX_MS || (isUrgent && feed.holder === null);
  }

  /** @param isUrgent it may end the pause after a failed read */
  async claim(isUrgent: boolean): Promise<Holding | null> {
    const until = this.endAfter(0);
    this.keep(await claimFeed(this.#deps, this.#reader, { until, leaseMaxMs: LEASE_MAX_MS, isUrgent }));
    return this.holding;
  }

  /** @param feed the row as this node has written it; null: it is not the reader any more */
  keep(feed: SupplierFeedRow | null): void {
    this.#feed = feed;
    this.#until = feed?.leased_until ?? new Date(0);
  }

  /** When the lease must end if the next read comes after this pause. */
  endAfter(pauseMs: number): Date {
    return later(this.#deps.clock.now(), pauseMs + FEED_LEASE_MS);
  }

  /** Renews the lease for a pause that begins now, if much of it has passed while what was read was applied. */
  async extend(pauseMs: number): Promise<void> {
    const until = this.endAfter(pauseMs);
    if (this.#feed === null || msBetween(this.#until, until) < RENEW_AFTER_MS) return;
    if (!(await this.#renew(until))) this.keep(null);
  }

  /** Lets any node claim the feed after a pause. Does nothing if this node is not the reader. */
  async release(pauseMs: number, isFailing: boolean): Promise<void> {
    if (this.#feed === null) return;
    this.keep(null);
    await releaseFeed(this.#deps, this.#reader, { freeAt: later(this.#deps.clock.now(), pauseMs), isFailing });
  }

  /**
   * Renews the lease while `work` runs.
   * @param work gets a signal that is also aborted when the lease has ended
   */
  async during(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const lost = new AbortController();
    let isRenewing = false;
    const check = async () => {
      if (!this.holding) return lost.abort();
      if (isRenewing || msBetween(this.#deps.clock.now(), this.#until) > FEED_LEASE_MS - RENEW_AFTER_MS) return;
      isRenewing = true;
      if (!(await this.#renew(this.endAfter(0)))) lost.abort();
      isRenewing = false;
    };
    const timer = setInterval(() => void check(), CHECK_EVERY_MS);
    try {
      await work(AbortSignal.any([signal, lost.signal]));
    } catch (error) {
      // What was ended because another node reads now has not failed.
      if (!lost.signal.aborted || signal.aborted) throw error;
    } finally {
      clearInterval(timer);
    }
    if (lost.signal.aborted) this.keep(null);
  }

  /** @returns false: another node reads */
  async #renew(until: Date): Promise<boolean> {
    try {
      if (!(await renewFeed(this.#deps, this.#reader, until))) return false;
      if (until > this.#until) this.#until = until;
    } catch {
      // The database is away. The lease may last until it is back.
    }
    return true;
  }
}
