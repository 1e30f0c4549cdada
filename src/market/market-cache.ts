import { isDeepStrictEqual } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import type { Game } from '../core/games.ts';
import { markedUp } from '../core/money.ts';
import { NO_POLICY, type SupplierPolicy } from '../supplier-accounts/policy.ts';
import type { FeedAnswer, Listing, Supplier } from '../suppliers/supplier.ts';
import { byPrice, type CatalogueItem } from './catalogue-item.ts';
import { GameIndex } from './game-index.ts';
import type { Availability, Market, MarketChange, Offer, OfferQuery } from './market.ts';
import { matches } from './query.ts';
import { sharedTexts } from './shared-texts.ts';

/** The listings of a supplier's feed, complete or as changes. */
export type FeedUpdate = Pick<Extract<FeedAnswer, { outcome: 'read' }>, 'isWhole' | 'listings' | 'gone'>;

/** Per game in one update. With more changes listeners get one `sync`, because reading the whole game is cheaper. */
const NAMED_CHANGES_MAX = 500;

interface Seller {
  readonly games: readonly Game[];
  state: 'loading' | 'loaded' | 'unavailable';
  count: number;
  availability: Availability;
  policies: Policies;
}

/** The operator's policy for each game. */
export type Policies = Readonly<Record<Game, SupplierPolicy>>;

const NO_POLICIES: Policies = { '730': NO_POLICY, '252490': NO_POLICY };

const EVERYTHING: Availability = { closedUntil: null, balanceMills: null };

// A CS2 item can have hundreds of listings, which have a route of their own. Rust has no such route, so all are shown.
const newIndexes = () =>
  ({ '730': new GameIndex(false), '252490': new GameIndex(true) }) as const satisfies Record<Game, GameIndex>;

/** This node's copy of all offers, in memory. `feeds.ts` updates it. */
export class MarketCache implements Market {
  readonly #log: FastifyBaseLogger;
  readonly #sellers: ReadonlyMap<string, Seller>;
  readonly #offers = new Map<string, Offer>();
  readonly #indexes = newIndexes();
  /** Listings that are not offered. They return to the others as soon as their supplier is available again. */
  readonly #withheld = newIndexes();
  readonly #listeners = new Set<(changes: readonly MarketChange[]) => void>();

