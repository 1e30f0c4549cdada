import { readFileSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import { fromPglite } from 'pg-boss';
import { PreparingClient, SteadyClient } from './prepared.ts';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;

/** One open database, of either kind, behind the same queries (DESIGN 5). */
export interface Database {
  readonly kind: 'postgres' | 'pglite';
  readonly db: Db;
  /** Runs a script of many statements without parameters; when it fails, a transaction that it began is rolled back. */
  exec(script: string): Promise<void>;
  /** How pg-boss reaches the same database. */
  readonly jobs:
    | { readonly connectionString: string; readonly max: number; readonly Client?: typeof pg.Client }
    | { readonly db: ReturnType<typeof fromPglite> };
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /**
   * PostgreSQL. `memory:`: an embedded database that keeps nothing, for tests; `memory:<file>`: one that begins as the
   * dump of an empty one in that file, which takes 0.7 s instead of 4.7. Absent: the embedded database.
   */
  readonly url?: string | undefined;
  /** Where the embedded database lives; absent: in memory. */
  readonly dataDir?: string | undefined;
  readonly poolMax?: number;
}

const IN_MEMORY = 'memory:';

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, dataDir, poolMax = 16 } = options;
  if (!url) return openPglite(dataDir ? { dataDir } : {});
  if (!url.startsWith(IN_MEMORY)) return openPostgres(url, poolMax);
  const dump = url.slice(IN_MEMORY.length);
  return openPglite(dump ? { loadDataDir: new Blob([readFileSync(dump)]) } : {});
}

/** int8 is read as BigInt on both drivers: left alone, its type depends on the driver and even on the value. */
function openPostgres(url: string, poolMax: number): Database {
  const pool = new pg.Pool({
    connectionString: url,
    Client: PreparingClient,
    max: poolMax,
    connectionTimeoutMillis: 5000,
    // pg's type calls a parser's result `any`; both parsers take the column's text.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // Without a listener, an idle connection that the server closes would end the process.
  pool.on('error', () => {});
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    db,
    exec: async (script) => {
      const client = await pool.connect();
      try {
        await client.query(script);
      } catch (error) {
        // A script that failed half-way may have left its own transaction open on this connection.
        await client.query('rollback').catch(() => {});
        throw error;
      } finally {
        client.release();
      }
    },
    // pg-boss has a small pool of its own: it expects int8 as pg reads it by default.
    jobs: { connectionString: url, max: 4, Client: SteadyClient },
    close: () => (pool.ended ? Promise.resolve() : pool.end()),
  };
}

async function openPglite(start: { dataDir?: string; loadDataDir?: Blob }): Promise<Database> {
  // Loaded only here: a node on PostgreSQL does without it.
  const [{ types }, { createPglite }] = await Promise.all([import('@electric-sql/pglite'), import('./embedded.ts')]);
  const pglite = await createPglite(start);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  return {
    kind: 'pglite',
    db,
    exec: async (script) => {
      try {
        await pglite.exec(script);
      } catch (error) {
        await pglite.exec('rollback').catch(() => {});
        throw error;
      }
    },
    jobs: { db: fromPglite(withNumberInt8(pglite, types.INT8)) },
    close: () => (pglite.closed ? Promise.resolve() : pglite.close()),
  };
}

/** pg-boss counts in int8 and expects numbers. */
function withNumberInt8(pglite: PGlite, int8: number): Parameters<typeof fromPglite>[0] {
  const options = { parsers: { [int8]: Number } };
  return {
    query: (text, params) => pglite.query(text, params, options),
    exec: (text) => pglite.exec(text, options),
    listen: (channel, callback) => pglite.listen(channel, callback),
  };
}
