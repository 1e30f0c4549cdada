import type { Server, Socket } from 'socket.io';
import type { ListingWire } from '../market/wire.ts';
import type { TradeWire } from '../trades/wire.ts';

/** The events of the live feed, in the form of the public API. */
export interface FeedEvents {
  trade: (message: TradeMessage) => void;
  market: (message: MarketMessage) => void;
}

/** The trade in the form of a callback; the stored body is sent unchanged. */
export interface TradeMessage {
  readonly trade: TradeWire;
}

/** All listings come from marketplaces; the gateway has no stock of its own. */
export const SOURCE = 'external';

export type MarketMessage =
  | {
      readonly type: 'upsert';
      readonly game: number;
      readonly source: typeof SOURCE;
      readonly item: ListingWire;
      readonly at: string;
    }
  | { readonly type: 'remove'; readonly game: number; readonly source: typeof SOURCE; readonly itemId: string }
  | { readonly type: 'sync'; readonly reason: 'feed'; readonly game: number; readonly source: typeof SOURCE }
  | { readonly type: 'sync'; readonly reason: 'subscribe' };

/** Clients send no events. */
type NoEvents = Record<string, never>;

export type FeedServer = Server<NoEvents, FeedEvents>;
export type FeedSocket = Socket<NoEvents, FeedEvents>;
