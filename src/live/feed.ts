import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { Server as Engine } from 'engine.io';
import { Server } from 'socket.io';
import type { Authentication } from '../auth/authentication.ts';
import type { Database } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import type { Market } from '../market/market.ts';
import { limitedNetwork } from '../net/addresses.ts';
import type { ClientAddresses } from '../net/client-address.ts';
import type { TradeWire } from '../trades/wire.ts';
import { Ticker } from '../work/ticker.ts';
import { Audience } from './audience.ts';
import { ConnectionGate } from './connection-gate.ts';
import { type FrameLimit, limitFrames } from './frame-limit.ts';
import { type Link, openLink } from './link.ts';
import { marketNews } from './market-updates.ts';
import { Members } from './members.ts';
import { clientRoom, marketFees, marketRoom, tradesRoom } from './rooms.ts';
import { credentialsOf, SocketAuthenticator } from './socket-authenticator.ts';
import { TradeNews } from './trade-updates.ts';
import type { FeedServer, FeedSocket, MarketMessage } from './wire.ts';

/** Together with what `AuthVersion` trusts, a revocation is felt within about three seconds. */
const RECHECK_EVERY_MS = 1000;
/** From the open connection to the first word, which clients say at once. */
const FIRST_WORD_MAX_MS = 5000;
/** Clients say nothing but hello and pong. */
const MESSAGE_MAX_BYTES = 4096;

/**
 * The live feed of one node: tells sockets what happens, once, and remembers nothing. A node that serves no merchants
 * has no sockets, and tells those of the others.
 */
export class LiveFeed {
  readonly #deps: Deps;
  readonly #link: Link;
  readonly #io: FeedServer;
  readonly #engine: Engine;
  readonly #connectionGate: ConnectionGate;
  readonly #frameLimits = new WeakMap<object, FrameLimit>();
  readonly #members: Members;
  readonly #addresses: ClientAddresses;
  readonly #recheck: Ticker;
  readonly #trades: TradeNews;
  #forgetMarket: () => void = () => {};

  constructor(deps: Deps, database: Database, authentication: Authentication) {
    this.#deps = deps;
    const { config, log } = deps;
    this.#link = openLink(config, database, log);
    const { adapter } = this.#link;
    const options = { serveClient: false, connectTimeout: FIRST_WORD_MAX_MS, ...(adapter ? { adapter } : {}) };
    this.#io = new Server(options);
    this.#engine = new Engine({ transports: ['websocket'], maxHttpBufferSize: MESSAGE_MAX_BYTES });
    this.#io.bind(this.#engine);
    limitFrames(this.#engine, this.#frameLimits);
    this.#addresses = authentication.addresses;
    this.#connectionGate = new ConnectionGate(this.#engine, countedUnder(authentication));
    this.#members = new Members(deps, socketAuthenticator(authentication));
    this.#recheck = new Ticker('check of live sockets', () => this.#members.recheck(), RECHECK_EVERY_MS, log);
    this.#trades = new TradeNews(deps, new Audience(this.#io, this.#link), (merchantId, trade) =>
      this.#tellTrade(merchantId, trade),
    );
    this.#io.on('connection', (socket) => void this.#admit(socket));
    deps.signals.on('tradeOpened', (opened) => this.#trades.add(opened));
    deps.signals.on('callbackWritten', (written) => this.#trades.add(written));
  }

  /** Takes sockets at this server, and tells them of the market as well. */
  serve(server: HttpServer): void {
    this.#connectionGate.attach(server);
    this.#recheck.start();
    this.#follow(this.#deps.market);
  }

  /** Ends all sockets; their clients come again, elsewhere or later. What still happens here is told to other nodes. */
  async letGo(): Promise<void> {
    this.#forgetMarket();
    await Promise.all([this.#connectionGate.close(), this.#recheck.stop()]);
  }

  async close(): Promise<void> {
    await this.#trades.stop();
    await this.#io.sockets.adapter.close();
    await this.#link.close();
  }

  /** Told to this node's sockets only: every node has a market of its own. */
  #follow(market: Market): void {
    const { rooms } = this.#io.sockets.adapter;
    const feesHeard = () => marketFees(rooms.keys());
    const news = marketNews(this.#deps.clock, feesHeard, (feeBps, message) => this.#tellMarket(feeBps, message));
    this.#forgetMarket = market.onChange(news);
  }

  async #admit(socket: FeedSocket): Promise<void> {
    // Whoever says something after all has another protocol in mind, or floods.
    socket.onAny(() => socket.disconnect(true));
    const { request, handshake } = socket;
    const credentials = credentialsOf(handshake.query, this.#addresses.of(request));
    if (!(await this.#members.admit(socket, credentials))) return;
    this.#frameLimits.get(request)?.admit();
    this.#connectionGate.admit(request);
  }

  #tellMarket(feeBps: number, message: MarketMessage): void {
    this.#io.local.to(marketRoom(feeBps)).emit('market', message);
    this.#deps.metrics.liveEvents.inc({ event: 'market' });
  }

  #tellTrade(merchantId: string, trade: TradeWire): void {
    const ofClient = trade.source === 'client' ? [clientRoom(merchantId, trade.clientSteamID)] : [];
    this.#io.to([tradesRoom(merchantId), ...ofClient]).emit('trade', { trade });
    this.#deps.metrics.liveEvents.inc({ event: 'trade' });
  }
}

/**
 * Connections count under the caller's network. Those with a key that was issued, or with a token that names a
 * merchant, count apart from the others there.
 */
function countedUnder(authentication: Authentication): (request: IncomingMessage) => string {
  return (request) => {
    const address = authentication.addresses.of(request);
    const [, query = ''] = (request.url ?? '').split('?', 2);
    const known = authentication.knownNameOf(credentialsOf(parse(query), address));
    const network = limitedNetwork(address);
    return known === null ? network : `${network} ${known}`;
  };
}

function socketAuthenticator({ version, keys, clients }: Authentication): SocketAuthenticator {
  return new SocketAuthenticator(version, keys, clients);
}
