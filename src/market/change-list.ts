import type { Game } from '../core/games.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import type { MarketChange, Offer } from './market.ts';

/** Per game in one update. With more changes listeners get one `sync`, because reading the whole game is cheaper. */
const NAMED_CHANGES_MAX = 500;

/** The listings that one update has changed, for listeners: each once, or that a whole game must be read again. */
export class ChangeList {
  /** Public ids; null: too many. */
  readonly #games = new Map<Game, Set<string> | null>();

  /** For a listing that was offered before, or is now. */
  add(game: Game, { listingIds }: Supplier, nativeId: string): void {
    const ids = this.#games.get(game);
    if (ids === null) return;
    const changed = (ids ?? new Set<string>()).add(listingIds.toPublic(nativeId));
    this.#games.set(game, changed.size > NAMED_CHANGES_MAX ? null : changed);
  }

  /** @param offered what is offered now under a listing id */
  all(offered: (id: string) => Offer | undefined): MarketChange[] {
    return [...this.#games].flatMap(([game, ids]): MarketChange[] =>
      ids ? [...ids].map((id) => changeOf(game, id, offered(id))) : [{ type: 'sync', game }],
    );
  }
}

function changeOf(game: Game, id: string, offer: Offer | undefined): MarketChange {
  return offer ? { type: 'upsert', offer } : { type: 'remove', game, id };
}
