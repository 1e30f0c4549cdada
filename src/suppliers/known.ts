import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';

/** The ids of all suppliers with which a node was ever started on this database, for commands that run without a node. */
const SETTING = 'suppliers.known';

/** Adds a node's suppliers to the known suppliers. */
export async function rememberSuppliers(db: Db, ids: readonly string[]): Promise<void> {
  const known = await knownSuppliers(db);
  if (ids.every((id) => known.includes(id))) return;
  const all = JSON.stringify([...new Set([...known, ...ids])].sort());
  await sql`insert into setting (name, value) values (${SETTING}, ${all}::jsonb)
    on conflict (name) do update set value = excluded.value`.execute(db);
}

/** @returns the ids of all known suppliers, in alphabetical order */
export async function knownSuppliers(db: Db): Promise<string[]> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return Array.isArray(row?.value) ? row.value.map(String) : [];
}
