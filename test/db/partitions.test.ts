import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstIdOf, newId } from '../../src/core/ids.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { dropEmptyPartitions, keepPartitions } from '../../src/retention/partitions.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** The partitions of what only grows: made ahead by any node, and dropped when a month is empty. */

let place: TestDatabase;
let database: Database;

beforeAll(async () => {
  place = await createTestDatabase();
  database = await openDatabase({ url: place.url });
  await database.exec(`
    insert into merchant (id, name, created_at) values ('${MERCHANT}', 'm', now())`);
});

afterAll(async () => {
  await database.close();
  await place.drop();
});

const MERCHANT = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const log = pino({ level: 'silent' });
const depsAt = (now: string, db = database.db) => ({
  db,
  log,
  clock: { now: () => new Date(now), wait: async () => {} },
});

async function months(parent = 'trade_event'): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select relname as name from pg_inherits join pg_class on oid = inhrelid
    where inhparent = ${sql.lit(parent)}::regclass order by relname`.execute(database.db);
  return rows.map(({ name }) => name.slice(parent.length + 1));
}

async function makesTradeAt(at: string): Promise<string> {
  const id = newId(new Date(at));
  await database.exec(`
    insert into trade (merchant_id, id, type, source, game, trade_url, steam_id, status, created_at, updated_at)
      values ('${MERCHANT}', '${id}', 'withdraw', 'self', '730', 'u', 's', 'failed', '${at}', '${at}');
    insert into trade_event (merchant_id, trade_id, number, item_id, event, to_state, actor, at)
      values ('${MERCHANT}', '${id}', 1, '${id}', 'create', 'initiated', 'a', '${at}')`);
  return id;
}

async function placeOf(tradeId: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`select tableoid::regclass::text as name from trade_event
    where trade_id = ${tradeId}`.execute(database.db);
  return rows[0]?.name ?? '';
}

test('this month and the next two have partitions, also after the year has ended', async () => {
  await keepPartitions(depsAt('2031-11-30T23:59:59Z'));
  for (const parent of ['trade_event', 'approval_attempt', 'callback_attempt'])
    expect(await months(parent)).toEqual(expect.arrayContaining(['2031_11', '2031_12', '2032_01', 'default']));
  expect(await placeOf(await makesTradeAt('2031-12-31T23:59:59.999Z'))).toBe('trade_event_2031_12');
  expect(await placeOf(await makesTradeAt('2032-01-01T00:00:00.000Z'))).toBe('trade_event_2032_01');
});

test('several nodes may make them at once', async () => {
  await Promise.all([1, 2, 3, 4].map(() => keepPartitions(depsAt('2032-06-01T00:00:00Z'))));
  expect(await months()).toEqual(expect.arrayContaining(['2032_06', '2032_07', '2032_08']));
});

test('a row of a month without a partition is kept in the default, and nothing fails when the month is made later', async () => {
  const id = await makesTradeAt('2033-03-10T00:00:00Z');
  expect(await placeOf(id)).toBe('trade_event_default');
  await keepPartitions(depsAt('2033-03-11T00:00:00Z'));
  expect(await months()).not.toContain('2033_03');
  expect(await months()).toContain('2033_04');
  expect(await placeOf(await makesTradeAt('2033-03-12T00:00:00Z'))).toBe('trade_event_default');
});

test('an empty month that has passed is dropped; one with rows, one that has not passed and the default stay', async () => {
  await keepPartitions(depsAt('2034-01-01T00:00:00Z'));
  const kept = await makesTradeAt('2034-02-02T00:00:00Z');
  expect(await dropEmptyPartitions(depsAt('2034-04-01T00:00:00Z'), new Date('2034-03-01'))).toBeGreaterThan(0);
  expect(await months()).not.toContain('2034_01');
  expect(await months()).toEqual(expect.arrayContaining(['2034_02', '2034_03', 'default']));
  expect(await placeOf(kept)).toBe('trade_event_2034_02');
  expect(firstIdOf(new Date('2034-02-01')) < kept).toBe(true);
});
