import type { Transaction } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Db } from './connect.ts';
import { DatabaseUnavailable, isCollision } from './failure.ts';
import type { Tables } from './tables.ts';

/** Proof of being inside a transaction: what locks or moves money takes this, so calling it outside does not compile. */
export type Trx = Transaction<Tables>;

const TRIES_MAX = 6;

interface Runner {
  readonly db: Db;
  readonly clock: Clock;
}

/**
 * Runs `work` in a transaction, and again from its start when the database says that two of them collided.
 * `work` must therefore have no effect outside the database, and use nothing but `trx`: on the embedded database any
 * other handle waits for this transaction to end, for ever.
 * @throws DatabaseUnavailable, whose `outcome` is unknown when the connection was lost at the commit
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

/** How often it is tried to learn what became of a commit. */
const UNKNOWN_TRIES_MAX = 3;

/**
 * The same for what must not be done twice. When the connection is lost at the commit, `find` looks for what `work`
 * would have recorded; what is not there is recorded now. Its keys must be made before, so that a commit that is still
 * under way somewhere collides with the second try, and one of them stays.
 * @throws DatabaseUnavailable when the database stays away; its `outcome` tells whether it may be recorded
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
    return learnOutcome(runner, work, find, error);
  }
}

async function learnOutcome<T>(
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
      // It may have been the first try's own row that stood in the way.
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
