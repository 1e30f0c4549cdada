import { isDeepStrictEqual } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Game } from '../core/games.ts';
import { TimeSlices } from '../core/time-slices.ts';
import { NO_POLICY, type SupplierPolicy } from '../supplier-accounts/policy.ts';
import type { FeedAnswer, Listing, Supplier } from '../suppliers/supplier.ts';
import { ChangeList } from './change-list.ts';
import { allListings, difference } from './feed-difference.ts';
import { ItemUpdates } from './item-updates.ts';
import type {
  Availability,
  ChangesWithout,
  Market,
  MarketListener,
  MarketView,
  Offer,
  OfferIndex,
  OfferQuery,
} from './market.ts';
import { OfferStore } from './offer-store.ts';
import { EVERYTHING, isAlike, NO_POLICIES, type Policies } from './terms.ts';
import { type Seller, View } from './view.ts';

/** The listings of a supplier's feed, complete or as changes. */
export type FeedUpdate = Pick<Extract<FeedAnswer, { outcome: 'read' }>, 'isWhole' | 'listings' | 'gone'>;

/** So many listings are one part of the work. */
const GROUPED_AT_ONCE = 256;

/** So many different parts of the market are kept for merchants who may not use all accounts. */
const VIEWS_MAX = 32;

const NO_ACCOUNTS: ReadonlySet<string> = new Set();

/**
 * This node's copy of all offers, in memory. `feeds.ts` updates it.
 *
 * A large update is applied in slices, catalogue item by catalogue item, with other work in between: taking over 341,000
 * listings at once blocked the event loop for seconds. Readers see each item before or after the update, and never half of
 * its offers. They may see one item before it and another one after it, which does no harm: a marketplace's listings change
 * one by one while its feed is made, and a purchase reads its listing anew. A supplier whose first feed is being applied is
 * still loading, so nobody sees the beginning of a market. Listeners are notified at the end, when all of it is visible.
 *
 * What the operator's policy or the availability of a supplier changes goes the same way. Each offer keeps the price by
 * which it is sorted, so that the orders hold while a policy is applied.
 */
export class MarketCache implements Market {
  readonly #log: FastifyBaseLogger;
  readonly #sliceMs: number | undefined;
  readonly #sellers: ReadonlyMap<string, Seller>;
  readonly #store = new OfferStore();
  readonly #whole: View;
  readonly #views = new LRUCache<string, View>({ max: VIEWS_MAX });
  readonly #listeners = new Set<MarketListener>();

  /** @param sliceMs for how long a change blocks the event loop, about; absent: a time that requests do not feel */
  constructor(suppliers: readonly Pick<Supplier, 'id' | 'games'>[], log: FastifyBaseLogger, sliceMs?: number) {
    this.#sellers = new Map(suppliers.map(({ id, games }) => [id, newSeller(games)]));
    this.#whole = new View(this.#store, this.#sellers, NO_ACCOUNTS);
    this.#log = log;
    this.#sliceMs = sliceMs;
  }

  isKnown(game: Game): boolean {
    return this.#whole.isKnown(game);
  }

  isLoading(game: Game): boolean {
    return this.#whole.isLoading(game);
  }

  /** Whether a supplier's listings were removed and its feed has not been read since. */
  isUnavailable(supplierId: string): boolean {
    return this.#seller(supplierId).state === 'unavailable';
  }

  /** The number of listings of a supplier that are offered. */
  countOf(supplierId: string): number {
    return this.#store.offered.countOf(supplierId);
  }

  offer(id: string): Offer | undefined {
    return this.#whole.offer(id);
  }

  offered(id: string): Offer | undefined {
    return this.#whole.offered(id);
  }

  offers(query: OfferQuery): readonly Offer[] {
    return this.#whole.offers(query);
  }

  copies(query: OfferQuery): readonly Offer[] {
    return this.#whole.copies(query);
  }

  withheld(query: OfferQuery): readonly Offer[] {
    return this.#whole.withheld(query);
  }

