import type { FastifyBaseLogger } from 'fastify';
import { causeText, isUnavailable } from '../db/failure.ts';

/** Logs that one of several failed, and is tried again. A database that is away is told by its connections, not for each. */
export function logFailure(log: FastifyBaseLogger, error: unknown, about: object, message: string): void {
  if (isUnavailable(error)) log.debug({ err: error, ...about }, message);
  else log.error({ err: error, ...about }, message);
}

/** Who is told how something goes that is tried again and again. */
export interface Failures {
  failed(error: unknown): void;
  worked(): void;
}

/**
 * Logs that something which is tried again and again fails: when it begins to, when it fails in another way, and when it
 * works again; not each time. A database that is away is told by its connections, once for the whole process.
 */
export class FailureLog implements Failures {
  readonly #log: FastifyBaseLogger;
  readonly #what: string;
  #failures = 0;
  #told = '';

  constructor(log: FastifyBaseLogger, what: string) {
    this.#log = log;
    this.#what = what;
  }

  /** How often it has failed in a row. */
  get failures(): number {
    return this.#failures;
  }

  failed(error: unknown): void {
    this.#failures++;
    if (isUnavailable(error)) {
      this.#log.debug({ err: error, what: this.#what }, 'failed while the database is away');
      return;
    }
    const text = causeText(error);
    if (text === this.#told) return;
    this.#told = text;
    this.#log.error({ err: error, what: this.#what }, 'failed; it is tried again with growing pauses');
  }

  worked(): void {
    if (this.#told !== '') this.#log.info({ what: this.#what, failures: this.#failures }, 'works again');
    this.#failures = 0;
    this.#told = '';
  }
}
