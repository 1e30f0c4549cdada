import type { Game } from '../core/games.ts';
import type { Listing } from '../suppliers/supplier.ts';
import { AccountOffers, type Selling } from './account-offers.ts';
import { GameIndex } from './game-index.ts';
import type { ItemName } from './item-updates.ts';

/** Offers in the orders of market pages. */
export class OfferOrders {
  // A CS2 item can have hundreds of listings, which have a route of their own. Rust has no such route, so all are shown.
  readonly indexes = { '730': new GameIndex(false), '252490': new GameIndex(true) } as const satisfies Record<
    Game,
    GameIndex
  >;
  readonly #counts = new Map<string, number>();

  /** The number of an account's offers, also of those that are better bought with another account. */
  countOf(account: string): number {
    return this.#counts.get(account) ?? 0;
  }

  of(account: string, { game, catalogId }: ItemName): AccountOffers | undefined {
    return this.indexes[game].item(catalogId)?.accounts.find(({ supplier }) => supplier.id === account);
  }

  /** Replaces what an account offers of one catalogue item. */
  put(selling: Selling, { game, catalogId }: ItemName, listings: readonly Listing[]): void {
    const { id } = selling.supplier;
    const index = this.indexes[game];
    const before = this.of(id, { game, catalogId });
    const others = (index.item(catalogId)?.accounts ?? []).filter((account) => account !== before);
    const own = listings.length === 0 ? [] : [new AccountOffers(selling, listings, index.showsAll, before)];
    this.#counts.set(id, this.countOf(id) + listings.length - (before?.count ?? 0));
    index.put(catalogId, others.concat(own));
  }
}
