import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { DatabaseUnavailable, type FailedOutcome } from '../../src/db/failure.ts';
import type { Tables } from '../../src/db/tables.ts';
import type { Embedded } from './embedded.ts';
import type { Fault, Faults } from './faults.ts';
import type { Scheduler, SimProcess } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** For an await that never comes back: its process died there. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** What a connection to PostgreSQL throws when it breaks. */
export class ConnectionLost extends DatabaseUnavailable {
  constructor(outcome: FailedOutcome) {
    super('Connection terminated unexpectedly', outcome);
  }
}

class Collision extends Error {
  readonly code = '40001';
}

/** True for what a fault of the simulation made the database throw. */
export function isDatabaseFault(error: unknown): boolean {
  return error instanceof ConnectionLost || error instanceof Collision;
}

/** What the processes of a story share of the database. */
export interface SharedDatabase {
  readonly embedded: Embedded;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  /** Tables that were written to since they were last looked at. */
  readonly written: Set<string>;
}

/** What happens together with a transaction, outside of its SQL. */
export interface TransactionHooks {
  committed(): void;
  rolledBack(): void;
}

export interface GatedDatabase {
  readonly db: Kysely<Tables>;
  readonly isInTransaction: () => boolean;
}

/**
 * One process's handle on the database. A statement, or a whole transaction, is one step; the process can die before
 * it, inside it (which rolls it back) and after it, when it is committed but nobody has learned of it, and so can its
 * connection. Transactions never overlap here: that is for the tests of races on PostgreSQL.
 */
export function gatedDatabase(shared: SharedDatabase, process: SimProcess, hooks: TransactionHooks): GatedDatabase {
  const driver = new GatedDriver(shared, process, hooks);
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (any) => new PostgresIntrospector(any),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return { db, isInTransaction: () => driver.isInTransaction };
}

/** A handle for looking only, which nothing can go wrong with. */
export function plainDatabase(embedded: Embedded): Kysely<Tables> {
  const nothing = async () => {};
  const run = async <R>({ sql, parameters }: CompiledQuery) => toResult<R>(embedded.run(sql, parameters));
  const connection: DatabaseConnection = { executeQuery: run, streamQuery: noStream };
  const driver: Driver = {
    init: nothing,
    acquireConnection: async () => connection,
    beginTransaction: async () => void embedded.run('begin'),
    commitTransaction: async () => void embedded.run('commit'),
    rollbackTransaction: async () => void embedded.run('rollback'),
    releaseConnection: nothing,
    destroy: nothing,
  };
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (any) => new PostgresIntrospector(any),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

class GatedDriver implements Driver {
  readonly #shared: SharedDatabase;
  readonly #process: SimProcess;
  readonly #hooks: TransactionHooks;
  readonly #connection: DatabaseConnection;
  #writes: string[] = [];
  isInTransaction = false;

  constructor(shared: SharedDatabase, process: SimProcess, hooks: TransactionHooks) {
    this.#shared = shared;
    this.#process = process;
    this.#hooks = hooks;
    this.#connection = { executeQuery: (query) => this.#execute(query), streamQuery: noStream };
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#shared.scheduler.gate(this.#process, 'database');
    await this.#mayDie('died before a statement');
    this.#mayLose('connection lost before a statement', 'not_applied');
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    this.#shared.embedded.run('begin');
    this.isInTransaction = true;
  }

  async commitTransaction(): Promise<void> {
    this.#mayLose('connection lost before a commit', 'unknown');
    if (this.#shared.faults.strikes('transaction collided (40001)')) throw new Collision('could not serialize access');
    this.#shared.embedded.run('commit');
    this.isInTransaction = false;
    this.#shared.trace.line('  commit');
    this.#note();
    this.#hooks.committed();
    await this.#mayDie('died after a commit');
    this.#mayLose('connection lost after a commit', 'unknown');
  }

  async rollbackTransaction(): Promise<void> {
    if (this.isInTransaction) {
      this.#shared.embedded.run('rollback');
      this.isInTransaction = false;
      this.#writes = [];
      this.#hooks.rolledBack();
      this.#shared.trace.line('  rollback');
    }
    if (!this.#process.isAlive) await never();
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}

  async #execute<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { embedded, faults, scheduler, trace } = this.#shared;
    if (this.isInTransaction) {
      this.#mayLose('connection lost inside a transaction', 'not_applied');
      if (faults.strikes('died inside a transaction')) {
        scheduler.kill(this.#process);
        throw new Error('the process died inside a transaction');
      }
    }
    const result = embedded.run(sql, parameters);
    trace.line(`  ${oneLine(sql)} [${parameters.map(toText).join(', ')}] → ${result.rows.length}/${result.affected}`);
    // What is written within a query is not counted by its result.
    if (result.affected > 0 || /^\s*with\s/.test(sql)) this.#writes.push(...tablesWritten(sql));
    if (!this.isInTransaction) {
      this.#note();
      await this.#mayDie('died after a statement');
      this.#mayLose('connection lost after a statement', 'unknown');
    }
    return toResult(result);
  }

  #note(): void {
    for (const table of this.#writes) this.#shared.written.add(table);
    this.#writes = [];
  }

  async #mayDie(fault: Fault): Promise<void> {
    if (!this.#shared.faults.strikes(fault)) return;
    this.#shared.scheduler.kill(this.#process);
    await never();
  }

  #mayLose(fault: Fault, outcome: FailedOutcome): void {
    if (this.#shared.faults.strikes(fault)) throw new ConnectionLost(outcome);
  }
}

// biome-ignore lint/correctness/useYield: nothing of the gateway streams, and this says so
async function* noStream(): AsyncIterableIterator<never> {
  throw new Error('nothing streams');
}

function toResult<R>({ rows, affected }: { rows: Record<string, unknown>[]; affected: number }): QueryResult<R> {
  return { rows: rows as R[], numAffectedRows: BigInt(affected) }; // the caller's own words for its columns
}

function tablesWritten(sql: string): string[] {
  return [...sql.matchAll(/(?:insert into|update|delete from) "?(\w+)"?/g)].flatMap((match) => match[1] ?? []);
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').slice(0, 120);
}

function toText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
