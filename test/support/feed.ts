import { io, type Socket } from 'socket.io-client';
import type { MarketMessage } from '../../src/live/wire.ts';
import type { TradeWire } from '../../src/trades/wire.ts';

const WITHIN_MS = 240_000;

interface Heard {
  readonly trade: { trade: TradeWire };
  readonly market: MarketMessage;
}

/** A socket as merchants' programs open one; it keeps all that it hears, and how each of its connections ended. */
export class FeedSocket {
  readonly #socket: Socket;
  readonly #trades: TradeWire[] = [];
  readonly #market: MarketMessage[] = [];
  readonly ends: string[] = [];
  readonly #looks = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('trade', ({ trade }: Heard['trade']) => this.#keep(this.#trades, trade));
    socket.on('market', (message: Heard['market']) => this.#keep(this.#market, message));
    socket.on('disconnect', (reason) => this.#keep(this.ends, reason));
  }

  /** Resolves once the connection is open, before the server has said whether the socket may stay. */
  static async open(
    baseUrl: string,
    query: Record<string, string>,
    reconnects = false,
    extraHeaders: Record<string, string> = {},
  ): Promise<FeedSocket> {
    const options = {
      transports: ['websocket'],
      query,
      extraHeaders,
      forceNew: true,
      reconnection: reconnects,
      reconnectionDelay: 50,
    };
    const socket = io(baseUrl, options);
    const feed = new FeedSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      if (!reconnects) socket.once('connect_error', reject);
    });
    return feed;
  }

  /** As `open`, and waits for what every socket is told first that hears the market. */
  static async accepted(baseUrl: string, query: Record<string, string>, reconnects = false): Promise<FeedSocket> {
    const feed = await FeedSocket.open(baseUrl, query, reconnects);
    await feed.market((message) => message.type === 'sync' && message.reason === 'subscribe');
    return feed;
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  get heardTrades(): readonly TradeWire[] {
    return this.#trades;
  }

  get heardMarket(): readonly MarketMessage[] {
    return this.#market;
  }

  /** The first trade heard, by now or soon, of which this is true. */
  trade(matches: (trade: TradeWire) => boolean, withinMs = WITHIN_MS): Promise<TradeWire> {
    return this.#first(this.#trades, matches, 'a trade', withinMs);
  }

  market(matches: (message: MarketMessage) => boolean): Promise<MarketMessage> {
    return this.#first(this.#market, matches, 'a word of the market');
  }

  /** How the nth connection ended, which it has by now or does soon. */
  async ended(nth = 1): Promise<string> {
    await this.#first(this.ends, () => this.ends.length >= nth, 'the end of the connection');
    return this.ends[nth - 1] ?? '';
  }

  says(event: string, ...args: unknown[]): void {
    this.#socket.emit(event, ...args);
  }

  close(): void {
    this.#socket.disconnect();
  }

  #keep<T>(all: T[], one: T): void {
    all.push(one);
    for (const look of this.#looks) look();
  }

  #first<T>(all: readonly T[], matches: (one: T) => boolean, what: string, withinMs = WITHIN_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = all.find(matches);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#looks.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#looks.delete(look);
        reject(new Error(`not heard within ${withinMs} ms: ${what}; heard: ${JSON.stringify(all)}`));
      }, withinMs);
      this.#looks.add(look);
      look();
    });
  }
}
