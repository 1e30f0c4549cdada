import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { isUnreachable } from './transaction.ts';

const TRY_EVERY_MS = 500;
const SAY_EVERY_MS = 5000;

/** Beside what `isUnreachable` knows: a name that is not there yet, a host that is still starting, a restart half-way. */
const COMING_UP = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  '57P01',
]);

/**
 * Tries `open` until the database can be reached. What it does must be safe to begin again: at the start of a node that
 * is connecting and migrating. Any other failure, such as a wrong password or a newer schema, is thrown at once.
 * @throws Error in words for the operator when the database stayed away for `waitMs`
 */
export async function openPatiently<T>(open: () => Promise<T>, waitMs: number, log: FastifyBaseLogger): Promise<T> {
  const end = performance.now() + waitMs;
  for (let saidAt = Number.NEGATIVE_INFINITY; ; ) {
    try {
      return await open();
    } catch (error) {
      if (!isComingUp(error)) throw error;
      const now = performance.now();
      if (now >= end) throw new Error(awayFor(waitMs, error), { cause: error });
      if (now - saidAt >= SAY_EVERY_MS) {
        const leftSeconds = Math.ceil((end - now) / 1000);
        log.warn({ cause: causeOf(error), leftSeconds }, 'the database cannot be reached yet; trying again');
        saidAt = now;
      }
      await pause(TRY_EVERY_MS);
    }
  }
}

function isComingUp(error: unknown): boolean {
  if (isUnreachable(error)) return true;
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (typeof code === 'string') return COMING_UP.has(code);
  // The driver's own words for a connection that the server closed while it was being made; they have no code.
  return error instanceof Error && /^Connection terminated/.test(error.message);
}

function awayFor(waitMs: number, error: unknown): string {
  const patience =
    waitMs === 0 ? 'the database cannot be reached' : `the database could not be reached for ${waitMs} ms`;
  return `${patience}: ${causeOf(error)}; is it running, and is DATABASE_URL right?`;
}

/** Node tries every address of a name, and reports all of those failures as one without words. */
function causeOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}
