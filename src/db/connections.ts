import type { FastifyBaseLogger } from 'fastify';
import { causeText } from './failure.ts';

/** What can be closed at once, whatever it is doing. */
export interface OpenConnection {
  /** When the server was last heard on it, by `performance.now()`. */
  readonly heardAt: number;
  /** Closes it without a word to the server. */
  destroy(): void;
}

const HEARD_LATELY_MS = 1000;

/**
 * All connections of one process to its database, and whether the database is there. It is told once that the database
 * went away, and once that it is back.
 */
export class Connections {
  readonly #log: FastifyBaseLogger | null;
  readonly #open = new Set<OpenConnection>();
  #awaySince: number | null = null;
  #doubts = 0;

  constructor(log: FastifyBaseLogger | null) {
    this.#log = log;
  }

  get isAway(): boolean {
    return this.#awaySince !== null;
  }

  /** How often servers have said that they take no writes; connections from before are looked at again. */
  get doubts(): number {
    return this.#doubts;
  }

  add(connection: OpenConnection): void {
    this.#open.add(connection);
  }

  remove(connection: OpenConnection): void {
    this.#open.delete(connection);
  }

  /** A server that was a primary takes no writes any more: no open connection can be trusted before it was asked. */
  doubtAll(): void {
    this.#doubts++;
  }

  /**
   * A statement that was sent at `sentAt` got no answer at all. What was not heard of since leads nowhere either: closed
   * now, it is not found one by one, each after a time limit of its own.
   */
  closeSilent(sentAt: number): void {
    for (const connection of this.#open) if (connection.heardAt <= sentAt) connection.destroy();
  }

  /** No connection was given. While others still work, that is a shortage and no outage. */
  refused(server: string, cause: unknown): void {
    const now = performance.now();
    const isHeard = [...this.#open].some(({ heardAt }) => now - heardAt < HEARD_LATELY_MS);
    if (!isHeard) this.away(server, cause);
  }

  away(server: string, cause: unknown): void {
    if (this.#awaySince !== null) return;
    this.#awaySince = performance.now();
    const what = 'the database is away; requests are answered 503 and due work waits until it is back';
    this.#log?.warn({ server, cause: causeText(cause) }, what);
  }

  back(server: string): void {
    if (this.#awaySince === null) return;
    const awayMs = Math.round(performance.now() - this.#awaySince);
    this.#awaySince = null;
    this.#log?.info({ server, awayMs }, 'the database is back');
  }
}
