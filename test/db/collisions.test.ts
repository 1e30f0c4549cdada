// A single statement that collides with others is sent again; a transaction is not, by its connection.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { createTestDatabase, isOnCitus, postgresUrl, type TestDatabase } from '../support/database.ts';

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = await openDatabase({ url: home.url });
  // What a sequence has given is not taken back when its statement fails.
  await database.exec(`create sequence calls; create function collides_once() returns bigint language plpgsql as $$
    declare call bigint := nextval('calls');
    begin if call = 1 then raise serialization_failure; end if; return call; end $$`);
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const onServer = test.skipIf(!postgresUrl || isOnCitus); // the embedded database has one connection, so nothing collides

onServer('a statement that collided is sent again, and a transaction is left to whoever began it', async () => {
  const call = sql<{ call: bigint }>`select collides_once() as call`;
  expect((await call.execute(database.db)).rows).toEqual([{ call: 2n }]);
  await sql`alter sequence calls restart`.execute(database.db);
  const inTransaction = database.db.transaction().execute((trx) => call.execute(trx));
  await expect(inTransaction).rejects.toMatchObject({ code: '40001' });
});
