import { msBetween } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { clientRoom, marketRoom, tradesRoom } from './rooms.ts';
import type { Credentials, Listener, SocketAuthenticator } from './socket-authenticator.ts';
import type { FeedSocket } from './wire.ts';

/** Of one key or one client, of one merchant's keys, and of all its clients; on one node. */
const PER_ACTOR_MAX = 50;
const PER_MERCHANT_MAX = 2000;
/** A token ends by itself, so its sockets are looked at now and then. */
const TOKEN_TRUSTED_MS = 30_000;
/** What a client may leave unread while it reads nothing at all, from one look to the next, and at any time. */
const UNREAD_MAX_BYTES = { whileStill: 1024 * 1024, ever: 32 * 1024 * 1024 };
const CHECKED_AT_ONCE = 50;

interface Member {
  readonly credentials: Credentials;
  readonly listener: Listener;
  /** The version of keys and merchants by which it was let in. */
  readonly version: string;
  readonly checkedAt: Date;
}

/** The sockets of this node that were let in, for as long as what they came with is good. */
export class Members {
  readonly #socketAuthenticator: SocketAuthenticator;
  readonly #deps: Pick<Deps, 'clock' | 'log' | 'metrics'>;
  readonly #members = new Map<FeedSocket, Member>();
  readonly #counts = new Map<string, number>();
  readonly #taken = new WeakMap<FeedSocket, number>();

  constructor(deps: Pick<Deps, 'clock' | 'log' | 'metrics'>, socketAuthenticator: SocketAuthenticator) {
    this.#deps = deps;
    this.#socketAuthenticator = socketAuthenticator;
  }

  /**
   * Lets a socket in, or ends it without a word.
   * @returns whether it was let in
   */
  async admit(socket: FeedSocket, credentials: Credentials): Promise<boolean> {
    const member = await this.#look(credentials).catch((error) => {
      this.#deps.log.warn({ err: error }, 'a socket of the live feed could not be checked now');
      // Cut as the network would, so that it comes again: being disconnected would tell it that its key is bad.
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

  /** Ends whoever may not listen any more, and moves whoever now listens to something else. */
  async recheck(): Promise<void> {
    if (this.#members.size === 0) return;
    this.#endUnread();
    const version = await this.#socketAuthenticator.version();
    const now = this.#deps.clock.now();
    const stale = [...this.#members].filter(([, member]) => isStale(member, version, now));
    for (let next = 0; next < stale.length; next += CHECKED_AT_ONCE) {
      const checked = await Promise.allSettled(
        stale.slice(next, next + CHECKED_AT_ONCE).map(([socket, member]) => this.#again(socket, member)),
      );
      // All of them have ended first: what ran on would meet the next round, or a database that is closed.
      const failed = checked.find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
    }
  }

  async #look(credentials: Credentials): Promise<Member | null> {
    // Asked first: should something change meanwhile, the next round looks again.
    const version = await this.#socketAuthenticator.version();
    const listener = await this.#socketAuthenticator.judge(credentials);
    return listener && { credentials, listener, version, checkedAt: this.#deps.clock.now() };
  }

  async #again(socket: FeedSocket, { credentials, listener: before }: Member): Promise<void> {
    const member = await this.#look(credentials);
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
    for (const [name] of bounds(member)) {
      const count = (this.#counts.get(name) ?? 0) + change;
      if (count > 0) this.#counts.set(name, count);
      else this.#counts.delete(name);
    }
    this.#deps.metrics.liveSockets.set(this.#members.size);
  }

  #hasRoomFor(member: Member): boolean {
    const full = bounds(member).find(([name, max]) => (this.#counts.get(name) ?? 0) >= max);
    if (full)
      this.#deps.log.warn({ whose: full[0], max: full[1] }, 'too many sockets of the live feed; one was turned away');
    return !full;
  }

  /** Beyond that it is better served by a new start, and the memory by its end. */
  #endUnread(): void {
    for (const socket of this.#members.keys()) {
      const { writableLength, bytesWritten } = socket.request.socket;
      const taken = bytesWritten - writableLength;
      const isStill = this.#taken.get(socket) === taken;
      this.#taken.set(socket, taken);
      if (writableLength > UNREAD_MAX_BYTES[isStill ? 'whileStill' : 'ever']) socket.request.socket.destroy();
    }
  }
}

function isStale({ version, credentials, checkedAt, listener }: Member, current: string, now: Date): boolean {
  if (listener.endsAt && listener.endsAt <= now) return true;
  return version !== current || (credentials.token !== '' && msBetween(checkedAt, now) > TOKEN_TRUSTED_MS);
}

/** As with limits: clients have numbers of their own, so that they cannot keep their merchant out. */
function bounds({ listener: { caller } }: Member): [string, number][] {
  const { merchantId, actor, client } = caller;
  return [
    [`${merchantId} ${actor}`, PER_ACTOR_MAX],
    [client ? `${merchantId} clients` : merchantId, PER_MERCHANT_MAX],
  ];
}

function roomsOf({ caller, hearsMarket }: Listener): string[] {
  const { merchantId, client } = caller;
  const trades = client ? clientRoom(merchantId, client.steamId) : tradesRoom(merchantId);
  return [trades, ...(hearsMarket ? [marketRoom(caller.feeBps)] : [])];
}

/** Whoever hears the market is told first to fetch it: nothing is said of what was before. */
function join(socket: FeedSocket, listener: Listener): void {
  if (listener.hearsMarket) socket.emit('market', { type: 'sync', reason: 'subscribe' });
  void socket.join(roomsOf(listener)); // at once: only what other nodes are told of it takes time
}

function move(socket: FeedSocket, from: Listener, to: Listener): void {
  for (const room of roomsOf(from)) void socket.leave(room); // as above
  join(socket, to);
}
