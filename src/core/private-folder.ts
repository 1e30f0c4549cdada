import { chmodSync, lstatSync, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that the gateway itself puts into a data folder. */
const OWN_NAMES =
  /^(database(\.new)?|operator\.(lock|sock)(-journal)?|secret\.key|sandbox\.json(\.new)?|marketplace\.db(-.+)?)$/;

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** A data folder that other users of the machine could read or change, in words for the operator. */
export class FolderError extends Error {
  override name = 'FolderError';
}

/**
 * Makes the data folder, or checks the one that is there: it must belong to the user of this process. A folder that
 * holds nothing else becomes the user's alone; one with other files in it keeps its mode, unless others may write there.
 * @throws FolderError when others could put another database in place of ours; what the file system throws
 */
export function requireOwnFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = statSync(folder);
  requireOwner(folder, stats);
  if ((stats.mode & OTHERS) === 0) return;
  const isOursAlone = isOwn(stats) && readdirSync(folder).every((name) => OWN_NAMES.test(name));
  if (isOursAlone) chmodSync(folder, 0o700);
  else if ((stats.mode & OTHERS_WRITE) !== 0)
    throw new FolderError(
      `data folder ${folder} can be written by other users (mode ${octal(stats)}); ` +
        'name a new folder below it with DATA_DIR, or run: chmod go-w on it',
    );
}

/**
 * Takes from all other users what they may do with the gateway's files in this folder, and in its database.
 * @returns how many files and folders were open to others until now
 * @throws FolderError when a file belongs to another user
 */
export function closeToOthers(folder: string): number {
  return readdirSync(folder)
    .filter((name) => OWN_NAMES.test(name))
    .reduce((count, name) => count + closeTree(join(folder, name)), 0);
}

function closeTree(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // A file may go away meanwhile; a link's own mode means nothing.
  if (!stats || stats.isSymbolicLink()) return 0;
  requireOwner(path, stats);
  const isOpen = (stats.mode & OTHERS) !== 0;
  if (isOpen) chmodSync(path, stats.mode & 0o700);
  if (!stats.isDirectory()) return Number(isOpen);
  return readdirSync(path).reduce((count, name) => count + closeTree(join(path, name)), Number(isOpen));
}

function requireOwner(path: string, stats: Stats): void {
  // What belongs to root is in the hands of whom nothing can be kept from.
  if (isOwn(stats) || stats.uid === 0) return;
  throw new FolderError(
    `${path} belongs to user ${stats.uid}, and this process runs as user ${process.getuid?.()}; ` +
      'run skinrail as the user that owns its data folder',
  );
}

function isOwn(stats: Stats): boolean {
  return process.getuid === undefined || stats.uid === process.getuid();
}

function octal(stats: Stats): string {
  return (stats.mode & 0o7777).toString(8).padStart(4, '0');
}
