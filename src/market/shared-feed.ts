import { msBetween } from '../core/clock.ts';
import type { SupplierFeedRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { FeedLease } from '../feed-sharing/lease.ts';
import {
  type Holding,
  needsWhole,
  publishUnchanged,
  publishUpdate,
  publishWhole,
  type Reading,
} from '../feed-sharing/publish.ts';
import { readChanges, readWhole } from '../feed-sharing/read-batches.ts';
import { findFeed } from '../feed-sharing/store.ts';
import { countedOutcome, type FeedAnswer, type Supplier } from '../suppliers/supplier.ts';
import { EARLY_MS, type FeedSource, LOOK_EVERY_MS } from './feed-reader.ts';
import { type FeedDeps, FeedStatus, LISTINGS_KEPT_MS } from './feed-status.ts';
import type { FeedUpdate, MarketCache } from './market-cache.ts';

export type SharedFeedDeps = FeedDeps & Pick<Deps, 'db'>;

/** After a failed read the others try first: the marketplace may be reached from their addresses. */
const HEAD_START_MS = 2 * LOOK_EVERY_MS;

type Read = Extract<FeedAnswer, { outcome: 'read' }>;

interface Turn {
  /** Whether the clock was moved, so that everything is read again. */
  readonly isUrgent: boolean;
  readonly mayRead: boolean;
}

interface Signals {
  /** Ends what only the reader does: the process stops, or the lease has ended. */
  readonly signal: AbortSignal;
  /** The process stops. */
  readonly stopping: AbortSignal;
}

/**
 * The feed of one account, which one node reads for all that share the database. The reader publishes each answer as a
 * batch, all listings or what has changed, and then applies it; the others apply the batches in their order. So the market of
 * every node is always that of one version, or is being changed from one to a later one.
 *
 * `#version` is the version that this market has. A node whose version is not followed by the next change, because it
 * starts, was away or has hidden the listings, begins with the newest whole.
 */
export class SharedFeed implements FeedSource {
  readonly everyMs: number;
  readonly #deps: SharedFeedDeps;
  readonly #market: MarketCache;
  readonly #supplier: Supplier;
  readonly #status: FeedStatus;
  readonly #lease: FeedLease;
  /** null: none of them, or part of one. */
  #version: bigint | null = null;
  /** When this node may read again, by `performance.now()`. */
  #dueAt = 0;
  #isWoken = false;

  /** @param node the id of this node among all that share the database */
  constructor(deps: SharedFeedDeps, market: MarketCache, supplier: Supplier, node: string) {
    this.#deps = deps;
    this.#market = market;
    this.#supplier = supplier;
    this.#status = new FeedStatus(deps, market, supplier);
    this.#lease = new FeedLease(deps, { supplier: supplier.id, node });
    this.everyMs = Math.min(this.#status.everyMs, LOOK_EVERY_MS);
    deps.metrics.feedReader.set({ supplier: supplier.id }, 0);
  }

  get firstRead(): Promise<void> {
    return this.#status.firstRead;
  }

  get isDue(): boolean {
    return this.#status.isDue;
  }

  async read(signal: AbortSignal): Promise<void> {
    const isUrgent = this.#isWoken;
    this.#isWoken = false;
    const mayRead = isUrgent || performance.now() >= this.#dueAt - EARLY_MS;
    // Nobody else publishes meanwhile.
    if (this.#lease.holding && !mayRead) return;
    let isAnswering = false;
    try {
      isAnswering = await this.#round({ isUrgent, mayRead }, signal);
    } catch (error) {
      // What became of the last statement is not known; the row will say it.
      if (!signal.aborted) this.#lease.keep(null);
      throw error;
    } finally {
      this.#deps.metrics.feedReader.set({ supplier: this.#supplier.id }, this.#lease.holding ? 1 : 0);
      if (!isAnswering && !signal.aborted && (await this.#status.hideIfOld())) this.#version = null;
    }
  }

  wake(): void {
    this.#isWoken = true;
  }

  /** Lets another node read when the next read is due. */
  async stop(): Promise<void> {
    const restMs = Math.max(0, Math.round(this.#dueAt - performance.now()));
    // Without it the lease ends by itself.
    await this.#lease.release(restMs, false).catch(() => {});
  }

  /** @returns whether some node gets answers from the marketplace, and this one has them */
  async #round({ isUrgent, mayRead }: Turn, signal: AbortSignal): Promise<boolean> {
    let holding = this.#lease.holding;
    if (!holding) {
      const feed = await this.#find();
      const isFree = mayRead && this.#lease.isFree(feed, isUrgent);
      holding = isFree ? await this.#lease.claim(isUrgent) : null;
      if (!holding) return await this.#follow(isFree ? await this.#find() : feed, mayRead, signal);
      this.#logChange(feed);
    }
    return await this.#readAs(holding, signal);
  }

  #find(): Promise<SupplierFeedRow | undefined> {
    return findFeed(this.#deps, this.#supplier.id);
  }

  #logChange(before: SupplierFeedRow | undefined): void {
    if (!before?.holder || before.holder === this.#lease.node) return;
    const about = { supplier: this.#supplier.id, since: before.leased_until };
    this.#deps.log.info(about, 'another node has stopped reading a market feed; this node reads it now');
  }

  /** As a node that does not read. One that would have to wait before it reads cannot tell whether there is an answer. */
  async #follow(feed: SupplierFeedRow | undefined, mayRead: boolean, signal: AbortSignal): Promise<boolean> {
    if (!feed) return false;
    const isAnswering = !feed.is_failing && (!mayRead || feed.leased_until > this.#deps.clock.now());
    if (feed.read_at === null) return isAnswering;
    const keptMs = isAnswering ? LISTINGS_KEPT_MS + this.#status.everyMs : LISTINGS_KEPT_MS;
    if (this.#isOlder(feed, keptMs) || !(await this.#catchUp(feed, signal))) {
      return isAnswering && this.#version === feed.version;
    }
    this.#status.wasRead(feed.read_at);
    return isAnswering;
  }

  #isOlder({ read_at }: SupplierFeedRow, ms: number): boolean {
    return read_at === null || msBetween(read_at, this.#deps.clock.now()) >= ms;
  }

  async #readAs(holding: Holding, stopping: AbortSignal): Promise<boolean> {
    let isAnswering = true;
    await this.#lease.during(async (signal) => {
      this.#dueAt = performance.now() + this.#status.everyMs;
      isAnswering = await this.#readAndPublish(holding, { signal, stopping });
      const extraMs = isAnswering ? 0 : HEAD_START_MS;
      this.#dueAt = performance.now() + this.#status.pauseMs + extraMs;
      await this.#lease.extend(this.#status.everyMs);
    }, stopping);
    return isAnswering;
  }

  /** @returns whether the marketplace has answered */
  async #readAndPublish(holding: Holding, { signal, stopping }: Signals): Promise<boolean> {
    const { clock, metrics } = this.#deps;
    const { feed } = holding;
    const { id } = this.#supplier;
    // What is old is not shown, not even until the marketplace has answered.
    if (!this.#isOlder(feed, LISTINGS_KEPT_MS)) await this.#catchUp(feed, stopping);
    const isInStep = feed.version !== null && this.#version === feed.version;
    const readAt = clock.now();
    const answer = await this.#supplier.feed(isInStep ? feed.cursor : null, signal);
    signal.throwIfAborted();
    metrics.supplierCalls.inc({ supplier: id, call: 'feed', outcome: countedOutcome(answer) });
    if (answer.outcome === 'unknown') return await this.#failed(answer.cause);
    if (!isInStep && !answer.isWhole) return await this.#failed('it has only changes, and everything was asked for');
    const update = await this.#updateOf(answer, isInStep, signal);
    const leasedUntil = this.#lease.endAfter(this.#status.everyMs);
    await this.#publish(holding, update, { readAt, cursor: answer.cursor, leasedUntil }, { signal, stopping });
    return true;
  }

  async #failed(cause: string): Promise<false> {
    this.#status.failed(cause);
    await this.#lease.release(this.#status.pauseMs, true);
    return false;
  }

  /** What of an answer must be told to nodes that know the version before. */
  async #updateOf(answer: Read, isInStep: boolean, signal: AbortSignal): Promise<FeedUpdate> {
    if (!isInStep || !answer.isWhole) return answer;
    const changes = await this.#market.differenceTo(this.#supplier.id, answer.listings, signal);
    return sizeOf(changes) * 2 > answer.listings.length ? answer : changes;
  }

  async #publish(holding: Holding, update: FeedUpdate, reading: Reading, { signal, stopping }: Signals): Promise<void> {
    const isChange = update.isWhole || sizeOf(update) > 0;
    const feed = isChange
      ? await publishUpdate(this.#deps, holding, update, reading, signal)
      : await publishUnchanged(this.#deps, holding, reading);
    this.#lease.keep(feed);
    // Another node reads now. What it publishes is applied instead.
    if (!feed) return;
    if (isChange) await this.#apply(update, feed.version, stopping);
    this.#status.wasRead(reading.readAt);
    if (!needsWhole(feed)) return;
    const listings = await this.#market.listingsOf(this.#supplier.id, signal);
    this.#lease.keep(await publishWhole(this.#deps, { ...holding, feed }, listings, signal));
  }

  /** @returns whether this market has the version of the row now */
  async #catchUp(feed: SupplierFeedRow, signal: AbortSignal): Promise<boolean> {
    await this.#applyChanges(feed, signal);
    if (this.#version === feed.version) return true;
    const { whole_version } = feed;
    const whole = whole_version === null ? null : await readWhole(this.#deps, this.#supplier.id, whole_version);
    // A newer whole was written meanwhile; the next round begins with it.
    if (!whole) return false;
    await this.#apply({ ...whole, isWhole: true }, whole.version, signal);
    await this.#applyChanges(feed, signal);
    return this.#version === feed.version;
  }

  /** Applies the changes up to a row's version, as far as each follows the one before. */
  async #applyChanges({ version: upTo }: SupplierFeedRow, signal: AbortSignal): Promise<void> {
    const after = this.#version;
    if (after === null || upTo === null || after >= upTo) return;
    for await (const change of readChanges(this.#deps, this.#supplier.id, { after, upTo })) {
      if (change.follows !== this.#version) return;
      await this.#apply({ ...change, isWhole: false }, change.version, signal);
    }
  }

  async #apply(update: FeedUpdate, version: bigint | null, signal: AbortSignal): Promise<void> {
    this.#version = null;
    await this.#market.apply(this.#supplier, update, signal);
    this.#version = version;
  }
}

function sizeOf({ listings, gone }: FeedUpdate): number {
  return listings.length + gone.length;
}
