import type { Game } from '../core/games.ts';
import type { FeedAnswer, Listing, Unknown } from './supplier.ts';

/** A list of a game: what of it is on sale for us, and how many listings it has in all. */
export interface WholeList {
  readonly listings: readonly Listing[];
  readonly count: number;
}

/**
 * Reads a feed that is one whole list for each game, one after the other. If one cannot be read, the answer is unknown: the
 * rest would look like everything. The cursor is how many listings each list had: one that has lost half of them since is
 * more likely to have been cut at the marketplace than a market that sold out.
 */
export async function readWholeLists(
  games: readonly Game[],
  cursor: string | null,
  readList: (game: Game) => Promise<WholeList | Unknown>,
): Promise<FeedAnswer> {
  const listings: (readonly Listing[])[] = [];
  const counts: string[] = [];
  for (const game of games) {
    const list = await readList(game);
    if ('outcome' in list) return list;
    const earlier = countIn(cursor, game);
    if (earlier > 0 && list.count * 2 <= earlier) {
      return {
        outcome: 'unknown',
        cause: `the price list of game ${game} has ${list.count} listings, and had ${earlier}`,
      };
    }
    listings.push(list.listings);
    counts.push(`${game}:${list.count}`);
  }
  // `flat` would look at each of very many listings.
  const all = ([] as Listing[]).concat(...listings);
  return { outcome: 'read', cursor: counts.join(), isWhole: true, listings: all, gone: [] };
}

/** 0: the cursor does not say it. */
function countIn(cursor: string | null, game: Game): number {
  const counts = (cursor ?? '').split(',').map((part) => part.split(':'));
  return Number(counts.find(([name, count]) => name === game && /^\d+$/.test(count ?? ''))?.[1] ?? 0);
}
