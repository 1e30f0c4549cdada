import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connect.ts';
import { distribute, distributedTables, isDistributed, referenceTables } from '../../src/db/distribution.ts';
import type { Tables } from '../../src/db/tables.ts';
import { createTestDatabase, isOnCitus } from '../support/database.ts';

test.skipIf(isOnCitus)(
  'tables are spread over workers only where there is Citus, and the operator is told what is missing',
  async () => {
    const home = await createTestDatabase();
    const database = await openDatabase({ url: home.url });
    try {
      expect(await isDistributed(database.db)).toBe(false);
      await expect(distribute(database.db)).rejects.toThrow(/has no Citus: run "create extension citus"/);
    } finally {
      await database.close();
      await home.drop();
    }
  },
);

test('every table that is spread or copied is a table of the schema', () => {
  const names = [...distributedTables, ...referenceTables] satisfies (keyof Tables)[];
  expect(new Set(names).size).toBe(names.length);
});
