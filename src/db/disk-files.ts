import fs from 'node:fs';
import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type InitArguments = Parameters<NodeFS['init']>;

/** The file system calls of the embedded PostgreSQL: a part of Emscripten's NODEFS, which has no types. */
interface DiskAccess {
  doSetAttr(file: unknown, node: unknown, attributes: { mode?: number }, ...calls: unknown[]): void;
  readonly stream_ops: { fsync?(stream: { readonly nfd: number }): number };
}

/** The error numbers of WASI, which the embedded PostgreSQL uses. */
const [EINVAL, EIO] = [28, 29];

/**
 * Makes commits of the embedded PostgreSQL durable. PGlite starts it with `-F` (fsync off), its files have no fsync at
 * all, and its fdatasync, which PostgreSQL would use for the log, does nothing and reports success.
 */
export const DURABLE_PARAMS: readonly string[] = ['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'];

/** Stores the database on disk: files are synced when PostgreSQL requests it, and accessible only to their owner. */
export class DiskFiles extends NodeFS {
  override async init(...[pglite, options]: InitArguments): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pglite, options);
    const adapt = (module: unknown) => adaptDiskAccess(diskAccessOf(module));
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), adapt] } };
  }
}

/** @throws Error when this version of PGlite is built differently; commits would then be lost in a power cut */
function diskAccessOf(module: unknown): DiskAccess {
  const access: unknown = typeof module === 'object' && module !== null ? Reflect.get(module, 'NODEFS') : undefined;
  if (!isDiskAccess(access))
    throw new Error('this version of PGlite cannot sync its files; install the version of package-lock.json');
  return access;
}

function isDiskAccess(found: unknown): found is DiskAccess {
  if (typeof found !== 'object' || found === null) return false;
  const operations: unknown = Reflect.get(found, 'stream_ops');
  return typeof operations === 'object' && operations !== null && typeof Reflect.get(found, 'doSetAttr') === 'function';
}

function adaptDiskAccess(access: DiskAccess): void {
  access.stream_ops.fsync = ({ nfd }) => {
    try {
      fs.fdatasyncSync(nfd);
      return 0;
    } catch (error) {
      // Some file systems cannot sync a folder, which PostgreSQL ignores. After any other error it must stop.
      return error instanceof Error && Reflect.get(error, 'code') === 'EINVAL' ? EINVAL : EIO;
    }
  };
  const setAttributes = access.doSetAttr.bind(access);
  // Emscripten creates each file with the process's umask and then sets the requested mode, mostly 0666.
  access.doSetAttr = (file, node, { mode, ...others }, ...calls) =>
    setAttributes(file, node, mode === undefined ? others : { ...others, mode: mode & ~0o077 }, ...calls);
}

/**
 * Syncs a folder with all of its contents to disk, for files that were written without syncing, such as a new database.
 * @throws any file system error
 */
export function syncTree(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncPath(path);
  }
  syncPath(folder);
}

/** @throws any file system error */
export function syncPath(path: string): void {
  const file = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}
