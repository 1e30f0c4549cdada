import { lstatSync, mkdtempSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The path of a Unix socket is limited to 104 or 108 bytes, depending on the system. */
const SOCKET_PATH_MAX = 100;
const SOCKET_NAME = 'operator.sock';
const FOLDER_PREFIX = 'skinrail-';

/**
 * The location of the operator socket of a data folder. When the folder's path is too long for a socket, the socket is in
 * a new private folder with an unpredictable name in the system's temporary folder, and a link in the data folder points
 * to it.
 */
export class SocketLocation {
  readonly #inside: string;

  constructor(dataFolder: string) {
    this.#inside = join(dataFolder, SOCKET_NAME);
  }

  /** @returns the path to connect to, or null when there is none or its folder is not private to this user */
  find(): string | null {
    if (fits(this.#inside)) return this.#inside;
    const path = this.#linked();
    return path && isPrivate(dirname(path)) ? path : null;
  }

  /**
   * Creates a path to listen on, and removes files of an ended process. The caller must hold the folder.
   * @throws Error when the path in the temporary folder is too long as well
   */
  make(): string {
    this.remove();
    if (fits(this.#inside)) return this.#inside;
    const path = join(mkdtempSync(join(tmpdir(), FOLDER_PREFIX)), SOCKET_NAME);
    if (!fits(path)) {
      rmSync(dirname(path), { recursive: true, force: true });
      throw new Error(`the path ${path} is too long for a socket; set TMPDIR or DATA_DIR to a shorter path`);
    }
    symlinkSync(path, `${this.#inside}.new`);
    renameSync(`${this.#inside}.new`, this.#inside);
    return path;
  }

  remove(): void {
    const path = this.#linked();
    const folder = path === null ? null : dirname(path);
    const isOurs = folder !== null && basename(folder).startsWith(FOLDER_PREFIX) && isPrivate(folder);
    if (isOurs) rmSync(folder, { recursive: true, force: true });
    for (const each of [this.#inside, `${this.#inside}.new`]) rmSync(each, { force: true });
  }

  #linked(): string | null {
    try {
      return readlinkSync(this.#inside);
    } catch {
      return null; // There is no file, or it is the socket itself.
    }
  }
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX;
}

/** The system may delete old temporary files; another user could then create a folder with the same name. */
function isPrivate(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0;
}
