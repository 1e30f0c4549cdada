import { readFileSync } from 'node:fs';
import type { FastifyBaseLogger } from 'fastify';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { type Db as BossDatabase, fromPglite } from 'pg-boss';
import { IN_MEMORY, isInMemory } from './database-url.ts';
import type { EmbeddedPlace } from './embedded.ts';
import type { Subscription } from './listener.ts';
import { openPostgres } from './postgres.ts';
import type { Tables } from './tables.ts';
import { Writes } from './writes.ts';

export type Db = Kysely<Tables>;

/** The database connections of the live feed, for NOTIFY and LISTEN. */
export interface LinkConnections {
  query(text: string, values: readonly unknown[]): Promise<pg.QueryResult>;
  /** A separate connection that ends when it breaks. */
  listen(): Promise<pg.Client>;
  close(): Promise<void>;
}

/** An open database of either kind, with the same interface. */
export interface Database {
  readonly kind: 'postgres' | 'pglite';
  readonly db: Db;
  /** The same database for long statements, such as those of `verify`. */
  readonly slowDb: Db;
  /** Runs a script of several statements without parameters. When it fails, its open transaction is rolled back. */
  exec(script: string): Promise<void>;
  /** The same connections, for writes that nobody has to be told of, such as renewals of leases. */
  readonly quietDb: Db;
  /** Says when this process has written through `db`. */
  readonly writes: Writes;
  /** The connection of pg-boss to the same database. */
  readonly jobs: BossDatabase;
  /**
   * Listens to a channel until it is closed, and connects again when necessary; null when LISTEN is not possible, or nobody
   * else can write. `onConnected` is called after each connect: earlier notifications were missed.
   */
  readonly subscribe:
    | ((channel: string, onNotification: (payload: string) => void, onConnected: () => void) => Subscription)
    | null;
  /** null when LISTEN is not possible or not needed. */
  readonly openLink: (() => LinkConnections) | null;
  /** @throws Error with a message for the operator when a pooler mixes up sessions */
  requireSound(): Promise<void>;
  /** Queries whether the server accepts writes. */
  isWritable(): Promise<boolean>;
  /** Whether the last attempt reached no server. */
  readonly isAway: boolean;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /**
   * A PostgreSQL URL. `memory:`: an embedded database that is not stored, for tests; `memory:<file>`: one that starts from the
   * dump in that file, which takes 0.4 s instead of 4.7 s. Absent: the embedded database.
   */
  readonly url?: string | undefined;
  /** The folder of the embedded database; absent: in memory. */
  readonly dataDir?: string | undefined;
  readonly poolMax?: number;
  /** The time after which PostgreSQL cancels a statement of a request or of due work. */
  readonly statementMs?: number;
  /** False behind a transaction pooler. */
  readonly prepare?: boolean;
  /** Logs when PostgreSQL becomes unavailable and when it is back. */
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
  // Loaded only here, because a node on PostgreSQL does not need it.
  const [{ createPglite }, { EmbeddedPool }] = await Promise.all([
    import('./embedded.ts'),
    import('./embedded-pool.ts'),
  ]);
  const pool = new EmbeddedPool(await createPglite(start));
  const writes = new Writes();
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log: writes.log });
  return {
    kind: 'pglite',
    db,
    slowDb: db,
    quietDb: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    writes,
    exec: async (script) => void (await pool.exec(script)),
    jobs: fromPglite(pool),
    subscribe: null,
    openLink: null,
    requireSound: async () => {},
    isWritable: async () => {
      await pool.exec('select 1');
      return true;
    },
    isAway: false,
    close: () => pool.end(),
  };
}
