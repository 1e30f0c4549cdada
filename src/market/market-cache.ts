import type { FastifyBaseLogger } from 'fastify';
import { CS2, type Game, RUST } from '../core/games.ts';
import { TimeSlices } from '../core/time-slices.ts';
import type { FeedAnswer, Supplier } from '../suppliers/supplier.ts';
import { byPrice, type CatalogueItem } from './catalogue-item.ts';
import { ChangeList } from './change-list.ts';
import type { GameIndex } from './game-index.ts';
import { ItemUpdates } from './item-updates.ts';
import type { Market, MarketChange, Offer, OfferQuery } from './market.ts';
import { OfferStore } from './offer-store.ts';
import { matches } from './query.ts';

/** The listings of a supplier's feed, complete or as changes. */
export type FeedUpdate = Pick<Extract<FeedAnswer, { outcome: 'read' }>, 'isWhole' | 'listings' | 'gone'>;

/** So many changed offers are taken over at once: each time the sorted lists of the game are copied. */
const COMMIT_MAX = 1000;
/** So many listings are one part of the work. */
const GROUPED_AT_ONCE = 256;

interface Seller {
  readonly games: readonly Game[];
  state: 'loading' | 'loaded' | 'unavailable';
  /** Resolves when the change that is being applied has been. */
  applying: Promise<void> | null;
}

/**
 * This node's copy of all offers, in memory. `feeds.ts` updates it.
 *
 * A large update is applied in slices, catalogue item by catalogue item, with other work in between: taking over 341,000
 * listings at once blocked the event loop for seconds. Readers see each item before or after the update, and never half of
 * its offers. They may see one item before it and another one after it, which does no harm: a marketplace's listings change
 * one by one while its feed is made, and a purchase reads its listing anew. A supplier whose first feed is being applied is
 * still loading, so nobody sees the beginning of a market. Listeners are notified at the end, when all of it is visible.
 */
export class MarketCache implements Market {
  readonly #log: FastifyBaseLogger;
  readonly #sliceMs: number | undefined;
  readonly #sellers: ReadonlyMap<string, Seller>;
  readonly #store = new OfferStore();
  readonly #listeners = new Set<(changes: readonly MarketChange[]) => void>();

  /** @param sliceMs for how long a change blocks the event loop, about; absent: a time that requests do not feel */
  constructor(suppliers: readonly Pick<Supplier, 'id' | 'games'>[], log: FastifyBaseLogger, sliceMs?: number) {
    this.#sellers = new Map(suppliers.map(({ id, games }) => [id, { games, state: 'loading', applying: null }]));
    this.#log = log;
    this.#sliceMs = sliceMs;
  }

  isKnown(game: Game): boolean {
    if (this.isLoading(game)) return false;
    const sellers = this.#sellersOf(game);
    // Without any supplier the gateway is not configured, which is not the same as an empty market.
    if (sellers.length === 0) return this.#sellers.size > 0;
    return sellers.some(({ state }) => state === 'loaded');
  }

  isLoading(game: Game): boolean {
    return this.#sellersOf(game).some(({ state }) => state === 'loading');
  }

  /** Whether a supplier's listings were removed and its feed has not been read since. */
  isUnavailable(supplierId: string): boolean {
    return this.#seller(supplierId).state === 'unavailable';
  }

  /** The number of listings of a supplier. */
  countOf(supplierId: string): number {
    return this.#store.countOf(supplierId);
  }

  offer(id: string): Offer | undefined {
    return this.#store.get(id);
  }

  offers(query: OfferQuery): readonly Offer[] {
    const items = this.#itemsOf(query);
    const offers = items.flatMap((item) => item.offers.filter(({ listing }) => matches(listing, query)));
    return items.length > 1 ? offers.sort(byPrice) : offers;
  }

  /** The sorted offers of a game. */
  index(game: Game): GameIndex {
    return this.#store.indexes[game];
  }

