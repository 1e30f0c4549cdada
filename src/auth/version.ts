import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Trx } from '../db/transaction.ts';

/**
 * A number that grows, in the same transaction, with every change of a key or a merchant. Nodes remember keys for as
 * long as it stays, so that the hot path asks the database for none and a revocation is still felt within seconds.
 */
const SETTING = 'auth.version';

export async function bumpAuthVersion(trx: Trx): Promise<void> {
  await sql`
    insert into setting (name, value) values (${SETTING}, to_jsonb(1))
    on conflict (name) do update set value = to_jsonb(setting.value::text::bigint + 1)`.execute(trx);
}

export async function readAuthVersion(db: Db): Promise<string> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return String(row?.value ?? 0);
}
