import type { Clock } from '../core/clock.ts';
import type { MarketChange } from '../market/market.ts';
import { listingToWire } from '../market/wire.ts';
import { type MarketMessage, SOURCE } from './wire.ts';

/** Beyond that many at once it is cheaper for everybody to fetch the game anew. */
const CHANGES_MAX = 500;

/** Tells the sockets of this node at one fee. */
export type TellMarket = (feeBps: number, message: MarketMessage) => void;

/** Tells what has changed on sale, at each fee at which somebody listens; where nobody does, nothing is built. */
export function marketNews(clock: Clock, feesHeard: () => number[], tell: TellMarket) {
  return (changes: readonly MarketChange[]): void => {
    const fees = feesHeard();
    if (fees.length === 0) return;
    const at = clock.now().toISOString();
    const shown = changes.length > CHANGES_MAX ? syncs(changes) : changes;
    for (const feeBps of fees) {
      for (const change of shown) tell(feeBps, changeToWire(change, feeBps, at));
    }
  };
}

function syncs(changes: readonly MarketChange[]): MarketChange[] {
  const games = new Set(changes.map((change) => (change.type === 'upsert' ? change.offer.listing.game : change.game)));
  return [...games].map((game) => ({ type: 'sync', game }));
}

function changeToWire(change: MarketChange, feeBps: number, at: string): MarketMessage {
  if (change.type === 'upsert') {
    const { game } = change.offer.listing;
    const item = listingToWire(change.offer, feeBps);
    return { type: 'upsert', game: Number(game), source: SOURCE, item, at };
  }
  const game = Number(change.game);
  if (change.type === 'remove') return { type: 'remove', game, source: SOURCE, itemId: change.id };
  return { type: 'sync', reason: 'feed', game, source: SOURCE };
}
