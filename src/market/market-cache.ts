import { isDeepStrictEqual } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import type { Game } from '../core/games.ts';
import type { FeedAnswer, Listing, Supplier } from '../suppliers/supplier.ts';
import { byPrice, type CatalogueItem } from './catalogue-item.ts';
import { GameIndex } from './game-index.ts';
import type { Market, MarketChange, Offer, OfferQuery } from './market.ts';
import { matches } from './query.ts';
import { sharedTexts } from './shared-texts.ts';

/** What a supplier's feed said. */
export type News = Pick<Extract<FeedAnswer, { outcome: 'read' }>, 'isWhole' | 'listings' | 'gone'>;

/** Of one game in one answer; above that, whoever listens had better look at the whole. */
const NAMED_CHANGES_MAX = 500;

interface Seller {
  readonly games: readonly Game[];
  state: 'unheard' | 'heard' | 'silent';
  count: number;
}

/** This node's copy of what is on sale, in memory: `feeds.ts` keeps it up to date. */
export class MarketCache implements Market {
  readonly #log: FastifyBaseLogger;
  readonly #sellers: ReadonlyMap<string, Seller>;
  readonly #offers = new Map<string, Offer>();
  // Of a CS2 item there can be hundreds of copies, which have a route of their own; Rust has none, and shows all.
  readonly #shelves = { '730': new GameIndex(false), '252490': new GameIndex(true) } as const satisfies Record<
    Game,
    GameIndex
  >;
  readonly #listeners = new Set<(changes: readonly MarketChange[]) => void>();

  constructor(suppliers: readonly Pick<Supplier, 'id' | 'games'>[], log: FastifyBaseLogger) {
    this.#sellers = new Map(suppliers.map(({ id, games }) => [id, { games, state: 'unheard', count: 0 }]));
    this.#log = log;
  }

  isKnown(game: Game): boolean {
    if (this.isAwaited(game)) return false;
    const sellers = this.#sellersOf(game);
    // Without any supplier at all the gateway is not set up; that is no market with nothing on sale.
    if (sellers.length === 0) return this.#sellers.size > 0;
    return sellers.some(({ state }) => state === 'heard');
  }

  isAwaited(game: Game): boolean {
    return this.#sellersOf(game).some(({ state }) => state === 'unheard');
  }

  /** Whether a supplier was given up, and has not answered since. */
  isSilent(supplierId: string): boolean {
    return this.#seller(supplierId).state === 'silent';
  }

  /** How many listings of a supplier there are. */
  countOf(supplierId: string): number {
    return this.#seller(supplierId).count;
  }

  offer(id: string): Offer | undefined {
    return this.#offers.get(id);
  }

  offers(query: OfferQuery): readonly Offer[] {
    const items = this.#itemsOf(query);
    const offers = items.flatMap((item) => item.offers.filter(({ listing }) => matches(listing, query)));
    return items.length > 1 ? offers.sort(byPrice) : offers;
  }

  /** What is on sale for a game, in the orders in which it is asked for. */
  index(game: Game): GameIndex {
    return this.#shelves[game];
  }

  onChange(listener: (changes: readonly MarketChange[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over what a supplier's feed said, and tells the listeners what has become different by it. */
  take(supplier: Supplier, news: News): void {
    this.#seller(supplier.id).state = 'heard';
    const fresh = this.#fresh(supplier, news);
    const added = [...fresh.values()].filter((offer) => this.#offers.get(offer.id) !== offer);
    const leaving = news.isWhole
      ? [...this.#offers.values()].filter((offer) => offer.supplier.id === supplier.id && !fresh.has(offer.id))
      : [...new Set(news.gone)].flatMap((nativeId) => this.#offers.get(supplier.listingIds.toPublic(nativeId)) ?? []);
    this.#change(supplier, leaving, added);
  }

  /** Takes off all that a supplier has on sale: it has said nothing for so long that nothing is known of it. */
  giveUp(supplier: Supplier): void {
    this.#seller(supplier.id).state = 'silent';
    const leaving = [...this.#offers.values()].filter((offer) => offer.supplier.id === supplier.id);
    this.#change(supplier, leaving, []);
  }

  #sellersOf(game: Game): readonly Seller[] {
    return [...this.#sellers.values()].filter(({ games }) => games.includes(game));
  }

  #seller(supplierId: string): Seller {
    const seller = this.#sellers.get(supplierId);
    if (!seller) throw new Error(`supplier ${supplierId} is not one of this market`);
    return seller;
  }

  #itemsOf({ game, catalogId, marketHashName }: OfferQuery): readonly CatalogueItem[] {
    const index = this.#shelves[game];
    if (catalogId !== undefined) return [index.item(catalogId) ?? []].flat();
    return marketHashName === undefined ? index.items : index.named(marketHashName);
  }

  /** Offers by public id; one that is as it was stays the same object. */
  #fresh(supplier: Supplier, { listings }: News): Map<string, Offer> {
    const fresh = new Map<string, Offer>();
    const copies = new Map<string, Listing>();
    for (const listing of listings) {
      const id = supplier.listingIds.toPublic(listing.nativeId);
      const known = this.#offers.get(id);
      if (known && isDeepStrictEqual(known.listing, listing)) {
        fresh.set(id, known);
        continue;
      }
      const copy =
        copies.get(listing.catalogId) ?? this.#shelves[listing.game].item(listing.catalogId)?.offers[0]?.listing;
      const kept = copy ? sharedTexts(listing, copy) : listing;
      copies.set(listing.catalogId, kept);
      fresh.set(id, { id, supplier, listing: kept });
    }
    return fresh;
  }

  #change(supplier: Supplier, leaving: readonly Offer[], added: readonly Offer[]): void {
    if (leaving.length + added.length === 0) return;
    const replaced = added.flatMap((offer) => this.#offers.get(offer.id) ?? []);
    const before = this.#offers.size;
    const gone = Map.groupBy([...leaving, ...replaced], (offer) => offer.listing.game);
    const coming = Map.groupBy(added, (offer) => offer.listing.game);
    for (const { id } of leaving) this.#offers.delete(id);
    for (const offer of added) this.#offers.set(offer.id, offer);
    this.#seller(supplier.id).count += this.#offers.size - before;
    for (const game of new Set([...gone.keys(), ...coming.keys()])) {
      this.#shelves[game].change(new Set(gone.get(game)), coming.get(game) ?? []);
    }
    this.#tell(changesOf(leaving, added));
  }

  /** What a listener does wrong is its own affair: the market goes on, and so do the other listeners. */
  #tell(changes: readonly MarketChange[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        this.#log.error({ err: error }, 'somebody who was told of a change of the market failed over it');
      }
    }
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
