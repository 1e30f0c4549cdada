import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { statementName } from '../../src/db/prepared.ts';
import { PREPARED } from '../support/database.ts';

/** The embedded database has one connection, which everything shares as if each had its own. */

let database: Database;

beforeAll(async () => {
  database = await openDatabase({ url: `memory:${process.env[PREPARED.emptyDump] ?? ''}` });
  await database.exec('create table counter (id int primary key, value int8 not null)');
});
afterAll(() => database.close());

const add = (id: number) => sql`insert into counter values (${id}, ${id})`;
const ids = async () =>
  (await sql<{ id: number }>`select id from counter order by id`.execute(database.db)).rows.map(({ id }) => id);

test('a statement beside a transaction waits for its end, and stays when the transaction is rolled back', async () => {
  const isOpen = Promise.withResolvers<void>();
  const fails = Promise.withResolvers<void>();
  const transaction = database.db.transaction().execute(async (trx) => {
    await add(1).execute(trx);
    isOpen.resolve();
    await fails.promise;
    throw new Error('a test');
  });
  await isOpen.promise;
  const beside = [add(2).execute(database.db), database.jobs.executeSql('insert into counter values ($1, 3)', [3])];
  fails.reject(new Error('a test'));
  await expect(transaction).rejects.toThrow('a test');
  await Promise.all(beside);
  expect(await ids()).toEqual([2, 3]);
});

test('a script that fails leaves no transaction behind', async () => {
  await expect(database.exec('begin; insert into counter values (4, 4); select nothing')).rejects.toThrow('nothing');
  await add(5).execute(database.db);
  expect(await ids()).toEqual([2, 3, 5]);
});

test('int8 is exact, however often a statement is run, and a number for the job queue', async () => {
  const big = 2n ** 62n + 1n;
  for (let times = 0; times < 10; times++) {
    const { rows } = await sql`select ${big}::int8 as value, ${times}::int as times`.execute(database.db);
    expect(rows).toEqual([{ value: big, times }]);
  }
  expect(await database.jobs.executeSql('select 7::int8 as value')).toMatchObject({ rows: [{ value: 7 }] });
});

test('a plan that was made for an empty table is not kept when the table has grown', async () => {
  await database.exec('create table grows (id int, note text); create index on grows (id); analyze grows');
  const text = 'select note from grows where id = $1';
  const { executeSql } = database.jobs;
  const plan = async () => JSON.stringify((await executeSql(`explain execute ${statementName(text)}(7)`)).rows);
  const runs = async (times: number) => {
    for (let ran = 0; ran < times; ran++) await executeSql(text, [7]);
  };
  await runs(20);
  expect(await plan()).toContain('Seq Scan');
  await database.exec('insert into grows select id from generate_series(1, 2000) as id');
  expect(await plan()).toContain('Seq Scan');
  await runs(10_000);
  expect(await plan()).toContain('Index Scan');
});
