import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, later, SECOND_MS } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { latestAttemptAt, longestPauseMs, nextAttemptAt } from '../../src/work/backoff.ts';
import { type Claim, claimDue, claimOfMerchant, type DueTable, expireLeases } from '../../src/work/claim.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** What every kind of durable work relies on, whichever table its rows are in. */

const due: DueTable = { table: 'cancellation', key: 'id', dueAt: 'due_at', attempts: 'attempts' };
const now = new Date('2026-06-01T12:00:00.000Z');
const leased = later(now, 20 * SECOND_MS);
const merchantId = newId(now);

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = await openDatabase({ url: home.url });
  // The columns that the kernel uses, so that each test says all that its rows are.
  await database.exec(`drop table if exists cancellation cascade; create table cancellation (merchant_id uuid, id uuid,
    state text not null, attempts integer not null default 0, due_at timestamptz, requested_at timestamptz,
    primary key (merchant_id, id)); create index cancellation_due on cancellation (due_at) where due_at is not null`);
});
beforeEach(async () => {
  await sql`delete from cancellation`.execute(database.db);
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

interface Row {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly due_at: Date | null;
}

async function row(state: string, dueInMs: number | null, ofMerchant = merchantId): Promise<string> {
  const id = newId(now);
  const dueAt = dueInMs === null ? null : later(now, dueInMs);
  await sql`insert into cancellation (merchant_id, id, state, due_at, requested_at)
    values (${ofMerchant}, ${id}, ${state}, ${dueAt}, ${now})`.execute(database.db);
  return id;
}

async function rowsNow(): Promise<Row[]> {
  return (await sql<Row>`select id, state, attempts, due_at from cancellation order by id`.execute(database.db)).rows;
}

/** Whether a change is about one merchant. */
let isDistributed = false;

const unknown = sql`cancellation.state = 'unknown'`;

function claims(how: Partial<Claim & { readonly take: number }> = {}): Promise<readonly Row[]> {
  return claimDue<Row>({ db: database.db, isDistributed }, due, {
    now,
    until: leased,
    take: 10,
    which: unknown,
    ...how,
  });
}

describe.each([
  ['on one server', false],
  ['on a cluster', true],
])('a claim %s', (_, distributed) => {
  beforeEach(() => {
    isDistributed = distributed;
  });

  test('takes the rows that are due, counts the attempt, and moves their time to the end of the lease', async () => {
    const id = await row('unknown', 0);
    await row('unknown', 1);
    await row('unknown', null);
    await row('accepted', -1000);
    const claimed = await claims({ set: sql`state = 'requested'` });
    expect(claimed).toMatchObject([{ id, state: 'requested', attempts: 1, due_at: leased }]);
    expect((await rowsNow()).filter(({ attempts }) => attempts > 0)).toHaveLength(1);
  });

  test('takes those first that have been due for longest, and no more than asked for', async () => {
    await row('unknown', -1000);
    const [oldest, second] = [await row('unknown', -3000), await row('unknown', -2000)];
    const claimed = await claims({ take: 2 });
    expect(claimed.map(({ id }) => id).sort()).toEqual([oldest, second].sort());
  });

  test('takes what its own query chose, and leaves out what is not due by now', async () => {
    const chosen = await row('unknown', -1000);
    await row('unknown', -2000);
    const [late, ended] = [await row('unknown', 1000), await row('accepted', -1000)];
    const query = sql`select id from cancellation
      where merchant_id = ${merchantId} and id = any(${[chosen, late, ended]}::uuid[])`;
    const claim = { now, until: leased, which: unknown, chosen: query };
    const claimed = await claimOfMerchant<Row>(database.db, due, merchantId, claim);
    expect(claimed.map(({ id }) => id)).toEqual([chosen]);
  });

  test('takes rows of several merchants', async () => {
    const ids = [await row('unknown', -2), await row('unknown', -1, newId(now)), await row('unknown', 0)];
    expect((await claims()).map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  test('returns columns of a table that it joins', async () => {
    const id = await row('unknown', 0);
    const join = sql`join (values (${merchantId}::uuid, 'name')) as named (merchant_id, name) using (merchant_id)`;
    const returning = () => sql`cancellation.id, named.name`;
    expect(await claims({ join, returning })).toEqual([{ id, name: 'name' }]);
  });

  test('gives a row to one of many callers', async () => {
    const ids = [await row('unknown', -3), await row('unknown', -2), await row('unknown', -1)];
    const all = (await Promise.all(Array.from({ length: 8 }, () => claims()))).flat();
    expect(all.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect((await rowsNow()).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  });

  test('gives the row to the next caller, as another attempt, when the lease has ended', async () => {
    await row('unknown', 0);
    await claims();
    expect(await claims({ now: later(leased, -1) })).toEqual([]);
    expect(await claims({ now: leased, until: later(leased, SECOND_MS) })).toMatchObject([{ attempts: 2 }]);
  });

  test('does not wait for a row that another transaction has locked', async () => {
    const [locked, free] = [await row('unknown', -2), await row('unknown', -1)];
    if (database.kind === 'pglite') return; // it runs one transaction at a time
    await database.db.transaction().execute(async (trx) => {
      await sql`select from cancellation where id = ${locked} for update`.execute(trx);
      expect((await claims({ take: 1 })).map(({ id }) => id)).toEqual([free]);
    });
  });
});

test('calls whose lease has ended are recorded as abandoned; others stay as they are', async () => {
  const abandoned = await row('requested', 0);
  await row('requested', 1);
  await row('accepted', null);
  const [which, set] = [sql`state = 'requested'`, sql`state = 'unknown'`];
  await expireLeases(database.db, due, { now, which, set });
  expect((await rowsNow()).filter(({ state }) => state === 'unknown').map(({ id }) => id)).toEqual([abandoned]);
});

test.each([0, SECOND_MS, 30 * SECOND_MS, 10 * 60 * SECOND_MS, HOUR_MS, 40 * DAY_MS])(
  'a pause is a tenth of the age, within its limits, and up to a fifth shorter or longer: %d ms',
  async (ageMs) => {
    const backoff = { minMs: 2 * SECOND_MS, maxMs: 600 * SECOND_MS };
    const since = sql<Date>`${later(now, -ageMs)}::timestamptz`;
    const ids = Array.from({ length: 300 }, () => newId(now));
    const { rows } = await sql<{ at: Date; longest: Date }>`
      select ${nextAttemptAt(now, { since, id: sql.ref('row.id') }, backoff)} as at,
        ${latestAttemptAt({ now, from: now }, since, backoff)} as longest
      from unnest(${ids}::uuid[]) as row (id)`.execute(database.db);
    const middleMs = Math.min(Math.max(ageMs / 10, backoff.minMs), backoff.maxMs);
    const pauses = rows.map(({ at }) => at.getTime() - now.getTime());
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(middleMs * 0.8 - 1);
    expect(Math.min(...pauses)).toBeLessThan(middleMs * 0.85);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(middleMs * 1.2 + 1);
    expect(Math.max(...pauses)).toBeGreaterThan(middleMs * 1.15);
    expect((rows[0]?.longest.getTime() ?? 0) - now.getTime()).toBeCloseTo(middleMs * 1.2, -1);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(longestPauseMs(backoff));
  },
);
