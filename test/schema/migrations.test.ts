import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { dumpSchema } from '../../src/db/dump-schema.ts';
import { knownMigrations, migrate } from '../../src/db/migrate.ts';
import { newestCommands } from '../../src/operators/commands.ts';
import { verifyTrail } from '../../src/operators/trail.ts';
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

test('commands that were recorded before there was an audit trail become its first entries', async () => {
  const fresh = await createEmptyDatabase();
  const old = await openDatabase({ url: fresh.url });
  await old.exec('create table schema_migration (version integer primary key, name text, applied_at timestamptz)');
  for (const { version, name, script } of knownMigrations().filter((each) => each.version < 30)) {
    await old.exec(`${script}; insert into schema_migration values (${version}, '${name}', now())`);
  }
  await old.exec(`insert into operator_command values
    ('01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b11', 'operator:alice', 'freeze all --reason "a \u00e9"', '2026-01-02T03:04:05.678912Z',
      '2026-01-02T03:04:06Z', 'done'),
    ('01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b12', 'operator:bob', 'unfreeze all', '2026-01-02T03:04:05.9Z', '2026-01-02T03:04:07Z', 'failed: no'),
    ('01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b13', 'operator:bob', 'key roll', '2026-01-03T00:00:00Z', null, null)`);
  await migrate(old);
  expect(await verifyTrail(old, null)).toMatchObject({ end: { number: 5n }, fault: null });
  expect(await newestCommands(old, { operator: undefined, limit: 9 })).toMatchObject([
    { operator: 'operator:bob', command: 'key roll', outcome: null, endedAt: null },
    { operator: 'operator:bob', command: 'unfreeze all', outcome: 'failed: no', changes: [] },
    { command: 'freeze all --reason "a \u00e9"', outcome: 'done', startedAt: '2026-01-02T03:04:05.678Z', origin: null },
  ]);
  await old.close();
  await fresh.drop();
});

test.skipIf(!postgresUrl)('nodes that start at once migrate once', async () => {
  const fresh = await createEmptyDatabase();
  const nodes = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ url: fresh.url, poolMax: 2 })));
  const applied = await Promise.all(nodes.map((node) => migrate(node)));
  expect(applied.flat().sort()).toEqual(names.toSorted());
  await Promise.all(nodes.map((node) => node.close()));
  await fresh.drop();
});
