import { CompiledQuery, type KyselyPlugin, type RootOperationNode, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listCallbacks, pageOfCallbacks } from '../../src/callbacks/log.ts';
import { systemClock } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { type Database, type Db, openDatabase } from '../../src/db/connect.ts';
import { migrate } from '../../src/db/migrate.ts';
import { listTrades } from '../../src/trades/read-trades.ts';
import { unknownOutcomes } from '../../src/unknown/queries.ts';
import { listEntries } from '../../src/wallets/read-entries.ts';
import { listFunding } from '../../src/wallets/read-funding.ts';
import { entryKinds } from '../../src/wallets/wire.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** A page costs what it shows, however much a merchant has that it does not show. */

const HISTORY = 5000;
const PAGE = 20;
/** Of rows, with all that is looked up for each that is shown. */
const READ_MAX = 500;

let test_: TestDatabase;
let database: Database;
const merchantId = newId(systemClock.now());

beforeAll(async () => {
  test_ = await createTestDatabase();
  database = await openDatabase({ url: test_.url });
  await migrate(database);
  await seed(database.db);
});
afterAll(async () => {
  await database.close();
  await test_.drop();
});

/** Thousands of trades that only wait: the few captures, refunds and failed callbacks are older than all of them. */
async function seed(db: Db): Promise<void> {
  await db
    .insertInto('merchant')
    .values({ id: merchantId, name: 'Paper Shop', created_at: systemClock.now() } as never) // the others have defaults
    .execute();
  await sql`insert into account (merchant_id, name)
    select ${merchantId}::uuid, name from (values ('available'), ('locked'), ('revenue'), ('funding')) as names (name)`.execute(
    db,
  );
  await sql`
    insert into trade (merchant_id, id, type, source, game, trade_url, steam_id, status, version, created_at, updated_at)
    select ${merchantId}::uuid, gen_random_uuid(), 'withdraw', case when n % 2 = 0 then 'self' else 'client' end, '730',
      '', 'ann', 'pending', 1, timestamptz '2026-01-01' + n * interval '1 s', now()
    from generate_series(1, ${HISTORY}::integer) as n`.execute(db);
  await sql`
    insert into transfer (merchant_id, key, kind, from_account, to_account, amount_mills, item_id, actor, at)
    select merchant_id, 'reserve:' || id, 'reserve', 'available', 'locked', 1000, id, 'test', created_at from trade`.execute(
    db,
  );
  await sql`
    insert into transfer (merchant_id, key, kind, from_account, to_account, amount_mills, item_id, actor, at)
    select merchant_id, kind || ':' || id, kind, 'locked', 'revenue', 1000, id, 'test', created_at - interval '1 year'
    from (select * from trade order by created_at limit 5) as old,
      (values ('credit'), ('debit'), ('release'), ('capture'), ('fee'), ('refund'), ('penalty')) as kinds (kind)`.execute(
    db,
  );
  await sql`
    insert into callback (merchant_id, id, trade_id, number, body, state, created_at)
    select merchant_id, gen_random_uuid(), id, 1, '{}',
      case row_number() over (order by created_at) when 1 then 'pending' when 2 then 'failed' else 'delivered' end,
      created_at
    from trade`.execute(db);
  await sql`analyze`.execute(db);
}

/** How many rows the database reads, or looks into, for all statements that are made with the handle it is given. */
async function rowsReadBy(work: (deps: { db: Db }) => Promise<unknown>): Promise<number> {
  const nodes: RootOperationNode[] = [];
  // A query within another one is transformed as well, but never executed alone.
  const known = new Map<string, RootOperationNode>();
  const notes: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      known.set(queryId.queryId, node);
      return node;
    },
    transformResult: async ({ result, queryId }) => {
      const node = known.get(queryId.queryId);
      if (node) nodes.push(node);
      return result;
    },
  };
  await work({ db: database.db.withPlugin(notes) });
  let rows = 0;
  for (const node of nodes) {
    const { sql: text, parameters } = database.db.getExecutor().compileQuery(node, { queryId: 'plan' });
    const explained = CompiledQuery.raw(`explain (analyze, format json) ${text}`, [...parameters]);
    const result = await database.db.executeQuery<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explained);
    for (const row of result.rows) rows += rowsOf(row['QUERY PLAN'][0].Plan);
  }
  return rows;
}

interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

function rowsOf(plan: Plan): number {
  const removed = (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Index Recheck'] ?? 0);
  const below = (plan.Plans ?? []).reduce((sum, each) => sum + rowsOf(each), 0);
  return (plan['Actual Rows'] + removed) * plan['Actual Loops'] + below;
}

describe('a page is read without the rest of the history', () => {
  test.each([undefined, ...entryKinds])('of wallet entries, kind %s', async (kind) => {
    const rows = await rowsReadBy(async (deps) => {
      const { items } = await listEntries(deps, merchantId, { kind, limit: PAGE });
      expect(items).toHaveLength(kind === undefined || kind === 'reserve' ? PAGE : 5);
    });
    expect(rows).toBeLessThan(READ_MAX);
  });

  test('of the ledger', async () => {
    const rows = await rowsReadBy(async (deps) => {
      expect((await listFunding(deps, merchantId, { limit: PAGE, offset: 0 })).pagination.total).toBe(10);
    });
    expect(rows).toBeLessThan(READ_MAX);
  });

  test.each([
    ['own', null, undefined, PAGE],
    ['own', null, 'withdraw' as const, PAGE],
    ['own', null, 'deposit' as const, 0],
    ['clients’', 'ann', undefined, PAGE],
    ['clients’', 'ann', 'deposit' as const, 0],
  ])('of %s trades (client %s, type %s)', async (_whose, steamId, type, count) => {
    const rows = await rowsReadBy(async (deps) => {
      const page = { steamId, game: '730' as const, limit: PAGE, ...(type ? { type } : {}) };
      expect((await listTrades(deps as never, merchantId, page)).items).toHaveLength(count); // it reads `db` only
    });
    expect(rows).toBeLessThan(READ_MAX);
  });

  test.each([
    [undefined, PAGE],
    ['pending' as const, 1],
    ['delivered' as const, PAGE],
    ['failed' as const, 1],
  ])('of callbacks, state %s', async (state, count) => {
    const rows = await rowsReadBy(async (deps) => {
      expect(
        (await listCallbacks(deps, merchantId, { state, made: { from: null, to: null }, limit: PAGE })).items,
      ).toHaveLength(count);
    });
    expect(rows).toBeLessThan(READ_MAX);
  });

  test.each([
    [undefined, PAGE],
    ['pending' as const, 1],
    ['delivered' as const, PAGE],
    ['failed' as const, 1],
  ])('of callbacks of all merchants, state %s', async (state, count) => {
    const rows = await rowsReadBy(async ({ db }) => {
      const page = await pageOfCallbacks(db, { merchantId: null, state, limit: PAGE });
      expect(page.callbacks).toHaveLength(count);
    });
    expect(rows).toBeLessThan(READ_MAX);
  });

  test('of what is unknown', async () => {
    const rows = await rowsReadBy(async ({ db }) => {
      expect(await unknownOutcomes(db, systemClock.now(), { limit: PAGE })).toEqual([]);
    });
    expect(rows).toBeLessThan(READ_MAX);
  });
});
