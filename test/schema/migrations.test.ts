import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { dumpSchema } from '../../src/db/dump-schema.ts';
import { knownMigrations, migrate } from '../../src/db/migrate.ts';
import { createEmptyDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';

const names = knownMigrations().map(({ name }) => name);

let place: TestDatabase;
let database: Database;

beforeAll(async () => {
  place = await createEmptyDatabase();
  database = await open();
});

afterAll(async () => {
  await database.close();
  await place.drop();
});

function open(): Promise<Database> {
  return openDatabase({ url: place.url });
}

test('an empty database becomes what schema.sql says, and a second start changes nothing', async () => {
  expect(await migrate(database)).toEqual(names);
  expect(await migrate(database)).toEqual([]);
  expect(await dumpSchema(database.db)).toBe(readFileSync(new URL('../../schema.sql', import.meta.url), 'utf8'));
});

test('a program does not start on a newer schema than it knows', async () => {
  await sql`insert into schema_migration (version, name) values (9999, 'from the future')`.execute(database.db);
  await expect(migrate(database)).rejects.toThrow(/schema version 9999, but this skinrail knows only/);
  await sql`delete from schema_migration where version = 9999`.execute(database.db);
});

test.skipIf(!postgresUrl)('nodes that start at once migrate once', async () => {
  const fresh = await createEmptyDatabase();
  const nodes = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ url: fresh.url, poolMax: 2 })));
  const applied = await Promise.all(nodes.map((node) => migrate(node)));
  expect(applied.flat().sort()).toEqual(names.toSorted());
  await Promise.all(nodes.map((node) => node.close()));
  await fresh.drop();
});
