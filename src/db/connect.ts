import { readFileSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import type { FastifyBaseLogger } from 'fastify';
import { Kysely, PGliteDialect } from 'kysely';
import type pg from 'pg';
import { type Db as BossDatabase, fromPglite } from 'pg-boss';
import { IN_MEMORY, isInMemory } from './database-url.ts';
import type { EmbeddedPlace } from './embedded.ts';
import { openPostgres } from './postgres.ts';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;

/** What the live feed needs of a database: to notify, and to listen. */
export interface LinkConnections {
  query(text: string, values: readonly unknown[]): Promise<pg.QueryResult>;
  /** A connection of its own that ends when it leads nowhere. */
  listen(): Promise<pg.Client>;
  close(): Promise<void>;
}

/** One open database, of either kind, behind the same queries. */
export interface Database {
  readonly kind: 'postgres' | 'pglite';
  readonly db: Db;
  /** The same, for statements that may take longer than a request: proofs of the whole database. */
  readonly slowDb: Db;
  /** Runs a script of many statements without parameters; when it fails, a transaction that it began is rolled back. */
  exec(script: string): Promise<void>;
  /** How pg-boss reaches the same database. */
  readonly jobs: BossDatabase;
  /** null: nobody can listen there, or needs to. */
  readonly openLink: (() => LinkConnections) | null;
  /** @throws Error in words for the operator when something between would mix up sessions */
  requireSound(): Promise<void>;
  /** Asks the server whether it takes writes. */
  isWritable(): Promise<boolean>;
  /** Whether no server could be reached when it was last tried. */
  readonly isAway: boolean;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /**
   * PostgreSQL. `memory:`: an embedded database that keeps nothing, for tests; `memory:<file>`: one that begins as the
   * dump in that file, which takes 0.4 s instead of 4.7. Absent: the embedded database.
   */
  readonly url?: string | undefined;
  /** Where the embedded database lives; absent: in memory. */
  readonly dataDir?: string | undefined;
  readonly poolMax?: number;
  /** After how long PostgreSQL cancels a statement of a request or of due work. */
  readonly statementMs?: number;
  /** False behind a transaction pooler. */
  readonly prepare?: boolean;
  /** Is told when PostgreSQL goes away and when it is back. */
  readonly log?: FastifyBaseLogger;
}

const STATEMENT_MS = 10_000;

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, dataDir, poolMax = 16, statementMs = STATEMENT_MS, prepare = true, log = null } = options;
  if (!url) return openPglite(dataDir ? { dataDir } : {});
  if (!isInMemory(url)) return openPostgres({ url, poolMax, statementMs, prepare, log });
  const dump = url.slice(IN_MEMORY.length);
  return openPglite(dump ? { dump: readFileSync(dump) } : {});
}

async function openPglite(start: EmbeddedPlace): Promise<Database> {
  // Loaded only here: a node on PostgreSQL does without it.
  const [{ types }, { createPglite }] = await Promise.all([import('@electric-sql/pglite'), import('./embedded.ts')]);
  const pglite = await createPglite(start);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  return {
    kind: 'pglite',
    db,
    slowDb: db,
    exec: async (script) => {
      try {
        await pglite.exec(script);
      } catch (error) {
        await pglite.exec('rollback').catch(() => {});
        throw error;
      }
    },
    jobs: fromPglite(withNumberInt8(pglite, types.INT8)),
    openLink: null,
    requireSound: async () => {},
    isWritable: async () => {
      await pglite.query('select 1');
      return true;
    },
    isAway: false,
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
