import type { FastifyBaseLogger } from 'fastify';
import type { Metrics } from '../metrics.ts';
import type { Credentials, Doorkeeper, Listener } from './doorkeeper.ts';
import { clientRoom, marketRoom, tradesRoom } from './rooms.ts';
import type { FeedSocket } from './wire.ts';

/** Of one key or one client, and of one merchant with all its clients; on one node. */
const PER_ACTOR_MAX = 50;
const PER_MERCHANT_MAX = 2000;
/** A token ends by itself, so its sockets are looked at now and then. */
const TOKEN_TRUSTED_MS = 30_000;
/** Packets that a client has not taken yet; beyond that it is better served by a new start. */
const UNREAD_MAX = 2000;
const CHECKED_AT_ONCE = 50;

interface Member {
  readonly credentials: Credentials;
  readonly listener: Listener;
  /** The version of keys and merchants by which it was let in. */
  readonly version: string;
  readonly checkedAt: number;
}

interface Parts {
  readonly doorkeeper: Doorkeeper;
  readonly metrics: Metrics;
  readonly log: FastifyBaseLogger;
}

/** The sockets of this node that were let in, for as long as what they came with is good. */
export class Members {
  readonly #doorkeeper: Doorkeeper;
  readonly #metrics: Metrics;
  readonly #log: FastifyBaseLogger;
  readonly #members = new Map<FeedSocket, Member>();
  readonly #counts = new Map<string, number>();

  constructor({ doorkeeper, metrics, log }: Parts) {
    this.#doorkeeper = doorkeeper;
    this.#metrics = metrics;
    this.#log = log;
  }

  /**
   * Lets a socket in, or ends it without a word.
   * @returns whether it was let in
   */
  async admit(socket: FeedSocket, credentials: Credentials): Promise<boolean> {
    const member = await this.#look(credentials).catch((error) => {
      this.#log.warn({ err: error }, 'a socket of the live feed could not be checked now');
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
    const version = await this.#doorkeeper.version();
    const stale = [...this.#members].filter(([, member]) => isStale(member, version));
    for (let next = 0; next < stale.length; next += CHECKED_AT_ONCE) {
      await Promise.all(
        stale.slice(next, next + CHECKED_AT_ONCE).map(([socket, member]) => this.#again(socket, member)),
      );
    }
  }

  async #look(credentials: Credentials): Promise<Member | null> {
    // Asked first: should something change meanwhile, the next round looks again.
    const version = await this.#doorkeeper.version();
    const listener = await this.#doorkeeper.judge(credentials);
    return listener && { credentials, listener, version, checkedAt: performance.now() };
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
    this.#metrics.liveSockets.set(this.#members.size);
  }

  #hasRoomFor(member: Member): boolean {
    const full = bounds(member).find(([name, max]) => (this.#counts.get(name) ?? 0) >= max);
    if (full)
      this.#log.warn({ whose: full[0], max: full[1] }, 'too many sockets of the live feed; one was turned away');
    return !full;
  }

  #endUnread(): void {
    for (const socket of this.#members.keys()) {
      // The library's own queue is private, and nothing else tells what a client leaves unread.
      if (socket.conn['writeBuffer'].length > UNREAD_MAX) socket.conn.close(true);
    }
  }
}

function isStale({ version, credentials, checkedAt }: Member, current: string): boolean {
  return version !== current || (credentials.token !== '' && performance.now() - checkedAt > TOKEN_TRUSTED_MS);
}

function bounds({ listener: { caller } }: Member): [string, number][] {
  return [
    [`${caller.merchantId} ${caller.actor}`, PER_ACTOR_MAX],
    [caller.merchantId, PER_MERCHANT_MAX],
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
