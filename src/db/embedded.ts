import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite, type PGliteOptions, types } from '@electric-sql/pglite';
import { DiskFiles, DURABLE_PARAMS, syncPath, syncTree } from './disk-files.ts';

const OPTIONS: PGliteOptions = { parsers: { [types.INT8]: (text: string) => BigInt(text) } };

/** PGlite fills 160 MB of buffers with zeros at each start, which takes 0.5 s; in memory they save nothing. */
const IN_MEMORY_PARAMS = ['-c', 'shared_buffers=8MB'];

/**
 * V8 optimises a function of WebAssembly when about 13 million bytes of its code have run. One of PostgreSQL's functions, of
 * 105 kB, gets there during each start, and compiling it takes 2.7 s of a core and 600 MB. With the largest budget that V8
 * takes, a gateway gets there under load, and a command not at all: `merchant list` takes 3.3 s of a core and 335 MB, and not
 * 5.3 s and 680 MB.
 */
const OPTIMISE_LATER = '--wasm-tiering-budget=2147483647';
/** Creating a database runs so much that only an index without a function keeps V8 from it: 690 MB are needed, not 1,150. */
const OPTIMISE_NOTHING = '--wasm-tier-up-filter=2147483647';
const OPTIMISE_EVERYTHING = '--wasm-tier-up-filter=-1';

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
  setFlagsFromString(OPTIMISE_LATER);
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
  setFlagsFromString(OPTIMISE_NOTHING);
  const pglite = await openOnDisk(unfinished);
  await pglite.close();
  setFlagsFromString(OPTIMISE_EVERYTHING);
  syncTree(unfinished);
  renameSync(unfinished, dataDir);
  syncPath(dirname(dataDir));
}

function openOnDisk(dataDir: string): Promise<PGlite> {
  const startParams = [...PGlite.defaultStartParams.filter((param) => param !== '-F'), ...DURABLE_PARAMS];
  return PGlite.create({ ...OPTIONS, fs: new DiskFiles(dataDir), startParams });
}
