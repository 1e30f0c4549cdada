import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { causeText, failedOutcome, needsOperator } from './failure.ts';

const TRY_EVERY_MS = 500;
const SAY_EVERY_MS = 5000;

/**
 * Tries `open` until the database can be reached. What it does must be safe to begin again: at the start of a node that
 * is connecting and migrating. Any other failure, such as a wrong password or a newer schema, is thrown at once.
 * @throws Error in words for the operator when the database stayed away for `waitMs`
 */
export async function openWithRetry<T>(open: () => Promise<T>, waitMs: number, log: FastifyBaseLogger): Promise<T> {
  const end = performance.now() + waitMs;
  for (let saidAt = Number.NEGATIVE_INFINITY; ; ) {
    try {
      return await open();
    } catch (error) {
      if (failedOutcome(error) === null || needsOperator(error)) throw error;
      const now = performance.now();
      if (now >= end) throw new Error(awayFor(waitMs, error), { cause: error });
      if (now - saidAt >= SAY_EVERY_MS) {
        const leftSeconds = Math.ceil((end - now) / 1000);
        log.warn({ cause: causeText(error), leftSeconds }, 'the database cannot be reached yet; trying again');
        saidAt = now;
      }
      await pause(TRY_EVERY_MS);
    }
  }
}

function awayFor(waitMs: number, error: unknown): string {
  const waited = waitMs === 0 ? 'the database cannot be reached' : `the database could not be reached for ${waitMs} ms`;
  return `${waited}: ${causeText(error)}; is it running, and is DATABASE_URL right?`;
}
