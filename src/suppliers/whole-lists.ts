import type { Game } from '../core/games.ts';
import type { KnownList, ListDifference } from './list-difference.ts';
import { ListTurns } from './list-turns.ts';
import type { FeedAnswer, Listing, Unknown } from './supplier.ts';

/** A list of a game: what of it is on sale for us, and how many listings it has in all. */
export interface WholeList {
  readonly listings: readonly Listing[];
  readonly count: number;
}

/** What a list that was read changes. */
export interface ListChanges extends ListDifference {
  readonly count: number;
}

/**
 * A feed that is one whole list for each game. If one cannot be read, the answer is unknown: the rest would look like
 * everything.
 *
 * The cursor is how many listings each list had and which version it was. A list that has lost half of them since is more
 * likely to have been cut at the marketplace than a market that sold out. A caller whose cursor has the versions that were
 * read here last is told what has changed, which is a few per cent, and everybody else everything.
 */
export class WholeLists {
  readonly #games: readonly Game[];
  readonly #turns: ListTurns;
  /** What the last answer said, which costs 7 MB for 340,000 listings; without it, an answer is whole. */
  #known: ReadonlyMap<Game, KnownList> = new Map();

  /** @param turns what the lists wait for */
  constructor(games: readonly Game[], turns = new ListTurns()) {
    this.#games = games;
    this.#turns = turns;
  }

  /** @param readList compares the list with the one before; null: with nothing */
  async read(
    cursor: string | null,
    readList: (game: Game, before: KnownList | null) => Promise<ListChanges | Unknown>,
  ): Promise<FeedAnswer> {
    const told = parse(cursor);
    const isKnown = this.#games.every((game) => isSame(told.get(game), this.#known.get(game)));
    const lists = new Map<Game, ListChanges>();
    for (const game of this.#games) {
      const before = isKnown ? (this.#known.get(game) ?? null) : null;
      const list = await this.#turns.next(() => readList(game, before));
      if ('outcome' in list) return list;
      const earlier = told.get(game)?.count ?? 0;
      if (earlier > 0 && list.count * 2 <= earlier) {
        const cause = `the price list of game ${game} has ${list.count} listings, and had ${earlier}`;
        return { outcome: 'unknown', cause };
      }
      lists.set(game, list);
    }
    this.#known = new Map([...lists].map(([game, { known }]) => [game, known]));
    return answerOf(lists, !isKnown);
  }
}

function answerOf(lists: ReadonlyMap<Game, ListChanges>, isWhole: boolean): FeedAnswer {
  const all = [...lists.values()];
  return {
    outcome: 'read',
    cursor: [...lists].map(([game, { count, known }]) => `${game}:${count}:${known.version}`).join(),
    isWhole,
    // `flat` would look at each of very many listings.
    listings: ([] as Listing[]).concat(...all.map(({ listings }) => listings)),
    gone: ([] as string[]).concat(...all.map(({ gone }) => gone)),
  };
}

interface Told {
  readonly count: number;
  readonly version: string;
}

function isSame(told: Told | undefined, known: KnownList | undefined): boolean {
  return told !== undefined && told.version === known?.version;
}

/** What a cursor says of each game; nothing, if it is not one of these. */
function parse(cursor: string | null): ReadonlyMap<string, Told> {
  const parts = (cursor ?? '').split(',').map((part) => /^(\d+):(\d+):([\w-]+)$/.exec(part));
  return new Map(
    parts.flatMap((part): [string, Told][] =>
      part ? [[part[1] ?? '', { count: Number(part[2]), version: part[3] ?? '' }]] : [],
    ),
  );
}
