import type { Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Db } from './connect.ts';
import type { Tables } from './tables.ts';

/** Proof of being inside a transaction: what locks or moves money takes this, so calling it outside does not compile. */
export type Trx = Transaction<Tables>;

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const TRIES_MAX = 6;

/**
 * Runs `work` in a transaction, and again from its start when the database says that two of them collided (DESIGN 5).
 * `work` must therefore have no effect outside the database, and use nothing but `trx`: on the embedded database any
 * other handle waits for this transaction to end, for ever.
 */
export async function inTransaction<T>(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (tried >= TRIES_MAX || !isCollision(error)) throw error;
      await clock.wait(2 ** tried * 5 * Math.random());
    }
  }
}

function isCollision(error: unknown): boolean {
  const code = sqlState(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/**
 * True for errors that mean: no connection was had, so nothing was applied. A connection that broke later is not
 * among them: its last statement may have been committed.
 */
export function isUnreachable(error: unknown): boolean {
  const code = sqlState(error);
  if (typeof code === 'string' && UNREACHABLE.has(code)) return true;
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** Refused, no such socket, starting up or shutting down, too many connections. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOENT', '57P03', '53300']);

function sqlState(error: unknown): unknown {
  return property(error, 'code');
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
