import type { Db } from './connect.ts';

const SETTING = 'environment';

export type Environment = 'sandbox' | 'production';

/** The database belongs to the other kind of gateway, in words for the operator. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

/**
 * Makes the database a sandbox's or a production gateway's, for good, or checks what it is already. Of two nodes that
 * start at once one decides.
 * @throws EnvironmentError when it is the other
 */
export async function claimEnvironment(db: Db, wanted: Environment): Promise<void> {
  await db
    .insertInto('setting')
    .values({ name: SETTING, value: JSON.stringify(wanted) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  await requireEnvironment(db, wanted);
}

/** @throws EnvironmentError when the database belongs to the other kind of gateway; one that is new belongs to none */
export async function requireEnvironment(db: Db, wanted: Environment): Promise<void> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  if (!row || row.value === wanted) return;
  throw new EnvironmentError(
    wanted === 'sandbox'
      ? 'this database belongs to a production gateway, and the sandbox is on; set SANDBOX=off, or name another ' +
          'database with DATABASE_URL or DATA_DIR'
      : 'this database belongs to a sandbox, with its demo money and its movable clock; name an empty database with ' +
          'DATABASE_URL or DATA_DIR, or leave SANDBOX on',
  );
}
