import type { Clock } from '../core/clock.ts';
import type { MarketChange, MarketListener } from '../market/market.ts';
import { listingToWire } from '../market/wire.ts';
import type { MarketAudience } from './rooms.ts';
import { type MarketMessage, SOURCE } from './wire.ts';

/** With more changes at once, clients are told to fetch the game again, which is cheaper. */
const CHANGES_MAX = 500;

/** Sends a message to this node's sockets of an audience. */
export type EmitMarket = (audience: MarketAudience, message: MarketMessage) => void;

/** Sends market changes as each audience with sockets sees them; without sockets nothing is built. */
export function marketUpdates(clock: Clock, audiencesNow: () => MarketAudience[], emit: EmitMarket): MarketListener {
  return (_changes, changesWithout) => {
    const audiences = audiencesNow();
    if (audiences.length === 0) return;
    const at = clock.now().toISOString();
    for (const audience of audiences) {
      const changes = changesWithout(audience.deniedAccounts);
      const shown = changes.length > CHANGES_MAX ? syncs(changes) : changes;
      for (const change of shown) emit(audience, changeToWire(change, audience.feeBps, at));
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
