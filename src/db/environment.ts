import type { Db } from './connect.ts';

const SETTING = 'environment';

export type Environment = 'sandbox' | 'production';

/** The database belongs to the other environment; has a message for the operator. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

/**
 * Marks a new database permanently as a sandbox or production database, or checks the existing mark. Of two nodes that start
 * at the same time, the first one decides.
 * @throws EnvironmentError when the mark is the other environment
 */
export async function claimEnvironment(db: Db, wanted: Environment): Promise<void> {
  await db
    .insertInto('setting')
    .values({ name: SETTING, value: JSON.stringify(wanted) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  await requireEnvironment(db, wanted);
}

/** @returns null for a new database, which belongs to none yet */
export async function environmentOf(db: Db): Promise<Environment | null> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return row?.value === 'sandbox' || row?.value === 'production' ? row.value : null;
}

/** @throws EnvironmentError when the database belongs to the other environment; a new database belongs to none */
export async function requireEnvironment(db: Db, wanted: Environment): Promise<void> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  if (!row || row.value === wanted) return;
  throw new EnvironmentError(
    wanted === 'sandbox'
      ? 'this database belongs to a production gateway, and the sandbox is on; set SANDBOX=off, or set DATABASE_URL or ' +
          'DATA_DIR to another database'
      : 'this database belongs to a sandbox, with its demo money and its movable clock; set DATABASE_URL or DATA_DIR to ' +
          'an empty database, or leave SANDBOX on',
  );
}
