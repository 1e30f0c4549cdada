import type { FastifyBaseLogger } from 'fastify';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Db as BossDatabase } from 'pg-boss';
import type { ClientSetup } from './client.ts';
import type { Database, LinkConnections } from './connect.ts';
import { Connections } from './connections.ts';
import { parseDatabaseUrl, Servers } from './database-url.ts';
import { Heartbeat } from './heartbeat.ts';
import { ListeningClient, subscribe } from './listener.ts';
import { WritablePool } from './pool.ts';
import { requireSound } from './pooler.ts';
import { StatementNames } from './prepared.ts';
import { IS_READ_ONLY, type SessionLimits, sessionSettings } from './session.ts';
import type { Tables } from './tables.ts';
import { int8AsBigInt } from './value-types.ts';
import { Writes } from './writes.ts';

export interface PostgresOptions {
  readonly url: string;
  readonly poolMax: number;
  /** The time after which the server cancels a statement of a request or of due work. */
  readonly statementMs: number;
  /** False behind a transaction pooler: statements are not prepared, and sessions have no settings. */
  readonly prepare: boolean;
  readonly log: FastifyBaseLogger | null;
}

const CONNECT_MS = 5000;
/** Shorter with several servers, so that a silent first server leaves time for the next. */
const CONNECT_ONE_OF_SEVERAL_MS = 3000;
const IDLE_IN_TRANSACTION_MS = 30_000;
/** For `verify` and operators' commands, which read much data; migrations may rewrite a table. */
const SLOW_MS = 600_000;
const MIGRATION_MS = 3_600_000;
/** For the maintenance of pg-boss. */
const JOBS_MS = 60_000;
/** Jobs are fetched with a statement that waits for no lock. Until it is given up, a queue is served by the sweeps alone. */
const FETCHES_JOBS = /\bskip locked\b/i;
const FETCH_WITHIN_MS = 10_000;
const LINK_MS = 5000;
const SLOW_POOL_MAX = 3;
const JOBS_POOL_MAX = 4;
/** One connection for sending, which keeps the order of events; one for reading and deleting long messages. */
const LINK_POOL_MAX = 2;

/** Opens a database on one PostgreSQL server, or on the writable one of several. Does not connect yet. */
export function openPostgres(options: PostgresOptions): Database {
  const setup = setups(options);
  const pool = new WritablePool(setup({ statementMs: options.statementMs, types: int8AsBigInt }), options.poolMax);
  const slow = new WritablePool(
    setup({ statementMs: SLOW_MS, types: int8AsBigInt }),
    Math.min(SLOW_POOL_MAX, options.poolMax),
  );
  const jobs = setup({ statementMs: JOBS_MS });
  const jobsPool = new WritablePool(jobs, JOBS_POOL_MAX);
  const { connections } = jobs;
  const heartbeat = new Heartbeat(pool, new WritablePool(setup({ statementMs: options.statementMs }), 1), connections);
  const writes = new Writes();
  return {
    kind: 'postgres',
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log: writes.log }),
    quietDb: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    writes,
    slowDb: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: slow }) }),
    exec: (script) => runScript(setup({ statementMs: MIGRATION_MS }), script),
    jobs: bossDatabase(jobsPool, options.prepare ? jobs : null),
    subscribe: options.prepare
      ? (channel, onNotification, onConnected) => subscribe(jobs, channel, onNotification, onConnected)
      : null,
    openLink: options.prepare ? () => openLink(setup({ statementMs: LINK_MS })) : null,
    requireSound: () => requireSound(pool, options.prepare),
    isWritable: () => isWritable(pool),
    get isAway() {
      return connections.isAway;
    },
    close: async () => {
      await Promise.all([heartbeat.stop(), pool.end(), slow.end(), jobsPool.end()]);
    },
  };
}

/** Setups that share servers, connections and statement names. */
function setups({ url, prepare, log }: PostgresOptions) {
  const { servers: all, connectMs } = parseDatabaseUrl(url);
  const servers = new Servers(all);
  const shared = {
    servers,
    connections: new Connections(log),
    connectMs: connectMs ?? (all.length > 1 ? CONNECT_ONE_OF_SEVERAL_MS : CONNECT_MS),
    names: prepare ? new StatementNames() : null,
  };
  return ({ statementMs, types: parsers }: { statementMs: number; types?: pg.CustomTypesConfig }): ClientSetup => {
    const idleInTransactionMs = Math.max(IDLE_IN_TRANSACTION_MS, statementMs);
    const limits: SessionLimits = { statementMs, idleInTransactionMs };
    return { ...shared, statementMs, types: parsers, settings: sessionSettings(limits), takesOptions: prepare };
  };
}

/** Uses a separate connection, which is closed afterwards, so that a failed script leaves no open transaction. */
async function runScript(setup: ClientSetup, script: string): Promise<void> {
  const pool = new WritablePool(setup, 1);
  const client = await pool.connect();
  try {
    await client.query(script);
  } finally {
    client.release(true);
    await pool.end();
  }
}

async function isWritable(pool: WritablePool): Promise<boolean> {
  const { rows } = await pool.query(`select ${IS_READ_ONLY} as read_only`);
  return rows[0]?.read_only === false;
}

/** @param listening null behind a transaction pooler, where LISTEN does not work; pg-boss then polls */
function bossDatabase(pool: WritablePool, listening: ClientSetup | null): BossDatabase {
  const executeSql: BossDatabase['executeSql'] = (text, values) =>
    FETCHES_JOBS.test(text) ? pool.queryWithin(FETCH_WITHIN_MS, text, values) : pool.query(text, values);
  if (!listening) return { executeSql };
  return {
    executeSql,
    listen: async (channel, onNotification, onReconnect) => subscribe(listening, channel, onNotification, onReconnect),
  };
}

function openLink(setup: ClientSetup): LinkConnections {
  const pool = new WritablePool(setup, LINK_POOL_MAX);
  return {
    query: (text, values) => pool.query(text, values),
    listen: () => ListeningClient.open(setup),
    close: () => pool.end(),
  };
}
