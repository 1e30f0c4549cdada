import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HOUR_MS, later } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { type DueRows, lookForDue } from '../../src/work/due-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** What a node asks the database before it rests: which kinds have due rows, and when the next row will be due. */

const now = new Date('2026-06-01T12:00:00.000Z');
const clock = { now: () => now, wait: async () => {} };

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = await openDatabase({ url: home.url });
  await database.exec(`drop table if exists cancellation cascade; create table cancellation (merchant_id uuid, id uuid,
    state text not null, due_at timestamptz, primary key (merchant_id, id));
    create index cancellation_due on cancellation (due_at) where due_at is not null`);
});
beforeEach(async () => {
  await sql`delete from cancellation`.execute(database.db);
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

async function row(state: string, dueInMs: number | null): Promise<void> {
  const dueAt = dueInMs === null ? null : later(now, dueInMs);
  await sql`insert into cancellation (merchant_id, id, state, due_at)
    values (${newId(now)}, ${newId(now)}, ${state}, ${dueAt})`.execute(database.db);
}

const inState = (state: string): DueRows => ({
  table: 'cancellation',
  dueAt: 'due_at',
  which: sql`state = ${state}`,
});

const look = (kinds: Record<string, DueRows>) => lookForDue({ db: database.db, clock }, new Map(Object.entries(kinds)));

test('names the kinds that have due rows, and no others', async () => {
  await row('unknown', -1000);
  await row('unknown', -2000);
  await row('requested', HOUR_MS);
  await row('accepted', null);
  const due = await look({ retries: inState('unknown'), calls: inState('requested'), ends: inState('accepted') });
  expect(due).toEqual({ kinds: ['retries'], nextAt: later(now, HOUR_MS) });
});

test('a row is due from the very millisecond of its time', async () => {
  await row('unknown', 0);
  await row('requested', 1);
  const due = await look({ retries: inState('unknown'), calls: inState('requested') });
  expect(due).toEqual({ kinds: ['retries'], nextAt: later(now, 1) });
});

test('the next time is the first one of all kinds without due rows: those that have some are looked at again anyway', async () => {
  await row('unknown', -1000);
  await row('unknown', 3000);
  await row('requested', 5000);
  await row('requested', 4000);
  await row('accepted', 6000);
  const due = await look({ retries: inState('unknown'), calls: inState('requested'), ends: inState('accepted') });
  expect(due).toEqual({ kinds: ['retries'], nextAt: later(now, 4000) });
});

test('without rows there is nothing due, and no next time', async () => {
  expect(await look({ retries: inState('unknown') })).toEqual({ kinds: [], nextAt: null });
});
