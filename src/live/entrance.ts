import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server as Engine } from 'engine.io';
import { LRUCache } from 'lru-cache';
import { MINUTE_MS } from '../clock.ts';
import { limitedNetwork } from '../net/addresses.ts';
import type { ClientAddresses } from '../net/client-address.ts';

/** On one node; each costs a file descriptor and some 30 kB. */
const CONNECTIONS_MAX = 10_000;
/** Connections of one address that nobody has been let in by yet. */
const WAITING_MAX = 200;
/** Connections of one address in a minute that led nowhere. */
const FAILURES_MAX = 60;
const ADDRESSES_MAX = 10_000;
/** How long a stop waits for clients to say goodbye as well. */
const GOODBYE_MAX_MS = 500;

/** The door that WebSockets come in by: whatever is said about a caller later, here it is counted. */
export class Entrance {
  readonly #engine: Engine;
  readonly #addresses: ClientAddresses;
  readonly #connections = new Set<Duplex>();
  readonly #waiting = new Map<string, Set<IncomingMessage>>();
  readonly #failures = new LRUCache<string, number>({ max: ADDRESSES_MAX, ttl: MINUTE_MS, noUpdateTTL: true });
  #isClosed = false;

  constructor(engine: Engine, addresses: ClientAddresses) {
    this.#engine = engine;
    this.#addresses = addresses;
  }

  attach(server: HttpServer): void {
    server.on('upgrade', (request, socket, head) => this.#take(request, socket, head));
  }

  /** Who asked is known and welcome. */
  letIn(request: IncomingMessage): void {
    this.#leaveQueue(request);
  }

  /** Ends every connection, whether or not the other side answers, and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const gone = [...this.#connections].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    this.#engine.close();
    const timer = setTimeout(() => {
      for (const socket of this.#connections) socket.destroy();
    }, GOODBYE_MAX_MS);
    await Promise.all(gone);
    clearTimeout(timer);
  }

  #take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Node listens to it no longer, and the library does not yet.
    socket.on('error', () => {});
    const refusal = this.#refusalOf(request);
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    this.#connections.add(socket);
    this.#enqueue(request);
    socket.once('close', () => {
      this.#connections.delete(socket);
      if (this.#leaveQueue(request)) this.#countFailure(request);
    });
    this.#engine.handleUpgrade(request, socket, head);
  }

  #refusalOf(request: IncomingMessage): string | null {
    if (this.#isClosed || this.#connections.size >= CONNECTIONS_MAX) return '503 Service Unavailable';
    const address = this.#addressOf(request);
    const isWaiting = (this.#waiting.get(address)?.size ?? 0) >= WAITING_MAX;
    const hasFailed = (this.#failures.get(address) ?? 0) >= FAILURES_MAX;
    return isWaiting || hasFailed ? '429 Too Many Requests' : null;
  }

  #enqueue(request: IncomingMessage): void {
    const address = this.#addressOf(request);
    const waiting = this.#waiting.get(address) ?? new Set();
    this.#waiting.set(address, waiting.add(request));
  }

  #leaveQueue(request: IncomingMessage): boolean {
    const address = this.#addressOf(request);
    const waiting = this.#waiting.get(address);
    const hasWaited = waiting?.delete(request) ?? false;
    if (waiting?.size === 0) this.#waiting.delete(address);
    return hasWaited;
  }

  #countFailure(request: IncomingMessage): void {
    const address = this.#addressOf(request);
    this.#failures.set(address, (this.#failures.get(address) ?? 0) + 1);
  }

  #addressOf(request: IncomingMessage): string {
    return limitedNetwork(this.#addresses.of(request));
  }
}
