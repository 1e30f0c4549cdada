import type { Transaction } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Db } from './connect.ts';
import { DatabaseUnavailable, isCollision } from './failure.ts';
import type { Tables } from './tables.ts';

/** A transaction. Functions that lock rows or move money require it, so that they cannot be called outside of one. */
export type Trx = Transaction<Tables>;

const TRIES_MAX = 6;

interface Runner {
  readonly db: Db;
  readonly clock: Clock;
}

/**
 * Runs `work` in a transaction, and repeats it when transactions collide. `work` must therefore have no effect outside the
 * database, and must use only `trx`: on the embedded database any other handle would wait for this transaction for ever.
 * @throws DatabaseUnavailable, with an unknown `outcome` when the connection is lost during the commit
 */
export async function inTransaction<T>({ db, clock }: Runner, work: (trx: Trx) => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (tried >= TRIES_MAX || !isCollision(error)) throw error;
      await clock.wait(2 ** tried * 5 * Math.random());
    }
  }
}

/** Attempts to find out whether a commit was applied. */
const UNKNOWN_TRIES_MAX = 3;

/**
 * The same for work that must not be done twice. When the connection is lost during the commit, `find` looks for the recorded
 * result; if there is none, `work` runs again. Keys must be created before, so that a late first commit collides with the
 * second one, and only one is kept.
 * @throws DatabaseUnavailable when the database stays unavailable; `outcome` says whether the work may be recorded
 */
export async function inTransactionOnce<T>(
  runner: Runner,
  work: (trx: Trx) => Promise<T>,
  find: (trx: Trx) => Promise<T | null>,
): Promise<T> {
  try {
    return await inTransaction(runner, work);
  } catch (error) {
    if (!isUnknown(error)) throw error;
    return resolveUnknownCommit(runner, work, find, error);
  }
}

async function resolveUnknownCommit<T>(
  runner: Runner,
  work: (trx: Trx) => Promise<T>,
  find: (trx: Trx) => Promise<T | null>,
  unknown: DatabaseUnavailable,
): Promise<T> {
  for (let tried = 1; tried <= UNKNOWN_TRIES_MAX; tried++) {
    await runner.clock.wait(2 ** tried * 50);
    try {
      return await inTransaction(runner, async (trx) => (await find(trx)) ?? (await work(trx)));
    } catch (error) {
      if (error instanceof DatabaseUnavailable) continue;
      // The collision may be with the row of the first attempt.
      const found = await inTransaction(runner, find).catch(() => null);
      if (found) return found;
      throw error;
    }
  }
  throw unknown;
}

function isUnknown(error: unknown): error is DatabaseUnavailable {
  return error instanceof DatabaseUnavailable && error.outcome === 'unknown';
}
