import { pino } from 'pino';
import { createCallbackDispatcher } from '../callbacks/post.ts';
import { type Config, previousKeys } from '../config/config.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { loadSandbox } from '../core/load-sandbox.ts';
import { OperatorError } from '../core/operator-error.ts';
import { closeToOthers } from '../core/private-folder.ts';
import { SecretBox } from '../core/secrets.ts';
import type { Db } from '../db/connect.ts';
import { claimEnvironment, requireEnvironment } from '../db/environment.ts';
import { openMigrated } from '../db/open-migrated.ts';
import { CallBudgets } from '../suppliers/call-budgets.ts';
import { supplierKinds } from '../suppliers/kinds.ts';
import { tellGateways } from '../work/node-news.ts';
import { explain } from './explain.ts';
import type { Session } from './task.ts';

const POOL_MAX = 2;
/** An operator's command may read a whole table. */
const STATEMENT_MS = 600_000;

/**
 * Opens the database for one command, applies pending migrations, and closes it afterwards.
 * @throws OperatorError when the database cannot be opened; any error of `work`
 */
export async function withSession<T>(
  config: Config,
  work: (session: Omit<Session, 'operator'>) => Promise<T>,
): Promise<T> {
  const { database, applied } = await open(config);
  let hasWritten = false;
  database.writes.onWrite(() => {
    hasWritten = true;
  });
  const callbackDispatcher = createCallbackDispatcher(config);
  // A call that waits says so itself, by its answer.
  const callBudgets = new CallBudgets({ redisUrl: config.redisUrl, log: pino({ level: 'silent' }), onHeld: () => {} });
  try {
    await checkEnvironment(config, database.db);
    const clock = await clockOf(config, database.db);
    const secrets = new SecretBox(config.secretKey || (await sandboxKey(config)), previousKeys(config));
    return await work({
      deps: { config, db: database.db, clock, secrets, callbackDispatcher, supplierKinds, callBudgets },
      applied,
    });
  } finally {
    // A test message that timed out may still be connecting; `close` would wait for it.
    callBudgets.close();
    await callbackDispatcher.destroy();
    if (hasWritten) await tellGateways(database).catch(() => {}); // they look by themselves after a rest
    await database.close();
  }
}

/**
 * A command with the wrong SANDBOX setting would book at the wrong time. SANDBOX is on by default, so a command never
 * marks a new database as a sandbox database; only the first gateway does.
 */
function checkEnvironment({ sandbox }: Config, db: Db): Promise<void> {
  return sandbox ? requireEnvironment(db, 'sandbox') : claimEnvironment(db, 'production');
}

/** The sandbox clock may have been moved forward, and new rows must not be older than existing rows. */
async function clockOf(config: Config, db: Db): Promise<Clock> {
  if (!config.sandbox) return systemClock;
  const { SandboxClock } = await loadSandbox();
  const clock = new SandboxClock(db);
  await clock.adoptStored();
  return clock;
}

/**
 * The secret key in the sandbox's data folder. With PostgreSQL no key is created here, because the gateway could not
 * decrypt a secret that this command encrypted with a key of its own.
 */
async function sandboxKey({ databaseUrl, dataDir }: Config): Promise<string | null> {
  const { hasSandboxSecretKey, sandboxSecretKey } = await loadSandbox();
  return databaseUrl && !hasSandboxSecretKey(dataDir) ? null : sandboxSecretKey(dataDir);
}

async function open(config: Config) {
  try {
    if (!config.databaseUrl) closeToOthers(config.dataDir);
    return await openMigrated(config, { poolMax: POOL_MAX, statementMs: STATEMENT_MS });
  } catch (error) {
    throw new OperatorError(`cannot open the database: ${explain(error)}`, { cause: error });
  }
}
