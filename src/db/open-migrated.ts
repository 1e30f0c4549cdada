import { join } from 'node:path';
import type { Config } from '../config.ts';
import { type Database, openDatabase } from './connect.ts';
import { migrate } from './migrate.ts';

/**
 * Opens the database that the settings name and brings its schema up to date.
 * @returns it, and the names of the migrations that were applied now
 * @throws what the driver or `migrate` throws; nothing stays open then
 */
export async function openMigrated(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  poolMax: number,
): Promise<{ database: Database; applied: string[] }> {
  const dataDir = join(config.dataDir, 'database');
  const database = await openDatabase({ url: config.databaseUrl || undefined, dataDir, poolMax });
  try {
    return { database, applied: await migrate(database) };
  } catch (error) {
    await database.close();
    throw error;
  }
}
