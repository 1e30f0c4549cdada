import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server as Engine } from 'engine.io';
import { FailureCounts } from '../net/failure-counts.ts';

/** On one node; each costs a file descriptor and some 30 kB. */
const CONNECTIONS_MAX = 10_000;
/** Connections of one name that nobody has been let in by yet. */
const WAITING_MAX = 200;
/** Connections of one name in a minute that led nowhere. */
const FAILURES_MAX = 60;
/** How long a stop waits for clients to say goodbye as well. */
const GOODBYE_MAX_MS = 500;

/** The door that WebSockets come in by: whatever is said about a caller later, here it is counted. */
export class ConnectionGate {
  readonly #engine: Engine;
  readonly #nameOf: (request: IncomingMessage) => string;
  /** By request, since what a caller is known by can change while its connection is open. */
  readonly #names = new WeakMap<IncomingMessage, string>();
  readonly #connections = new Set<Duplex>();
  readonly #waiting = new Map<string, Set<IncomingMessage>>();
  readonly #failures = new FailureCounts(FAILURES_MAX);
  #isClosed = false;

  /**
   * @param nameOf what a caller's connections are counted under: its network, and beside that a key of its own that is
   * known, so that strangers at the same address cannot keep it out
   */
  constructor(engine: Engine, nameOf: (request: IncomingMessage) => string) {
    this.#engine = engine;
    this.#nameOf = nameOf;
  }

  attach(server: HttpServer): void {
    server.on('upgrade', (request, socket, head) => this.#take(request, socket, head));
  }

  /** Who asked is known and welcome. */
  admit(request: IncomingMessage): void {
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
      if (this.#leaveQueue(request)) this.#failures.add(this.#countedUnder(request));
    });
    this.#engine.handleUpgrade(request, socket, head);
  }

  #refusalOf(request: IncomingMessage): string | null {
    if (this.#isClosed || this.#connections.size >= CONNECTIONS_MAX) return '503 Service Unavailable';
    const name = this.#countedUnder(request);
    const isWaiting = (this.#waiting.get(name)?.size ?? 0) >= WAITING_MAX;
    const hasFailed = this.#failures.waitSeconds(name) > 0;
    return isWaiting || hasFailed ? '429 Too Many Requests' : null;
  }

  #enqueue(request: IncomingMessage): void {
    const name = this.#countedUnder(request);
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting.add(request));
  }

  #leaveQueue(request: IncomingMessage): boolean {
    const name = this.#countedUnder(request);
    const waiting = this.#waiting.get(name);
    const hasWaited = waiting?.delete(request) ?? false;
    if (waiting?.size === 0) this.#waiting.delete(name);
    return hasWaited;
  }

  #countedUnder(request: IncomingMessage): string {
    const known = this.#names.get(request);
    if (known !== undefined) return known;
    const name = this.#nameOf(request);
    this.#names.set(request, name);
    return name;
  }
}
