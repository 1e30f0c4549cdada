import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PGlite, type PGliteOptions, types } from '@electric-sql/pglite';
import { DiskFiles, DURABLE_PARAMS, syncPath, syncTree } from './disk-files.ts';

const OPTIONS: PGliteOptions = { parsers: { [types.INT8]: (text: string) => BigInt(text) } };

/**
 * Starts the embedded PostgreSQL, on disk or in memory. On disk a commit that was answered survives a power cut.
 * @throws what PGlite or the file system throws
 */
export async function createPglite(place: { dataDir?: string; loadDataDir?: Blob }): Promise<PGlite> {
  const { dataDir } = place;
  if (!dataDir) return PGlite.create({ ...OPTIONS, ...place });
  // PGlite writes this file first of all, long before the database is whole.
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await makeDatabase(dataDir);
  return openOnDisk(dataDir);
}

/** In a folder of another name until it is whole, so that a start that is killed leaves no half of a database behind. */
async function makeDatabase(dataDir: string): Promise<void> {
  const unfinished = `${dataDir}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const pglite = await openOnDisk(unfinished);
  await pglite.close();
  syncTree(unfinished);
  renameSync(unfinished, dataDir);
  syncPath(dirname(dataDir));
}

function openOnDisk(dataDir: string): Promise<PGlite> {
  const startParams = [...PGlite.defaultStartParams.filter((param) => param !== '-F'), ...DURABLE_PARAMS];
  return PGlite.create({ ...OPTIONS, fs: new DiskFiles(dataDir), startParams });
}