  without(accounts: readonly string[]): MarketView {
    const own = new Set(accounts.filter((id) => this.#sellers.has(id)).sort());
    if (own.size === 0) return this.#whole;
    const key = [...own].join();
    const view = this.#views.get(key) ?? new View(this.#store, this.#sellers, own);
    this.#views.set(key, view);
    return view;
  }

  availability(supplierId: string): Availability {
    return this.#sellers.get(supplierId)?.availability ?? EVERYTHING;
  }

  policy(supplierId: string, game: Game): SupplierPolicy {
    return this.#sellers.get(supplierId)?.terms.policies[game] ?? NO_POLICY;
  }

  /** Prices and sorts the listings of a supplier by the operator's policy. Resolves when all of them are. */
  async setPolicies(supplierId: string, policies: Policies, signal?: AbortSignal): Promise<void> {
    const seller = this.#seller(supplierId);
    if (isDeepStrictEqual(seller.terms.policies, policies)) return;
    seller.terms = { ...seller.terms, policies };
    await this.#change(supplierId, (changes) => this.#onTerms(supplierId, changes), signal);
  }

  /**
   * Offers the listings of a supplier that its availability allows, and withholds the others. Resolves when all of them are.
   * Buys are refused at once; a supplier that opens again is closed until the last of its listings is back, so that nobody
   * takes a part of its market for all of it.
   */
  async setAvailability(supplierId: string, availability: Availability, signal?: AbortSignal): Promise<void> {
    const seller = this.#seller(supplierId);
    const isAsBefore = isAlike(seller.terms.availability, availability);
    seller.terms = { ...seller.terms, availability };
    if (availability.closedUntil !== null || seller.availability.closedUntil === null) {
      seller.availability = availability;
    }
    if (isAsBefore) return;
    await this.#change(supplierId, (changes) => this.#onTerms(supplierId, changes), signal);
  }

  /** The sorted offers of a game. */
  index(game: Game): OfferIndex {
    return this.#whole.index(game);
  }

  onChange(listener: MarketListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Applies an update of a supplier's feed, and notifies the listeners of the changes. A second change of the same supplier
   * waits for the first.
   * @param signal ends it between two slices: some items are changed and others are not
   */
  async apply(supplier: Supplier, update: FeedUpdate, signal?: AbortSignal): Promise<void> {
    await this.#change(supplier.id, (changes) => this.#applied(supplier, update, changes), signal);
  }

  /** Removes all offers of a supplier whose feed has failed for too long. */
  async removeAll(supplier: Supplier, signal?: AbortSignal): Promise<void> {
    await this.#change(supplier.id, (changes) => this.#removed(supplier, changes), signal);
  }

  /**
   * All listings of a supplier, whether they are offered or not. Nothing of it may be applied meanwhile.
   * @param signal ends it between two slices
   */
  async listingsOf(supplierId: string, signal?: AbortSignal): Promise<Listing[]> {
    return inSlices(allListings(this.#store, supplierId), new TimeSlices(signal, this.#sliceMs));
  }

  /** What everything that a supplier sells changes in its listings here; otherwise as `listingsOf`. */
  async differenceTo(supplierId: string, listings: readonly Listing[], signal?: AbortSignal): Promise<FeedUpdate> {
    return inSlices(difference(this.#store, supplierId, listings), new TimeSlices(signal, this.#sliceMs));
  }

  #seller(supplierId: string): Seller {
    const seller = this.#sellers.get(supplierId);
    if (!seller) throw new Error(`supplier ${supplierId} is not part of this market`);
    return seller;
  }

  /**
   * Makes one change of a supplier's offers at a time, in slices, and notifies the listeners of what it did, also if it was
   * ended or failed.
   * @param parts does a small part of the work each time
   */
  async #change(
    supplierId: string,
    parts: (changes: ChangeList) => Iterable<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const seller = this.#seller(supplierId);
    while (seller.applying) await seller.applying;
    const { promise, resolve } = Promise.withResolvers<void>();
    seller.applying = promise;
    const changes = new ChangeList();
    const slices = new TimeSlices(signal, this.#sliceMs);
    try {
      for (const _part of parts(changes)) if (slices.isOver) await slices.next();
    } finally {
      seller.applying = null;
      resolve();
      this.#notify(supplierId, changes);
    }
  }

  *#applied(supplier: Supplier, { isWhole, listings, gone }: FeedUpdate, changes: ChangeList): Iterable<void> {
    const seller = this.#seller(supplier.id);
    const listed = new ItemUpdates(isWhole);
    for (const [index, listing] of listings.entries()) {
      listed.add(listing);
      if (index % GROUPED_AT_ONCE === 0) yield;
    }
    for (const nativeId of isWhole ? [] : gone) {
      for (const item of this.#store.placesOf(supplier.id, nativeId)) listed.addGone(item, nativeId);
      yield;
    }
    for (const item of listed.all()) {
      this.#store.putItem(supplier, seller.terms, item, changes);
      yield;
    }
    if (isWhole) yield* this.#removedOthers(supplier, listed, changes);
    seller.state = 'loaded';
  }

  *#removed(supplier: Supplier, changes: ChangeList): Iterable<void> {
    this.#seller(supplier.id).state = 'unavailable';
    yield* this.#removedOthers(supplier, new ItemUpdates(true), changes);
  }

  /** Removes the supplier's offers of all items that are not listed. */
  *#removedOthers(supplier: Supplier, listed: ItemUpdates, changes: ChangeList): Iterable<void> {
    const { terms } = this.#seller(supplier.id);
    for (const item of this.#store.items()) {
      if (!listed.has(item)) this.#store.removeItem(supplier, terms, item, changes);
      yield;
    }
  }

  /** Applies the terms to all offers of a supplier. They may change meanwhile: then they are applied once more. */
  *#onTerms(supplierId: string, changes: ChangeList): Iterable<void> {
    const seller = this.#seller(supplierId);
    const { availability } = seller.terms;
    for (const item of this.#store.items()) {
      this.#store.applyTerms(supplierId, seller.terms, item, changes);
      yield;
    }
    if (isAlike(seller.terms.availability, availability)) seller.availability = seller.terms.availability;
  }

  /** Notifies the listeners. An error of one listener affects neither the market nor the other listeners. */
  #notify(supplierId: string, list: ChangeList): void {
    const changes = list.all((id) => this.offered(id));
    const changesWithout: ChangesWithout = (accounts) => {
      const view = this.without(accounts);
      if (view === this.#whole) return changes;
      return accounts.includes(supplierId) ? [] : list.all((id) => view.offered(id));
    };
    if (changes.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(changes, changesWithout);
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of market changes failed');
      }
    }
  }
}

function newSeller(games: readonly Game[]): Seller {
  const terms = { policies: NO_POLICIES, availability: EVERYTHING };
  return { games, state: 'loading', availability: EVERYTHING, terms, applying: null };
}

/** @param work does a small part each time */
async function inSlices<T>(work: Iterator<void, T>, slices: TimeSlices): Promise<T> {
  for (;;) {
    const part = work.next();
    if (part.done) return part.value;
    if (slices.isOver) await slices.next();
  }
}