  onChange(listener: (changes: readonly MarketChange[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Applies an update of a supplier's feed, and notifies the listeners of the changes. A second update of the same supplier
   * waits for the first.
   * @param signal ends it between two slices: some items are changed and others are not
   */
  async apply(supplier: Supplier, update: FeedUpdate, signal?: AbortSignal): Promise<void> {
    await this.#change(supplier, (changes) => this.#applied(supplier, update, changes), signal);
  }

  /** Removes all offers of a supplier whose feed has failed for too long. */
  async removeAll(supplier: Supplier, signal?: AbortSignal): Promise<void> {
    await this.#change(supplier, (changes) => this.#removed(supplier, changes), signal);
  }

  #sellersOf(game: Game): readonly Seller[] {
    return [...this.#sellers.values()].filter(({ games }) => games.includes(game));
  }

  #seller(supplierId: string): Seller {
    const seller = this.#sellers.get(supplierId);
    if (!seller) throw new Error(`supplier ${supplierId} is not part of this market`);
    return seller;
  }

  #itemsOf({ game, catalogId, marketHashName }: OfferQuery): readonly CatalogueItem[] {
    const index = this.#store.indexes[game];
    if (catalogId !== undefined) return [index.item(catalogId) ?? []].flat();
    return marketHashName === undefined ? index.items : index.named(marketHashName);
  }

  /**
   * Makes one change of a supplier's offers at a time, in slices, and notifies the listeners of what it did, also if it was
   * ended or failed.
   * @param parts does a small part of the work each time
   */
  async #change(
    supplier: Supplier,
    parts: (changes: ChangeList) => Iterable<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const seller = this.#seller(supplier.id);
    while (seller.applying) await seller.applying;
    const { promise, resolve } = Promise.withResolvers<void>();
    seller.applying = promise;
    const changes = new ChangeList();
    const slices = new TimeSlices(signal, this.#sliceMs);
    try {
      for (const _part of parts(changes)) {
        if (this.#store.uncommitted >= COMMIT_MAX) this.#store.commit();
        if (!slices.isOver) continue;
        this.#store.commit();
        await slices.next();
      }
    } finally {
      this.#store.commit();
      seller.applying = null;
      resolve();
      this.#notify(changes.all());
    }
  }

  *#applied(supplier: Supplier, { isWhole, listings, gone }: FeedUpdate, changes: ChangeList): Iterable<void> {
    const listed = new ItemUpdates();
    for (const [index, listing] of listings.entries()) {
      listed.add(listing);
      if (index % GROUPED_AT_ONCE === 0) yield;
    }
    for (const nativeId of isWhole ? [] : gone) {
      const offer = this.#store.get(supplier.listingIds.toPublic(nativeId));
      if (offer) listed.addGone(offer);
      yield;
    }
    for (const item of listed.all()) {
      this.#store.putItem(supplier, item, isWhole, changes);
      yield;
    }
    if (isWhole) yield* this.#removedOthers(supplier, listed, changes);
    this.#seller(supplier.id).state = 'loaded';
  }

  *#removed(supplier: Supplier, changes: ChangeList): Iterable<void> {
    this.#seller(supplier.id).state = 'unavailable';
    yield* this.#removedOthers(supplier, new ItemUpdates(), changes);
  }

  /** Removes the supplier's offers of all items that are not listed. */
  *#removedOthers(supplier: Supplier, listed: ItemUpdates, changes: ChangeList): Iterable<void> {
    for (const game of [CS2, RUST]) {
      // The list as it is now: a commit makes another one.
      for (const { catalogId } of this.#store.indexes[game].items) {
        if (!listed.has(game, catalogId)) this.#store.removeItem(supplier, game, catalogId, changes);
        yield;
      }
    }
  }

  /** Notifies the listeners. An error of one listener affects neither the market nor the other listeners. */
  #notify(changes: readonly MarketChange[]): void {
    if (changes.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of market changes failed');
      }
    }
  }
}
