import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/config.ts';
import { type Database, openDatabase } from './connect.ts';
import { migrate } from './migrate.ts';

export interface OpenOptions {
  readonly poolMax: number;
  /** Absent: as the settings say. */
  readonly statementMs?: number;
  readonly log?: FastifyBaseLogger;
}

/** Settings that say which database, and how it is reached. */
export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'dataDir' | 'statementTimeoutMs' | 'databasePrepare'>;

/**
 * Opens the database that the settings name and brings its schema up to date.
 * @returns it, and the names of the migrations that were applied now
 * @throws what the driver or `migrate` throws; nothing stays open then
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
    return { database, applied: await migrate(database) };
  } catch (error) {
    await database.close();
    throw error;
  }
}
