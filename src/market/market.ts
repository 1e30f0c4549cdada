import type { Game } from '../core/games.ts';
import type { Mills } from '../core/money.ts';
import type { SupplierPolicy } from '../supplier-accounts/policy.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import type { GameIndex } from './game-index.ts';

/** A listing on sale and its supplier. */
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
}

/** A change of the offers. `sync`: too many changes to list; the whole game must be read again. */
export type MarketChange =
  | { readonly type: 'upsert'; readonly offer: Offer }
  | { readonly type: 'remove'; readonly game: Game; readonly id: string }
  | { readonly type: 'sync'; readonly game: Game };

/**
 * The offers on sale, from the suppliers' feeds. They can be seconds old: a buyer gives a maximum price, and the supplier
 * decides.
 */
export interface Market {
  /**
   * Whether the market of the game is loaded: each supplier's feed was read or is unavailable, and at least one supplier is
   * available, with purchases that work.
   */
  isKnown(game: Game): boolean;
  /** Whether a supplier's feed for the game has not been read since this node started. */
  isLoading(game: Game): boolean;
  /** A listing on sale, whether it is offered or not. */
  offer(id: string): Offer | undefined;
  /** Offers of one catalogue item, one name or the whole game, cheapest first. */
  offers(query: OfferQuery): readonly Offer[];
  /** Listings that are on sale but not offered, because of the availability of their suppliers; cheapest first. */
  withheld(query: OfferQuery): readonly Offer[];
  availability(supplierId: string): Availability;
  policy(supplierId: string, game: Game): SupplierPolicy;
  /** The sorted offers of a game, for market pages. */
  index(game: Game): GameIndex;
  /** @returns a function that removes the listener */
  onChange(listener: (changes: readonly MarketChange[]) => void): () => void;
}
