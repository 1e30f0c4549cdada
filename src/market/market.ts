import type { Game } from '../core/games.ts';
import type { Mills } from '../core/money.ts';
import type { SupplierPolicy } from '../supplier-accounts/policy.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import type { CatalogueItem } from './catalogue-item.ts';

/** A listing on sale and the account with which it is bought. */
export interface Offer {
  /** The public listing id, as `/secure/buy` accepts it. */
  readonly id: string;
  readonly supplier: Supplier;
  readonly listing: Listing;
  /** The operator's policy for the supplier and the game. */
  readonly policy: SupplierPolicy;
  /** The price with the markup, for comparisons: the order by it is the order by every merchant's price. */
  readonly weight: bigint;
}

/** A filter of offers; absent fields do not filter. */
export interface OfferQuery {
  readonly game: Game;
  readonly catalogId?: string;
  /** The exact name. */
  readonly marketHashName?: string;
  readonly delivery?: 'standard' | 'instant';
  readonly phase?: string;
  readonly floatMin?: number;
  readonly floatMax?: number;
}

/** Which of a supplier's listings are offered. */
export interface Availability {
  /** Its purchases fail, so that nothing of it is offered before this time; null: they work. */
  readonly closedUntil: Date | null;
  /** What is left to spend there; dearer listings are not offered. null: not known, so nothing is too dear. */
  readonly balanceMills: Mills | null;
  /** What is left of the operator's limit for 24 hours; dearer listings are not offered. null, or absent: there is no limit. */
  readonly limitLeftMills?: Mills | null;
}

/** A change of the offers. `sync`: too many changes to list; the whole game must be read again. */
export type MarketChange =
  | { readonly type: 'upsert'; readonly offer: Offer }
  | { readonly type: 'remove'; readonly game: Game; readonly id: string }
  | { readonly type: 'sync'; readonly game: Game };

/** The sorted offers of a game, for market pages. */
export interface OfferIndex {
  /** Catalogue items, sorted by name. */
  readonly items: readonly CatalogueItem[];
  /** The offers that market pages show, cheapest first. */
  readonly shown: readonly Offer[];
  item(catalogId: string): CatalogueItem | undefined;
  /** More than one item when suppliers use different catalogue ids for the same name. */
  named(marketHashName: string): readonly CatalogueItem[];
}

/**
 * The offers on sale, from the suppliers' feeds. They can be seconds old: a buyer gives a maximum price, and the supplier
 * decides. A listing that several accounts see is one offer, that of the account with which it is best bought.
 */
export interface MarketView {
  /**
   * Whether the market of the game is loaded: each supplier's feed was read or is unavailable, and at least one supplier is
   * available, with purchases that work.
   */
  isKnown(game: Game): boolean;
  /** Whether a supplier's feed for the game has not been read since this node started. */
  isLoading(game: Game): boolean;
  /** A listing on sale, whether it is offered or not. */
  offer(id: string): Offer | undefined;
  /** A listing that is offered. */
  offered(id: string): Offer | undefined;
  /** Offers of one catalogue item, one name or the whole game, cheapest first. */
  offers(query: OfferQuery): readonly Offer[];
  /** The same, but each listing once for each account that offers it. */
  copies(query: OfferQuery): readonly Offer[];
  /** Listings of accounts that are on sale but not offered, because of the availability of the account; cheapest first. */
  withheld(query: OfferQuery): readonly Offer[];
  /** The sorted offers of a game, for market pages. */
  index(game: Game): OfferIndex;
}

/** The changes of one update, as those see them who may use all accounts but these. */
export type ChangesWithout = (accounts: readonly string[]) => readonly MarketChange[];

export type MarketListener = (changes: readonly MarketChange[], changesWithout: ChangesWithout) => void;

/** The whole market of this node. */
export interface Market extends MarketView {
  /** The market without some accounts. */
  without(accounts: readonly string[]): MarketView;
  availability(supplierId: string): Availability;
  policy(supplierId: string, game: Game): SupplierPolicy;
  /** @returns a function that removes the listener */
  onChange(listener: MarketListener): () => void;
}
