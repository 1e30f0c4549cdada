import { chmodSync, lstatSync, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files and folders that the gateway creates in a data folder. */
const OWN_NAMES =
  /^(database(\.new)?|operator\.(lock|sock)(-journal)?|secret\.key|sandbox\.json(\.new)?|marketplace\.db(-.+)?)$/;

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** An unsafe data folder, with a message for the operator. */
export class FolderError extends Error {
  override name = 'FolderError';
}

/**
 * Creates the data folder, or checks an existing one: it must belong to the user of this process. A folder with only the
 * gateway's files is closed to other users; a folder with other files keeps its mode, unless other users can write to it.
 * @throws FolderError when other users could replace the database; any file system error
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
        'set DATA_DIR to a new folder below it, or run chmod go-w on it',
    );
}

/**
 * Removes other users' access to the gateway's files in this folder and to its database.
 * @returns the number of files and folders that were accessible
 * @throws FolderError when a file belongs to another user
 */
export function closeToOthers(folder: string): number {
  return readdirSync(folder)
    .filter((name) => OWN_NAMES.test(name))
    .reduce((count, name) => count + closeTree(join(folder, name)), 0);
}

function closeTree(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // The file may have been deleted meanwhile; the mode of a link has no effect.
  if (!stats || stats.isSymbolicLink()) return 0;
  requireOwner(path, stats);
  const isOpen = (stats.mode & OTHERS) !== 0;
  if (isOpen) chmodSync(path, stats.mode & 0o700);
  if (!stats.isDirectory()) return Number(isOpen);
  return readdirSync(path).reduce((count, name) => count + closeTree(join(path, name)), Number(isOpen));
}

function requireOwner(path: string, stats: Stats): void {
  // Files of root are accepted, because root can access everything anyway.
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
