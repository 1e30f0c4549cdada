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
import { explain } from './explain.ts';
import type { Session } from './task.ts';

const POOL_MAX = 2;
/** An operator's command reads as much as it has to. */
const STATEMENT_MS = 600_000;

/**
 * Opens the database for one command, its schema brought up to date, and closes it after.
 * @throws OperatorError when it cannot be opened; what `work` throws
 */
export async function withSession<T>(
  config: Config,
  work: (session: Omit<Session, 'operator'>) => Promise<T>,
): Promise<T> {
  const { database, applied } = await open(config);
  const callbackDispatcher = createCallbackDispatcher(config);
  try {
    await checkEnvironment(config, database.db);
    const clock = await clockOf(config, database.db);
    const secrets = new SecretBox(config.secretKey || (await sandboxKey(config)), previousKeys(config));
    return await work({ deps: { config, db: database.db, clock, secrets, callbackDispatcher }, applied });
  } finally {
    // A test message that was given up may still be connecting; nobody waits for that.
    await callbackDispatcher.destroy();
    await database.close();
  }
}

/**
 * A command that runs with the wrong SANDBOX would book in the wrong time. The sandbox is what is meant when nothing is
 * said, so a command never makes a new database a sandbox's: that is for its first gateway.
 */
function checkEnvironment({ sandbox }: Config, db: Db): Promise<void> {
  return sandbox ? requireEnvironment(db, 'sandbox') : claimEnvironment(db, 'production');
}

/** In the sandbox time may have been moved; what is written now must not be older than what is there. */
async function clockOf(config: Config, db: Db): Promise<Clock> {
  if (!config.sandbox) return systemClock;
  const { SandboxClock } = await loadSandbox();
  const clock = new SandboxClock(db);
  await clock.adoptStored();
  return clock;
}

/**
 * The key of the sandbox whose folder this is. Beside PostgreSQL none is made: a secret that is sealed with a key of
 * this command's own could be opened by no gateway.
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
    throw new OperatorError(`the database cannot be used: ${explain(error)}`, { cause: error });
  }
}
