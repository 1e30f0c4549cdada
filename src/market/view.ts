import { CS2, type Game, RUST } from '../core/games.ts';
import { byPrice } from './account-offers.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { Availability, MarketView, Offer, OfferIndex, OfferQuery } from './market.ts';
import type { OfferStore } from './offer-store.ts';
import { PartOfGame } from './part-of-game.ts';
import { matches } from './query.ts';
import type { Terms } from './terms.ts';

/** An account of this node, and how its listings are offered. */
export interface Seller {
  readonly games: readonly Game[];
  state: 'loading' | 'loaded' | 'unavailable';
  /** What others are told. */
  availability: Availability;
  /** By which listings are priced and offered from now on. */
  terms: Terms;
  /** Resolves when the change that is being applied has been. */
  applying: Promise<void> | null;
}

type Indexes = Readonly<Record<Game, OfferIndex>>;

/** The market as those see it who may use all accounts but some. */
export class View implements MarketView {
  readonly #store: OfferStore;
  readonly #sellers: readonly Seller[];
  readonly #isConfigured: boolean;
  readonly #without: ReadonlySet<string>;
  readonly #offered: Indexes;
  readonly #withheld: Indexes;

  constructor(store: OfferStore, sellers: ReadonlyMap<string, Seller>, without: ReadonlySet<string>) {
    this.#store = store;
    this.#isConfigured = sellers.size > 0;
    this.#sellers = [...sellers].filter(([id]) => !without.has(id)).map(([, seller]) => seller);
    this.#without = without;
    this.#offered = partsOf(store.offered.indexes, without);
    this.#withheld = partsOf(store.withheld.indexes, without);
  }

  isKnown(game: Game): boolean {
    if (this.isLoading(game)) return false;
    const sellers = this.#sellersOf(game);
    // Without any supplier the gateway is not configured, which is not the same as an empty market.
    if (sellers.length === 0) return this.#isConfigured;
    return sellers.some(({ state, availability }) => state === 'loaded' && availability.closedUntil === null);
  }

  isLoading(game: Game): boolean {
    return this.#sellersOf(game).some(({ state }) => state === 'loading');
  }

  offer(id: string): Offer | undefined {
    return this.#store.best(id, this.#without)?.offer;
  }

  offered(id: string): Offer | undefined {
    const best = this.#store.best(id, this.#without);
    return best?.isOffered ? best.offer : undefined;
  }

  offers(query: OfferQuery): readonly Offer[] {
    return offersIn(itemsOf(this.index(query.game), query), query, ({ offers }) => offers);
  }

  copies(query: OfferQuery): readonly Offer[] {
    return offersIn(itemsOf(this.index(query.game), query), query, ({ copies }) => copies);
  }

  withheld(query: OfferQuery): readonly Offer[] {
    return offersIn(itemsOf(this.#withheld[query.game], query), query, ({ copies }) => copies);
  }

  index(game: Game): OfferIndex {
    return this.#offered[game];
  }

  #sellersOf(game: Game): readonly Seller[] {
    return this.#sellers.filter(({ games }) => games.includes(game));
  }
}

function partsOf(indexes: Indexes, without: ReadonlySet<string>): Indexes {
  if (without.size === 0) return indexes;
  const partOf = (game: Game) => new PartOfGame(indexes[game], without);
  return { '730': partOf(CS2), '252490': partOf(RUST) };
}

function offersIn(
  items: readonly CatalogueItem[],
  query: OfferQuery,
  of: (item: CatalogueItem) => readonly Offer[],
): readonly Offer[] {
  const offers = items.flatMap((item) => of(item).filter(({ listing }) => matches(listing, query)));
  return items.length > 1 ? offers.sort(byPrice) : offers;
}

function itemsOf(index: OfferIndex, { catalogId, marketHashName }: OfferQuery): readonly CatalogueItem[] {
  if (catalogId !== undefined) return [index.item(catalogId) ?? []].flat();
  return marketHashName === undefined ? index.items : index.named(marketHashName);
}
