import type { FastifyBaseLogger } from 'fastify';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
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
import { type SessionLimits, sessionSettings, TAKES_NO_WRITES } from './session.ts';
import type { Tables } from './tables.ts';

export interface PostgresOptions {
  readonly url: string;
  readonly poolMax: number;
  /** After this long the server cancels a statement of a request or of due work. */
  readonly statementMs: number;
  /** False behind a transaction pooler: nothing is prepared, and nothing is expected of a session. */
  readonly prepare: boolean;
  readonly log: FastifyBaseLogger | null;
}

const CONNECT_MS = 5000;
/** With several servers, so that a silent first one leaves time for the next. */
const CONNECT_ONE_OF_SEVERAL_MS = 3000;
const IDLE_IN_TRANSACTION_MS = 30_000;
/** Proofs of the whole database and an operator's commands read much at a time; migrations may rewrite a table. */
const SLOW_MS = 600_000;
const MIGRATION_MS = 3_600_000;
/** pg-boss' own maintenance. */
const JOBS_MS = 60_000;
const LINK_MS = 5000;
const SLOW_POOL_MAX = 3;
const JOBS_POOL_MAX = 4;
/** One to send with, so that what is sent one after the other arrives so; one to fetch and to clear long messages. */
const LINK_POOL_MAX = 2;

/** int8 is read as BigInt on both drivers: left alone, its type depends on the driver and even on the value. */
const types: pg.CustomTypesConfig = {
  // pg's type calls a parser's result `any`; both parsers take the column's text.
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format as 'text'),
};

/** A database on one PostgreSQL server or, of several, on the one that takes writes. Nothing is connected yet. */
export function openPostgres(options: PostgresOptions): Database {
  const setup = setups(options);
  const pool = new WritablePool(setup({ statementMs: options.statementMs, types }), options.poolMax);
  const slow = new WritablePool(setup({ statementMs: SLOW_MS, types }), Math.min(SLOW_POOL_MAX, options.poolMax));
  const jobs = setup({ statementMs: JOBS_MS });
  const jobsPool = new WritablePool(jobs, JOBS_POOL_MAX);
  const { connections } = jobs;
  const heartbeat = new Heartbeat(pool, connections);
  return {
    kind: 'postgres',
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    slowDb: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: slow }) }),
    exec: (script) => runScript(setup({ statementMs: MIGRATION_MS }), script),
    jobs: bossDatabase(jobsPool, options.prepare ? jobs : null),
    openLink: options.prepare ? () => openLink(setup({ statementMs: LINK_MS })) : null,
    requireSound: () => requireSound(pool, options.prepare),
    isWritable: () => isWritable(pool),
    get isAway() {
      return connections.isAway;
    },
    close: async () => {
      heartbeat.stop();
      await Promise.all([pool.end(), slow.end(), jobsPool.end()]);
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

/** On a connection of its own: a script that failed half-way leaves its transaction open, and the connection ends with it. */
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
  const { rows } = await pool.query(`select ${TAKES_NO_WRITES} as read_only`);
  return rows[0]?.read_only === false;
}

/** @param listening null: sessions are shared, so nobody can listen; pg-boss then looks for jobs by itself */
function bossDatabase(pool: WritablePool, listening: ClientSetup | null): BossDatabase {
  const executeSql: BossDatabase['executeSql'] = (text, values) => pool.query(text, values);
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
