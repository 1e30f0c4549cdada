import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server as Engine } from 'engine.io';
import { FailureCounts } from '../net/failure-counts.ts';

/** Per node. Each connection costs a file descriptor and about 30 kB. */
const CONNECTIONS_MAX = 10_000;
/** Connections with one counting key that are not admitted yet. */
const WAITING_MAX = 200;
/** Connections with one counting key that ended without admission, per minute. */
const FAILURES_MAX = 60;
/** How long a stop waits for clients to close their side. */
const CLOSE_TIMEOUT_MS = 500;

/** Limits WebSocket connections before they are authenticated. */
export class ConnectionGate {
  readonly #engine: Engine;
  readonly #countingKeyOf: (request: IncomingMessage) => string;
  /** Kept by request, because the counting key of a caller can change while its connection is open. */
  readonly #keys = new WeakMap<IncomingMessage, string>();
  readonly #connections = new Set<Duplex>();
  readonly #waiting = new Map<string, Set<IncomingMessage>>();
  readonly #failures = new FailureCounts(FAILURES_MAX);
  #isClosed = false;

  /**
   * @param countingKeyOf the key under which a caller's connections are counted: its network, and a known API key or
   * merchant, so that strangers at the same address cannot use up the caller's limit
   */
  constructor(engine: Engine, countingKeyOf: (request: IncomingMessage) => string) {
    this.#engine = engine;
    this.#countingKeyOf = countingKeyOf;
  }

  attach(server: HttpServer): void {
    server.on('upgrade', (request, socket, head) => this.#accept(request, socket, head));
  }

  /** The caller of this request is authenticated; its connection no longer counts as waiting. */
  admit(request: IncomingMessage): void {
    this.#leaveQueue(request);
  }

  /** Closes every connection, after a timeout by force, and refuses new ones. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const gone = [...this.#connections].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    this.#engine.close();
    const timer = setTimeout(() => {
      for (const socket of this.#connections) socket.destroy();
    }, CLOSE_TIMEOUT_MS);
    await Promise.all(gone);
    clearTimeout(timer);
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Between Node's error listener and the library's, an error on the socket would end the process.
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
      if (this.#leaveQueue(request)) this.#failures.add(this.#countingKey(request));
    });
    this.#engine.handleUpgrade(request, socket, head);
  }

  #refusalOf(request: IncomingMessage): string | null {
    if (this.#isClosed || this.#connections.size >= CONNECTIONS_MAX) return '503 Service Unavailable';
    const key = this.#countingKey(request);
    const isWaiting = (this.#waiting.get(key)?.size ?? 0) >= WAITING_MAX;
    const hasFailed = this.#failures.waitSeconds(key) > 0;
    return isWaiting || hasFailed ? '429 Too Many Requests' : null;
  }

  #enqueue(request: IncomingMessage): void {
    const key = this.#countingKey(request);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(request));
  }

  #leaveQueue(request: IncomingMessage): boolean {
    const key = this.#countingKey(request);
    const waiting = this.#waiting.get(key);
    const hasWaited = waiting?.delete(request) ?? false;
    if (waiting?.size === 0) this.#waiting.delete(key);
    return hasWaited;
  }

  #countingKey(request: IncomingMessage): string {
    const known = this.#keys.get(request);
    if (known !== undefined) return known;
    const key = this.#countingKeyOf(request);
    this.#keys.set(request, key);
    return key;
  }
}
