import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
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

test('what grows moves to partitions by the month of its trade or callback, with every row and every unique key', async () => {
  const fresh = await createEmptyDatabase();
  const old = await openDatabase({ url: fresh.url });
  await old.exec('create table schema_migration (version integer primary key, name text, applied_at timestamptz)');
  for (const { version, name, script } of knownMigrations().filter((each) => each.version < 40)) {
    await old.exec(`${script}; insert into schema_migration values (${version}, '${name}', now())`);
  }
  const merchant = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
  const [march, april] = [newId(new Date('2026-03-31T23:59:59.999Z')), newId(new Date('2026-04-01T00:00:00Z'))];
  const strange = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
  await old.exec(`insert into merchant (id, name, created_at) values ('${merchant}', 'm', now())`);
  for (const [id, at] of [
    [march, '2026-03-31T23:59:59.999Z'],
    [april, '2026-04-01'],
    [strange, '2026-04-01'],
  ]) {
    await old.exec(`
      insert into trade (merchant_id, id, type, source, game, trade_url, steam_id, status, created_at, updated_at)
        values ('${merchant}', '${id}', 'withdraw', 'self', '730', 'u', 's', 'failed', '${at}', '${at}');
      insert into trade_event (merchant_id, trade_id, number, item_id, event, to_state, actor, request_id, cause, at)
        values ('${merchant}', '${id}', 1, '${id}', 'create', 'initiated', 'a', 'r', '{"b": 1}', '${at}');
      insert into approval (merchant_id, trade_id, state, created_at) values ('${merchant}', '${id}', 'rejected', '${at}');
      insert into approval_attempt values ('${merchant}', '${id}', 1, '${id}', '${at}', 7, 200, 'f', 'no');
      insert into callback (merchant_id, id, trade_id, number, body, state, created_at)
        values ('${merchant}', '${id}', '${id}', 1, '{}', 'delivered', '${at}');
      insert into callback_attempt values ('${merchant}', '${id}', 1, '${at}', 8, 500, 'g', 'yes');`);
  }
  const rows = async (table: string) => (await sql`select * from ${sql.table(table)}`.execute(old.db)).rows;
  const tables = ['trade_event', 'approval_attempt', 'callback_attempt'];
  const before = await Promise.all(tables.map(rows));
  await migrate(old);
  for (const [index, table] of tables.entries()) {
    expect(await rows(table)).toEqual(expect.arrayContaining(before[index] ?? []));
    const month = table === 'callback_attempt' ? 'callback_id' : 'trade_id';
    expect(await rows(`${table}_2026_03`), table).toMatchObject([{ [month]: march }]);
    expect(await rows(`${table}_2026_04`), table).toMatchObject([{ [month]: april }]);
    expect(await rows(`${table}_default`), table).toMatchObject([{ [month]: strange }]);
    const twice = sql`insert into ${sql.table(table)} select * from ${sql.table(table)}`.execute(old.db);
    await expect(twice).rejects.toMatchObject({ code: '23505' });
  }
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
