import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { causeText, failedOutcome, needsOperator } from './failure.ts';

const RETRY_EVERY_MS = 500;
const LOG_EVERY_MS = 5000;

/**
 * Calls `open` until the database can be reached. `open` must be repeatable: at a start it connects and migrates. Any other
 * failure, such as a wrong password or a newer schema, is thrown at once.
 * @throws Error with a message for the operator when the database stays unavailable for `waitMs`
 */
export async function openWithRetry<T>(open: () => Promise<T>, waitMs: number, log: FastifyBaseLogger): Promise<T> {
  const end = performance.now() + waitMs;
  for (let loggedAt = Number.NEGATIVE_INFINITY; ; ) {
    try {
      return await open();
    } catch (error) {
      if (failedOutcome(error) === null || needsOperator(error)) throw error;
      const now = performance.now();
      if (now >= end) throw new Error(awayFor(waitMs, error), { cause: error });
      if (now - loggedAt >= LOG_EVERY_MS) {
        const leftSeconds = Math.ceil((end - now) / 1000);
        log.warn({ cause: causeText(error), leftSeconds }, 'the database cannot be reached; retrying');
        loggedAt = now;
      }
      await pause(RETRY_EVERY_MS);
    }
  }
}

function awayFor(waitMs: number, error: unknown): string {
  const waited = waitMs === 0 ? 'the database cannot be reached' : `the database could not be reached for ${waitMs} ms`;
  return `${waited}: ${causeText(error)}; check that it is running and that DATABASE_URL is correct`;
}
