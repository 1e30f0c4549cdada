import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/config.ts';
import { type Database, openDatabase } from './connect.ts';
import { distribute, isDistributed } from './distribution.ts';
import { migrate } from './migrate.ts';

export interface OpenOptions {
  readonly poolMax: number;
  /** Absent: the configured time. */
  readonly statementMs?: number;
  readonly log?: FastifyBaseLogger;
}

/** The settings of the database. */
export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'dataDir' | 'statementTimeoutMs' | 'databasePrepare'>;

/**
 * Opens the configured database and applies pending migrations. If its tables are spread over workers, so are new ones.
 * @returns the database and the names of the applied migrations
 * @throws any error of the driver or of `migrate`; the database is closed then
 */
export async function openMigrated(
  config: DatabaseConfig,
  { poolMax, statementMs = config.statementTimeoutMs, log }: OpenOptions,
): Promise<{ database: Database; applied: string[] }> {
  const database = await openDatabase({
    url: config.databaseUrl || undefined,
    dataDir: join(config.dataDir, 'database'),
    poolMax,
    statementMs,
    prepare: config.databasePrepare,
    ...(log ? { log } : {}),
  });
  try {
    await database.requireSound();
    const applied = await migrate(database);
    // A table that a migration made is not spread yet.
    if (applied.length > 0 && (await isDistributed(database.db))) await distribute(database.db);
    return { database, applied };
  } catch (error) {
    await database.close();
    throw error;
  }
}
