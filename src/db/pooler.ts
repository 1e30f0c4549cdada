import type pg from 'pg';
import type { WritablePool } from './pool.ts';
import { TAKES_NO_WRITES } from './session.ts';

/** Transactions that are held open to have a pooler give out its server connections anew. */
const HELD = 3;

/**
 * Refuses what lies between and would mix up sessions.
 * @param prepare whether statements are prepared, and sessions set up
 * @throws Error in words for the operator
 */
export async function requireSound(pool: WritablePool, prepare: boolean): Promise<void> {
  if (!prepare) return requireSettings(pool);
  if (!(await isTransactionPooler(pool))) return;
  throw new Error(
    'DATABASE_URL leads to a transaction pooler, which gives one session to several clients; set DATABASE_PREPARE=off, or use the database itself or session pooling',
  );
}

/**
 * Whether something between shares server connections among clients, transaction by transaction, as PgBouncer does with
 * `pool_mode = transaction`. Sessions keep one server process for themselves, so two that are open at once never have
 * the same one, and none ever has another.
 */
async function isTransactionPooler(pool: WritablePool): Promise<boolean> {
  const first = await pool.connect();
  let isDirect = false;
  try {
    const pid = await backendOf(first);
    // PostgreSQL itself tells each client which process serves it; a pooler tells a number of its own.
    isDirect = Reflect.get(first, 'processID') === pid;
    return !isDirect && (await isShared(pool, first, pid));
  } finally {
    first.release(!isDirect);
  }
}

async function isShared(pool: WritablePool, first: pg.PoolClient, pid: number): Promise<boolean> {
  const held: pg.PoolClient[] = [];
  try {
    for (let tried = 0; tried < HELD && tried + 1 < pool.max; tried++) {
      const other = await pool.connect();
      held.push(other);
      await other.query('begin');
      // A pooler gives the process that it used last; while this transaction holds that one, the first gets another.
      if ((await backendOf(other)) === pid || (await backendOf(first)) !== pid) return true;
    }
    return false;
  } finally {
    for (const client of held) client.release(true);
  }
}

async function backendOf(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

/** What a shared session must have by itself, since nothing that is set there would last. */
const REQUIRED: Readonly<Record<string, RegExp>> = {
  client_encoding: /^UTF8$/,
  DateStyle: /^ISO\b/,
  IntervalStyle: /^postgres$/,
  standard_conforming_strings: /^on$/,
  bytea_output: /^hex$/,
  default_transaction_isolation: /^read committed$/,
};

async function requireSettings(pool: WritablePool): Promise<void> {
  const shown = Object.keys(REQUIRED).map((name) => `current_setting('${name}') as "${name}"`);
  const { rows } = await pool.query(`select ${[`${TAKES_NO_WRITES} as read_only`, ...shown].join(', ')}`);
  const wrong = Object.entries(REQUIRED).find(([name, right]) => !right.test(String(rows[0]?.[name])));
  if (!wrong) return;
  throw new Error(
    `the database's sessions have ${wrong[0]} = ${rows[0]?.[wrong[0]]}, which DATABASE_PREPARE=off cannot change; reset it with ALTER DATABASE or ALTER ROLE`,
  );
}
