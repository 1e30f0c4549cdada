// A proof that did not come to its end proves nothing, and must say so.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import { openDatabase } from '../../src/db/connect.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createMerchant } from '../../src/merchants/operations.ts';
import { VerifyInterrupted, verify } from '../../src/verify/verify.ts';
import { createPostgres, postgresUrl } from '../support/database.ts';
import { Books, listings } from './books.ts';

let books: Books;

beforeAll(async () => {
  books = await Books.open();
  await books.buys(listings.ordinary);
});

afterAll(() => books.close());

test('a run that is ended between two batches says that nothing is proved, and what it had found', async () => {
  const { db } = books.deps;
  await sql`update account set balance_mills = balance_mills + 10 where name = 'available'`.execute(db);
  const run = verify(db, books.clock.now(), {
    onBatch: ({ table }) => {
      if (table === 'purchase') throw new Error('the power went');
    },
  });
  await expect(run).rejects.toThrow(VerifyInterrupted);
  const line = explain(await run.catch((error: unknown) => error));
  expect(line).toMatch(
    /^verify was interrupted, so the database is NOT verified: the power went; broken rules found so far/,
  );
  expect(line).toContain('balance-is-its-transfers');
});

test.skipIf(!postgresUrl)('a run whose connection is cut in the midst of a batch is never clean', async () => {
  const own = await createPostgres(postgresUrl ?? '');
  const database = await openDatabase({ url: own.url, poolMax: 2 });
  const holder = await openDatabase({ url: own.url, poolMax: 2 });
  await migrate(database);
  // Cancellations are read merchant by merchant: without one, the run would read none and wait for nothing.
  await createMerchant({ ...books.deps, db: database.db }, { name: 'Paper Shop' });
  await holder.db.transaction().execute(async (trx) => {
    await sql`lock table cancellation in access exclusive mode`.execute(trx);
    const run = expect(verify(database.db, new Date())).rejects.toThrow(/NOT verified: .*terminat/);
    // The batch waits for that table; whoever waits is cut off.
    const cut = () =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(holder.db);
    await expect.poll(async () => (await cut()).rows.length, { timeout: 100_000 }).toBe(1);
    await run;
  });
  await Promise.all([database.close(), holder.close()]);
  await own.drop();
});
