import type { FastifyBaseLogger } from 'fastify';
import { causeText, isUnavailable } from '../db/failure.ts';

/** Logs the failure of one row that is tried again. When the database is away, its connections log it, once for all. */
export function logFailure(log: FastifyBaseLogger, error: unknown, about: object, message: string): void {
  if (isUnavailable(error)) log.debug({ err: error, ...about }, message);
  else log.error({ err: error, ...about }, message);
}

/** Receives the results of something that is repeated. */
export interface Failures {
  failed(error: unknown): void;
  worked(): void;
}

/**
 * Logs the failures of something that is repeated: when it begins to fail, when it fails in another way, and when it
 * works again, but not each time. When the database is away, its connections log it, once for the whole process.
 */
export class FailureLog implements Failures {
  readonly #log: FastifyBaseLogger;
  readonly #what: string;
  #failures = 0;
  #logged = '';

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
    if (text === this.#logged) return;
    this.#logged = text;
    this.#log.error({ err: error, what: this.#what }, 'failed; it is repeated with growing pauses');
  }

  worked(): void {
    if (this.#logged !== '') this.#log.info({ what: this.#what, failures: this.#failures }, 'works again');
    this.#failures = 0;
    this.#logged = '';
  }
}
