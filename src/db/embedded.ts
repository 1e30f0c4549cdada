import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PGlite, type PGliteOptions, types } from '@electric-sql/pglite';
import { DiskFiles, DURABLE_PARAMS, syncPath, syncTree } from './disk-files.ts';

const OPTIONS: PGliteOptions = { parsers: { [types.INT8]: (text: string) => BigInt(text) } };

/** PGlite fills 160 MB of buffers with zeros at each start, which takes 0.5 s; in memory they save nothing. */
const IN_MEMORY_PARAMS = ['-c', 'shared_buffers=8MB'];

export interface EmbeddedPlace {
  /** Absent: in memory. */
  readonly dataDir?: string;
  /** In memory: what the database begins with, as `dumpDataDir` gives it; absent: empty. */
  readonly dump?: Buffer<ArrayBuffer>;
}

/**
 * Starts the embedded PostgreSQL, on disk or in memory. On disk, a confirmed commit survives a power cut.
 * @throws any error of PGlite or the file system
 */
export async function createPglite({ dataDir, dump }: EmbeddedPlace): Promise<PGlite> {
  if (!dataDir) return openInMemory(dump);
  // PGlite writes this file first, long before the database is complete.
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await createDatabase(dataDir);
  return openOnDisk(dataDir);
}

function openInMemory(dump?: Buffer<ArrayBuffer>): Promise<PGlite> {
  const startParams = [...PGlite.defaultStartParams, ...IN_MEMORY_PARAMS];
  return PGlite.create({ ...OPTIONS, startParams, ...(dump ? { loadDataDir: new Dump(dump) } : {}) });
}

/** A blob of 40 MB copies them twice in small pieces, which takes 0.5 s. PGlite reads only the whole of it. */
class Dump extends Blob {
  readonly #bytes: Buffer<ArrayBuffer>;

  constructor(bytes: Buffer<ArrayBuffer>) {
    super([]);
    this.#bytes = bytes;
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    return buffer.slice(byteOffset, byteOffset + byteLength);
  }
}

/** Creates the database in a temporary folder, so that an interrupted start leaves no incomplete database. */
async function createDatabase(dataDir: string): Promise<void> {
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
