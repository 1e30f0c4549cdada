import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite, type PGliteOptions, types } from '@electric-sql/pglite';
import { DiskFiles, DURABLE_PARAMS, syncPath, syncTree } from './disk-files.ts';

const OPTIONS: PGliteOptions = { parsers: { [types.INT8]: (text: string) => BigInt(text) } };

/**
 * Keeps V8 from optimising PostgreSQL's functions: no function has this index. Each start would optimise one of 105 kB, which
 * takes 2.5 s of a core and 600 MB, for a tenth more statements a second (large scans are 1.75 times as fast). What is in
 * memory belongs to long test runs, which want that. It holds for all WebAssembly of the process, so for undici's parser too.
 */
const OPTIMISE_NOTHING = '--wasm-tier-up-filter=2147483647';

/**
 * PGlite fills its buffers with zeros at each start, which takes 0.6 s for its 128 MB; the system caches the files as well. In
 * memory they save nothing.
 */
const BUFFERS = { onDisk: ['-c', 'shared_buffers=32MB'], inMemory: ['-c', 'shared_buffers=8MB'] };

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
  const startParams = [...PGlite.defaultStartParams, ...BUFFERS.inMemory];
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
  setFlagsFromString(OPTIMISE_NOTHING);
  const params = PGlite.defaultStartParams.filter((param) => param !== '-F');
  const startParams = [...params, ...DURABLE_PARAMS, ...BUFFERS.onDisk];
  return PGlite.create({ ...OPTIONS, fs: new DiskFiles(dataDir), startParams });
}
