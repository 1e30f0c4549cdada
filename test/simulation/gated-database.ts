import type { PGlite } from '@electric-sql/pglite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PGliteDialect,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Tables } from '../../src/db/tables.ts';
import type { Faults } from './faults.ts';
import type { Scheduler, SimProcess } from './scheduler.ts';

/** For an await that never comes back: its process died there. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/**
 * One process's handle on the shared database. A statement, or a whole transaction, is one step; the process can die
 * before it, inside it (which rolls it back) and after it, when it is committed but nobody has learned of it.
 */
export function gatedDatabase(pglite: PGlite, scheduler: Scheduler, process: SimProcess, faults: Faults) {
  class GatedDialect extends PGliteDialect {
    override createDriver(): Driver {
      return gatedDriver(super.createDriver(), scheduler, process, faults);
    }
  }
  return new Kysely<Tables>({ dialect: new GatedDialect({ pglite }) });
}

function gatedDriver(driver: Driver, scheduler: Scheduler, process: SimProcess, faults: Faults): Driver {
  let isInTransaction = false;
  const gatedConnection = (connection: DatabaseConnection): DatabaseConnection => ({
    ...connection,
    streamQuery: () => {
      throw new Error('nothing streams');
    },
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      if (isInTransaction && faults.diesInside()) {
        scheduler.kill(process);
        throw new Error('the process died inside a transaction');
      }
      const result = await scheduler.working(() => connection.executeQuery<R>(query));
      if (!isInTransaction) await mayDieAfter();
      return result;
    },
  });
  const mayDieAfter = async () => {
    if (!faults.diesAfter()) return;
    scheduler.kill(process);
    await never();
  };
  let inner: DatabaseConnection | undefined;
  return {
    init: (options) => driver.init(options),
    async acquireConnection(options) {
      await scheduler.gate(process, 'database');
      inner = await driver.acquireConnection(options);
      return gatedConnection(inner);
    },
    async beginTransaction(_connection: DatabaseConnection, settings: TransactionSettings) {
      isInTransaction = true;
      if (inner) await scheduler.working(() => driver.beginTransaction(inner as DatabaseConnection, settings)); // set above
    },
    async commitTransaction() {
      isInTransaction = false;
      if (inner) await scheduler.working(() => driver.commitTransaction(inner as DatabaseConnection)); // set above
      await mayDieAfter();
    },
    async rollbackTransaction() {
      isInTransaction = false;
      if (inner) await scheduler.working(() => driver.rollbackTransaction(inner as DatabaseConnection)); // set above
      if (!process.isAlive) await never();
    },
    releaseConnection: (_connection, options) => (inner ? driver.releaseConnection(inner, options) : Promise.resolve()),
    destroy: async () => {},
  };
}
