import type { Game } from '../core/games.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import type { GameIndex } from './game-index.ts';

/** A listing that is on sale, and who sells it. */
export interface Offer {
  /** The public listing id, as `/secure/buy` takes it. */
  readonly id: string;
  readonly supplier: Supplier;
  readonly listing: Listing;
}

/** Which offers are meant; what is absent is open. */
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

/** What became of offers since the last change. `sync`: too much to name, all of the game may be different. */
export type MarketChange =
  | { readonly type: 'upsert'; readonly offer: Offer }
  | { readonly type: 'remove'; readonly game: Game; readonly id: string }
  | { readonly type: 'sync'; readonly game: Game };

/**
 * What is on sale, as this node knows it from the suppliers' feeds. It can be seconds old: whoever buys names a ceiling,
 * and the supplier decides.
 */
export interface Market {
  /**
   * Whether every supplier of the game was heard since this node started, or given up, and at least one of them was
   * heard of late. Until then nothing can be said of what is on sale.
   */
  isKnown(game: Game): boolean;
  /** Whether a supplier of the game may still be heard for the first time since this node started. */
  isAwaited(game: Game): boolean;
  offer(id: string): Offer | undefined;
  /** Offers of one catalogue item or name, or of the whole game, cheapest first. */
  offers(query: OfferQuery): readonly Offer[];
  /** What is on sale for a game, in the orders in which market pages show it. */
  index(game: Game): GameIndex;
  /** @returns a function that ends the listening */
  onChange(listener: (changes: readonly MarketChange[]) => void): () => void;
}
