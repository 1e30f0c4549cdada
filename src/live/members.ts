import { msBetween } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { clientRoom, marketRoom, tradesRoom } from './rooms.ts';
import type { Credentials, Listener, SocketAuthenticator } from './socket-authenticator.ts';
import type { FeedSocket } from './wire.ts';

/** Socket limits per node: per key or client, per merchant's keys, and per merchant's clients. */
const PER_ACTOR_MAX = 50;
const PER_MERCHANT_MAX = 2000;
/** A token can expire, so sockets with a token are checked again after this time. */
const TOKEN_TRUSTED_MS = 30_000;
/** The maximum of unread data: for a client that has read nothing since the last check, and for any client. */
const UNREAD_MAX_BYTES = { whileStalled: 1024 * 1024, always: 32 * 1024 * 1024 };
const CHECKED_AT_ONCE = 50;

interface Member {
  readonly credentials: Credentials;
  readonly listener: Listener;
  /** The version of keys and merchants at the last check. */
  readonly version: string;
  readonly checkedAt: Date;
}

/** The admitted sockets of this node. Each stays admitted as long as its credentials are valid. */
export class Members {
  readonly #socketAuthenticator: SocketAuthenticator;
  readonly #deps: Pick<Deps, 'clock' | 'log' | 'metrics'>;
  readonly #members = new Map<FeedSocket, Member>();
  readonly #counts = new Map<string, number>();
  readonly #bytesRead = new WeakMap<FeedSocket, number>();

  constructor(deps: Pick<Deps, 'clock' | 'log' | 'metrics'>, socketAuthenticator: SocketAuthenticator) {
    this.#deps = deps;
    this.#socketAuthenticator = socketAuthenticator;
  }

  get count(): number {
    return this.#members.size;
  }

  /**
   * Authenticates a socket and admits it, or disconnects it.
   * @returns whether the socket was admitted
   */
  async admit(socket: FeedSocket, credentials: Credentials): Promise<boolean> {
    const member = await this.#authenticate(credentials).catch((error) => {
      this.#deps.log.warn({ err: error }, 'failed to authenticate a live feed socket; its client reconnects');
      // Closed like a network failure, so that the client reconnects: a disconnect would mean that its key is invalid.
      socket.conn.close();
      return null;
    });
    if (!socket.connected) return false;
    if (!member || !this.#hasRoomFor(member)) {
      socket.disconnect(true);
      return false;
    }
    this.#add(socket, member);
    return true;
  }

  /** Disconnects sockets whose credentials are no longer valid, and updates the rooms of the others. */
  async recheck(): Promise<void> {
    if (this.#members.size === 0) return;
    this.#endStalled();
    const version = await this.#socketAuthenticator.version();
    const now = this.#deps.clock.now();
    const stale = [...this.#members].filter(([, member]) => isStale(member, version, now));
    for (let next = 0; next < stale.length; next += CHECKED_AT_ONCE) {
      const checked = await Promise.allSettled(
        stale.slice(next, next + CHECKED_AT_ONCE).map(([socket, member]) => this.#recheckOne(socket, member)),
      );
      // All checks have ended before an error is thrown: a running check would overlap the next round or a closed database.
      const failed = checked.find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
    }
  }

  async #authenticate(credentials: Credentials): Promise<Member | null> {
    // The version is read first: after a later change the next round checks again.
    const version = await this.#socketAuthenticator.version();
    const listener = await this.#socketAuthenticator.authenticate(credentials);
    return listener && { credentials, listener, version, checkedAt: this.#deps.clock.now() };
  }

  async #recheckOne(socket: FeedSocket, { credentials, listener: before }: Member): Promise<void> {
    const member = await this.#authenticate(credentials);
    if (!this.#members.has(socket)) return;
    if (!member) {
      socket.disconnect(true);
      return;
    }
    this.#members.set(socket, member);
    if (roomsOf(before).join() !== roomsOf(member.listener).join()) move(socket, before, member.listener);
  }

  #add(socket: FeedSocket, member: Member): void {
    this.#members.set(socket, member);
    this.#count(member, 1);
    socket.once('disconnect', () => {
      this.#members.delete(socket);
      this.#count(member, -1);
    });
    join(socket, member.listener);
  }

  #count(member: Member, change: 1 | -1): void {
    for (const [name] of limitsOf(member)) {
      const count = (this.#counts.get(name) ?? 0) + change;
      if (count > 0) this.#counts.set(name, count);
      else this.#counts.delete(name);
    }
    this.#deps.metrics.liveSockets.set(this.#members.size);
  }

  #hasRoomFor(member: Member): boolean {
    const full = limitsOf(member).find(([name, max]) => (this.#counts.get(name) ?? 0) >= max);
    if (full)
      this.#deps.log.warn(
        { key: full[0], max: full[1] },
        'socket limit of the live feed reached; a new socket was refused',
      );
    return !full;
  }

  /** Closes connections with too much unread data, to free memory; the client reconnects and fetches the state again. */
  #endStalled(): void {
    for (const socket of this.#members.keys()) {
      const { writableLength, bytesWritten } = socket.request.socket;
      const bytesRead = bytesWritten - writableLength;
      const isStalled = this.#bytesRead.get(socket) === bytesRead;
      this.#bytesRead.set(socket, bytesRead);
      if (writableLength > UNREAD_MAX_BYTES[isStalled ? 'whileStalled' : 'always']) socket.request.socket.destroy();
    }
  }
}

function isStale({ version, credentials, checkedAt, listener }: Member, current: string, now: Date): boolean {
  if (listener.endsAt && listener.endsAt <= now) return true;
  return version !== current || (credentials.token !== '' && msBetween(checkedAt, now) > TOKEN_TRUSTED_MS);
}

/** Clients have limits of their own, so that they cannot use up their merchant's limit. */
function limitsOf({ listener: { caller } }: Member): [string, number][] {
  const { merchantId, actor, client } = caller;
  return [
    [`${merchantId} ${actor}`, PER_ACTOR_MAX],
    [client ? `${merchantId} clients` : merchantId, PER_MERCHANT_MAX],
  ];
}

function roomsOf({ caller, followsMarket }: Listener): string[] {
  const { merchantId, client } = caller;
  const trades = client ? clientRoom(merchantId, client.steamId) : tradesRoom(merchantId);
  return [trades, ...(followsMarket ? [marketRoom(caller)] : [])];
}

/** A socket that joins the market gets a `sync` first, because earlier changes are not sent. */
function join(socket: FeedSocket, listener: Listener): void {
  if (listener.followsMarket) socket.emit('market', { type: 'sync', reason: 'subscribe' });
  void socket.join(roomsOf(listener)); // takes effect at once on this node; only the message to other nodes is asynchronous
}

function move(socket: FeedSocket, from: Listener, to: Listener): void {
  for (const room of roomsOf(from)) void socket.leave(room); // takes effect at once on this node
  join(socket, to);
}
