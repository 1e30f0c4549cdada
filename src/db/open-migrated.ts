import { join } from 'node:path';
import type { Config } from '../config.ts';
import { type Database, openDatabase } from './connect.ts';
import { migrate } from './migrate.ts';

/** As DATABASE_URL: an embedded database that keeps nothing, for tests. */
const IN_MEMORY = 'memory:';

/**
 * Opens the database that the settings name and brings its schema up to date.
 * @returns it, and the names of the migrations that were applied now
 * @throws what the driver or `migrate` throws; nothing stays open then
 */
export async function openMigrated(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  poolMax: number,
): Promise<{ database: Database; applied: string[] }> {
  const isInMemory = config.databaseUrl === IN_MEMORY;
  const database = await openDatabase({
    url: isInMemory ? undefined : config.databaseUrl || undefined,
    dataDir: isInMemory ? undefined : join(config.dataDir, 'database'),
    poolMax,
  });
  try {
    return { database, applied: await migrate(database) };
  } catch (error) {
    await database.close();
    throw error;
  }
}