  constructor(suppliers: readonly Pick<Supplier, 'id' | 'games'>[], log: FastifyBaseLogger) {
    this.#sellers = new Map(
      suppliers.map(({ id, games }) => [
        id,
        { games, state: 'loading', count: 0, availability: EVERYTHING, policies: NO_POLICIES },
      ]),
    );
    this.#log = log;
  }

  isKnown(game: Game): boolean {
    if (this.isLoading(game)) return false;
    const sellers = this.#sellersOf(game);
    // Without any supplier the gateway is not configured, which is not the same as an empty market.
    if (sellers.length === 0) return this.#sellers.size > 0;
    return sellers.some(({ state, availability }) => state === 'loaded' && availability.closedUntil === null);
  }

  isLoading(game: Game): boolean {
    return this.#sellersOf(game).some(({ state }) => state === 'loading');
  }

  /** Whether a supplier's listings were removed and its feed has not been read since. */
  isUnavailable(supplierId: string): boolean {
    return this.#seller(supplierId).state === 'unavailable';
  }

  /** The number of listings of a supplier that are offered. */
  countOf(supplierId: string): number {
    return this.#seller(supplierId).count;
  }

  offer(id: string): Offer | undefined {
    return this.#offers.get(id);
  }

  offers(query: OfferQuery): readonly Offer[] {
    return offersIn(this.#indexes[query.game], query);
  }

  withheld(query: OfferQuery): readonly Offer[] {
    return offersIn(this.#withheld[query.game], query);
  }

  availability(supplierId: string): Availability {
    return this.#sellers.get(supplierId)?.availability ?? EVERYTHING;
  }

  policy(supplierId: string, game: Game): SupplierPolicy {
    return this.#sellers.get(supplierId)?.policies[game] ?? NO_POLICY;
  }

  /** Prices and sorts the listings of a supplier by the operator's policy. */
  setPolicies(supplier: Supplier, policies: Policies): void {
    const seller = this.#seller(supplier.id);
    if (isDeepStrictEqual(seller.policies, policies)) return;
    seller.policies = policies;
    const own = [...this.#offers.values()].filter((offer) => offer.supplier.id === supplier.id);
    const priced = own.map(({ id, listing }) => this.#offer(supplier, id, listing));
    this.#change(supplier, [], priced);
  }

  /** Offers the listings of a supplier that its availability allows, and withholds the others. */
  setAvailability(supplierId: string, availability: Availability): void {
    const seller = this.#seller(supplierId);
    const before = seller.availability;
    seller.availability = availability;
    if (isAlike(before, availability)) return;
    const own = [...this.#offers.values()].filter(({ supplier }) => supplier.id === supplierId);
    const hidden = own.filter((offer) => isOffered(offer, before) && !isOffered(offer, availability));
    const shown = own.filter((offer) => !isOffered(offer, before) && isOffered(offer, availability));
    change(this.#indexes, hidden, shown);
    change(this.#withheld, shown, hidden);
    seller.count += shown.length - hidden.length;
    this.#notify(changesOf(hidden, shown));
  }

  /** The sorted offers of a game. */
  index(game: Game): GameIndex {
    return this.#indexes[game];
  }

  onChange(listener: (changes: readonly MarketChange[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Applies an update of a supplier's feed, and notifies the listeners of the changes. */
  apply(supplier: Supplier, update: FeedUpdate): void {
    this.#seller(supplier.id).state = 'loaded';
    const fresh = this.#fresh(supplier, update);
    const added = [...fresh.values()].filter((offer) => this.#offers.get(offer.id) !== offer);
    const leaving = update.isWhole
      ? [...this.#offers.values()].filter((offer) => offer.supplier.id === supplier.id && !fresh.has(offer.id))
      : [...new Set(update.gone)].flatMap((nativeId) => this.#offers.get(supplier.listingIds.toPublic(nativeId)) ?? []);
    this.#change(supplier, leaving, added);
  }

  /** Removes all offers of a supplier whose feed has failed for too long. */
  removeAll(supplier: Supplier): void {
    this.#seller(supplier.id).state = 'unavailable';
    const leaving = [...this.#offers.values()].filter((offer) => offer.supplier.id === supplier.id);
    this.#change(supplier, leaving, []);
  }

  #sellersOf(game: Game): readonly Seller[] {
    return [...this.#sellers.values()].filter(({ games }) => games.includes(game));
  }

  #seller(supplierId: string): Seller {
    const seller = this.#sellers.get(supplierId);
    if (!seller) throw new Error(`supplier ${supplierId} is not part of this market`);
    return seller;
  }

  /** Offers by public id; an unchanged offer stays the same object. */
  #fresh(supplier: Supplier, { listings }: FeedUpdate): Map<string, Offer> {
    const fresh = new Map<string, Offer>();
    const copies = new Map<string, Listing>();
    for (const listing of listings) {
      const id = supplier.listingIds.toPublic(listing.nativeId);
      const known = this.#offers.get(id);
      if (known && isDeepStrictEqual(known.listing, listing)) {
        fresh.set(id, known);
        continue;
      }
      const copy = copies.get(listing.catalogId) ?? this.#copyOf(listing);
      const kept = copy ? sharedTexts(listing, copy) : listing;
      copies.set(listing.catalogId, kept);
      fresh.set(id, this.#offer(supplier, id, kept));
    }
    return fresh;
  }

  #offer(supplier: Supplier, id: string, listing: Listing): Offer {
    const policy = this.policy(supplier.id, listing.game);
    return { id, supplier, listing, policy, weight: markedUp(listing.priceMills, policy.markupBps) };
  }

  /** Another listing of the same item. */
  #copyOf({ game, catalogId }: Listing): Listing | undefined {
    const item = this.#indexes[game].item(catalogId) ?? this.#withheld[game].item(catalogId);
    return item?.offers[0]?.listing;
  }

  #change(supplier: Supplier, leaving: readonly Offer[], added: readonly Offer[]): void {
    if (leaving.length + added.length === 0) return;
    const seller = this.#seller(supplier.id);
    const replaced = added.flatMap((offer) => this.#offers.get(offer.id) ?? []);
    for (const { id } of leaving) this.#offers.delete(id);
    for (const offer of added) this.#offers.set(offer.id, offer);
    const [shownBefore, hiddenBefore] = split([...leaving, ...replaced], seller.availability);
    const [shown, hidden] = split(added, seller.availability);
    change(this.#indexes, shownBefore, shown);
    change(this.#withheld, hiddenBefore, hidden);
    seller.count += shown.length - shownBefore.length;
    const now = new Set(shown.map(({ id }) => id));
    this.#notify(
      changesOf(
        shownBefore.filter(({ id }) => !now.has(id)),
        shown,
      ),
    );
  }

  /** Notifies the listeners. An error of one listener affects neither the market nor the other listeners. */
  #notify(changes: readonly MarketChange[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of market changes failed');
      }
    }
  }
}

function offersIn(index: GameIndex, query: OfferQuery): readonly Offer[] {
  const items = itemsOf(index, query);
  const offers = items.flatMap((item) => item.offers.filter(({ listing }) => matches(listing, query)));
  return items.length > 1 ? offers.sort(byPrice) : offers;
}

function itemsOf(index: GameIndex, { catalogId, marketHashName }: OfferQuery): readonly CatalogueItem[] {
  if (catalogId !== undefined) return [index.item(catalogId) ?? []].flat();
  return marketHashName === undefined ? index.items : index.named(marketHashName);
}

function isOffered({ listing }: Offer, { closedUntil, balanceMills }: Availability): boolean {
  return closedUntil === null && (balanceMills === null || listing.priceMills <= balanceMills);
}

/** Whether the same listings are offered. */
function isAlike(one: Availability, other: Availability): boolean {
  return (one.closedUntil === null) === (other.closedUntil === null) && one.balanceMills === other.balanceMills;
}

function split(offers: readonly Offer[], availability: Availability): [Offer[], Offer[]] {
  return [
    offers.filter((offer) => isOffered(offer, availability)),
    offers.filter((offer) => !isOffered(offer, availability)),
  ];
}

function change(indexes: Readonly<Record<Game, GameIndex>>, leaving: readonly Offer[], added: readonly Offer[]): void {
  const gone = Map.groupBy(leaving, (offer) => offer.listing.game);
  const coming = Map.groupBy(added, (offer) => offer.listing.game);
  for (const game of new Set([...gone.keys(), ...coming.keys()])) {
    indexes[game].change(new Set(gone.get(game)), coming.get(game) ?? []);
  }
}

function changesOf(leaving: readonly Offer[], added: readonly Offer[]): MarketChange[] {
  const all: MarketChange[] = [
    ...leaving.map(({ id, listing }) => ({ type: 'remove' as const, game: listing.game, id })),
    ...added.map((offer) => ({ type: 'upsert' as const, offer })),
  ];
  return [...Map.groupBy(all, gameOf)].flatMap(([game, changes]) =>
    changes.length > NAMED_CHANGES_MAX ? [{ type: 'sync' as const, game }] : changes,
  );
}

function gameOf(change: MarketChange): Game {
  return change.type === 'upsert' ? change.offer.listing.game : change.game;
}
