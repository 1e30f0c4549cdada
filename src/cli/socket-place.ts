import { lstatSync, mkdtempSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A Unix socket's path is cut off, or refused, at 104 or 108 bytes. */
const SOCKET_PATH_MAX = 100;
const SOCKET_NAME = 'operator.sock';
const FOLDER_PREFIX = 'skinrail-';

/**
 * Where the gateway on a data folder takes commands: in the folder, or, when its path is too long for a socket, in a new
 * folder of the user's own among the temporary files, whose name nobody can know before. A link in the data folder leads
 * there.
 */
export class SocketPlace {
  readonly #inside: string;

  constructor(dataFolder: string) {
    this.#inside = join(dataFolder, SOCKET_NAME);
  }

  /** @returns the path to connect to, or null when nobody listens or what is there is not of this user's making */
  find(): string | null {
    if (fits(this.#inside)) return this.#inside;
    const path = this.#linked();
    return path && isPrivate(dirname(path)) ? path : null;
  }

  /**
   * A place to listen at; what a process left behind that is gone is taken away. The caller holds the folder.
   * @throws Error when the path would be too long among the temporary files as well
   */
  make(): string {
    this.remove();
    if (fits(this.#inside)) return this.#inside;
    const path = join(mkdtempSync(join(tmpdir(), FOLDER_PREFIX)), SOCKET_NAME);
    if (!fits(path)) {
      rmSync(dirname(path), { recursive: true, force: true });
      throw new Error(`the path ${path} is too long for a socket; name a shorter folder with TMPDIR or DATA_DIR`);
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
      return null; // Not there, or a socket itself.
    }
  }
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX;
}

/** Old temporary files are swept away, and anybody may then make a folder of the same name. */
function isPrivate(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0;
}
