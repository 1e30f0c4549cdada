import type { Game } from '../core/games.ts';
import type { MarketChange, Offer } from './market.ts';

/** Per game in one update. With more changes listeners get one `sync`, because reading the whole game is cheaper. */
const NAMED_CHANGES_MAX = 500;

/** The changes of one update, for listeners: the last change of each offer, or that a whole game must be read again. */
export class ChangeList {
  /** null: too many. */
  readonly #games = new Map<Game, Map<string, MarketChange> | null>();

  upsert(offer: Offer): void {
    this.#add(offer, { type: 'upsert', offer });
  }

  remove(offer: Offer): void {
    this.#add(offer, { type: 'remove', game: offer.listing.game, id: offer.id });
  }

  all(): MarketChange[] {
    return [...this.#games].flatMap(([game, named]): MarketChange[] =>
      named ? [...named.values()] : [{ type: 'sync', game }],
    );
  }

  #add({ id, listing: { game } }: Offer, change: MarketChange): void {
    const named = this.#games.get(game);
    if (named === null) return;
    const changes = named ?? new Map<string, MarketChange>();
    this.#games.set(game, changes.set(id, change).size > NAMED_CHANGES_MAX ? null : changes);
  }
}
