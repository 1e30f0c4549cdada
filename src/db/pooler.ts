import type pg from 'pg';
import type { WritablePool } from './pool.ts';
import { IS_READ_ONLY } from './session.ts';

/** The number of transactions that are held open, to make a pooler assign another server connection. */
const HELD = 3;

/**
 * Refuses a pooler that mixes up sessions.
 * @param prepare whether statements are prepared and sessions have settings
 * @throws Error with a message for the operator
 */
export async function requireSound(pool: WritablePool, prepare: boolean): Promise<void> {
  if (!prepare) return requireSettings(pool);
  if (!(await isTransactionPooler(pool))) return;
  throw new Error(
    'DATABASE_URL leads to a transaction pooler, which shares a session among several clients; set DATABASE_PREPARE=off, or use a direct connection or session pooling',
  );
}

/**
 * Whether a pooler shares server connections among clients per transaction, as PgBouncer does with `pool_mode = transaction`.
 * Without one, each session keeps one server process: two open sessions have different processes, and a session's process
 * never changes.
 */
async function isTransactionPooler(pool: WritablePool): Promise<boolean> {
  const first = await pool.connect();
  let isDirect = false;
  try {
    const pid = await backendOf(first);
    // PostgreSQL sends each client the id of its server process; a pooler sends an id of its own.
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
      // A pooler assigns the most recently used process. While this transaction holds it, the first session gets another one.
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

/** The required defaults of a shared session, because session settings would not last. */
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
  const { rows } = await pool.query(`select ${[`${IS_READ_ONLY} as read_only`, ...shown].join(', ')}`);
  const wrong = Object.entries(REQUIRED).find(([name, right]) => !right.test(String(rows[0]?.[name])));
  if (!wrong) return;
  throw new Error(
    `the database's sessions have ${wrong[0]} = ${rows[0]?.[wrong[0]]}, which DATABASE_PREPARE=off cannot change; reset it with ALTER DATABASE or ALTER ROLE`,
  );
}
