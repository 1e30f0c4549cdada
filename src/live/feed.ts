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
import { marketUpdates } from './market-updates.ts';
import { Members } from './members.ts';
import { clientRoom, type MarketAudience, marketAudiences, marketRoom, tradesRoom } from './rooms.ts';
import { credentialsOf, SocketAuthenticator } from './socket-authenticator.ts';
import { TradeUpdates } from './trade-updates.ts';
import type { FeedServer, FeedSocket, MarketMessage } from './wire.ts';

const PATH = '/socket.io/';

/** Whether an upgrade request is for the live feed. Any other upgrade request is answered as a plain HTTP request. */
export function isFeedRequest({ url = '' }: IncomingMessage): boolean {
  const [path] = url.split('?', 1);
  return path === PATH;
}

/** Together with the caching of `AuthVersion`, a revocation takes effect within about three seconds. */
const RECHECK_EVERY_MS = 1000;
/** Clients send their first message as soon as the connection is open. */
const FIRST_MESSAGE_MAX_MS = 5000;
/** Clients send only the handshake and pongs. */
const MESSAGE_MAX_BYTES = 4096;

/**
 * The live feed of one node. Events are sent once and not stored. A node that does not serve merchants has no sockets of
 * its own, but sends its events to the sockets of other nodes.
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
  readonly #trades: TradeUpdates;
  #unfollowMarket: () => void = () => {};

  constructor(deps: Deps, database: Database, authentication: Authentication) {
    this.#deps = deps;
    const { config, log } = deps;
    this.#link = openLink(config, database, log);
    const { adapter } = this.#link;
    const options = { serveClient: false, connectTimeout: FIRST_MESSAGE_MAX_MS, ...(adapter ? { adapter } : {}) };
    this.#io = new Server(options);
    this.#engine = new Engine({ transports: ['websocket'], maxHttpBufferSize: MESSAGE_MAX_BYTES });
    this.#io.bind(this.#engine);
    limitFrames(this.#engine, this.#frameLimits);
    this.#addresses = authentication.addresses;
    this.#connectionGate = new ConnectionGate(this.#engine, countingKey(authentication));
    this.#members = new Members(deps, socketAuthenticator(authentication));
    this.#recheck = new Ticker('check of live sockets', () => this.#check(), RECHECK_EVERY_MS, log);
    this.#trades = new TradeUpdates(deps, new Audience(this.#io, this.#link), (merchantId, trade) =>
      this.#emitTrade(merchantId, trade),
    );
    this.#io.on('connection', (socket) => void this.#admit(socket));
    deps.signals.on('tradeOpened', (opened) => this.#trades.add(opened));
    deps.signals.on('callbackWritten', (written) => this.#trades.add(written));
  }

  /** Accepts sockets on this server, and sends them market updates as well. */
  serve(server: HttpServer): void {
    this.#connectionGate.attach(server);
    this.#recheck.start();
    this.#follow(this.#deps.market);
  }

  /** Disconnects all sockets; clients reconnect to another node or later. Later events still go to other nodes. */
  async disconnectAll(): Promise<void> {
    this.#unfollowMarket();
    await Promise.all([this.#connectionGate.close(), this.#recheck.stop()]);
  }

  async close(): Promise<void> {
    await this.#trades.stop();
    await this.#io.sockets.adapter.close();
    await this.#link.close();
  }

  async #check(): Promise<void> {
    if (this.#members.count > 0) this.#deps.signals.emit('looked');
    await this.#members.recheck();
  }

  /** Market updates go to this node's sockets only, because every node has its own copy of the market. */
  #follow(market: Market): void {
    const { rooms } = this.#io.sockets.adapter;
    const audiences = () => marketAudiences(rooms.keys());
    const updates = marketUpdates(this.#deps.clock, audiences, (audience, message) =>
      this.#emitMarket(audience, message),
    );
    this.#unfollowMarket = market.onChange(updates);
  }

  async #admit(socket: FeedSocket): Promise<void> {
    // Clients have no events to send; a client that sends one uses another protocol or floods the server.
    socket.onAny(() => socket.disconnect(true));
    const { request, handshake } = socket;
    const credentials = credentialsOf(handshake.query, this.#addresses.of(request));
    if (!(await this.#members.admit(socket, credentials))) return;
    this.#frameLimits.get(request)?.admit();
    this.#connectionGate.admit(request);
  }

  #emitMarket(audience: MarketAudience, message: MarketMessage): void {
    this.#io.local.to(marketRoom(audience)).emit('market', message);
    this.#deps.metrics.liveEvents.inc({ event: 'market' });
  }

  #emitTrade(merchantId: string, trade: TradeWire): void {
    const ofClient = trade.source === 'client' ? [clientRoom(merchantId, trade.clientSteamID)] : [];
    this.#io.to([tradesRoom(merchantId), ...ofClient]).emit('trade', { trade });
    this.#deps.metrics.liveEvents.inc({ event: 'trade' });
  }
}

/**
 * Connections are counted per network of the caller. Connections with an issued key, or with a token that names a
 * merchant, are counted separately.
 */
function countingKey(authentication: Authentication): (request: IncomingMessage) => string {
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
