// Tables that are spread over the workers of a Citus cluster. Runs by `npm run test:citus`.
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { openDatabase } from '../../src/db/connect.ts';
import { distribute, distributedTables, isDistributed, referenceTables } from '../../src/db/distribution.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { useWorld } from '../support/world.ts';

const opened: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of opened.reverse()) await close();
});

async function migratedDatabase() {
  const home = await createEmptyDatabase();
  const database = await openDatabase({ url: home.url, poolMax: 2 });
  opened.push(home.drop, () => database.close());
  await migrate(database);
  return database;
}

describe('spreading the tables', () => {
  test('moves the rows that are there, keeps every foreign key, and changes nothing when it is repeated', async () => {
    const { db } = await migratedDatabase();
    const [id, at] = [newId(new Date()), new Date()];
    await sql`insert into merchant (id, name, created_at) values (${id}, 'before', ${at})`.execute(db);
    await sql`insert into account (merchant_id, name) values (${id}, 'available')`.execute(db);
    const before = await foreignKeys(db);
    expect((await distribute(db)).toSorted()).toEqual([...distributedTables, ...referenceTables].toSorted());
    expect(await isDistributed(db)).toBe(true);
    expect(await foreignKeys(db)).toEqual(before);
    const { rows } = await sql`select name from account where merchant_id = ${id}`.execute(db);
    expect(rows).toEqual([{ name: 'available' }]);
    expect(await distribute(db)).toEqual([]);
  });
});

describe('a key', () => {
  const world = useWorld();

  test('that is revoked is revoked on every worker, or on none', async () => {
    const { db } = world().gateway.deps;
    const { rows } = await sql<{ copies: number; workers: number }>`
      select (select count(*)::int4 from pg_dist_placement join pg_dist_shard using (shardid)
          where logicalrelid = 'api_key'::regclass) as copies,
        (select count(*)::int4 from pg_dist_node where noderole = 'primary' and isactive) as workers`.execute(db);
    expect(rows[0]?.copies).toBe(rows[0]?.workers);
  });
});

async function foreignKeys(db: Parameters<typeof distribute>[0]): Promise<unknown[]> {
  const { rows } = await sql`
    select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as text from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace
      and conrelid::regclass::text !~ '_[0-9]{6,}$' order by 1, 2`.execute(db);
  return rows;
}
