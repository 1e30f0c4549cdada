import type { FastifyBaseLogger } from 'fastify';
import { causeText } from './failure.ts';

/** A connection that can be closed at any time. */
export interface OpenConnection {
  /** When the server last answered on it, by `performance.now()`. */
  readonly answeredAt: number;
  /** Closes it without notifying the server. */
  destroy(): void;
}

const ANSWERED_RECENTLY_MS = 1000;

/**
 * All connections of a process to its database, and whether the database is available. Logs once when it becomes unavailable
 * and once when it is back.
 */
export class Connections {
  readonly #log: FastifyBaseLogger | null;
  readonly #open = new Set<OpenConnection>();
  #awaySince: number | null = null;
  #writabilityEpoch = 0;

  constructor(log: FastifyBaseLogger | null) {
    this.#log = log;
  }

  get isAway(): boolean {
    return this.#awaySince !== null;
  }

  /** The number of times a server became read-only; connections from before must be checked again. */
  get writabilityEpoch(): number {
    return this.#writabilityEpoch;
  }

  add(connection: OpenConnection): void {
    this.#open.add(connection);
  }

  remove(connection: OpenConnection): void {
    this.#open.delete(connection);
  }

  /** A server became read-only: every open connection must be checked before its next use. */
  recheckAll(): void {
    this.#writabilityEpoch++;
  }

  /**
   * A statement sent at `sentAt` got no answer. Connections without an answer since then are closed as well; otherwise each of
   * them would be detected only after its own time limit.
   */
  closeSilent(sentAt: number): void {
    for (const connection of this.#open) if (connection.answeredAt <= sentAt) connection.destroy();
  }

  /** A connection attempt failed. While other connections still work, the database counts as available. */
  refused(server: string, cause: unknown): void {
    const now = performance.now();
    const isAnswering = [...this.#open].some(({ answeredAt }) => now - answeredAt < ANSWERED_RECENTLY_MS);
    if (!isAnswering) this.away(server, cause);
  }

  away(server: string, cause: unknown): void {
    if (this.#awaySince !== null) return;
    this.#awaySince = performance.now();
    const what = 'the database is unavailable; requests are answered with 503 and due work waits until it is back';
    this.#log?.warn({ server, cause: causeText(cause) }, what);
  }

  back(server: string): void {
    if (this.#awaySince === null) return;
    const awayMs = Math.round(performance.now() - this.#awaySince);
    this.#awaySince = null;
    this.#log?.info({ server, awayMs }, 'the database is back');
  }
}
