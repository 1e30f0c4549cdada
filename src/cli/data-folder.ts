import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError } from '../core/operator-error.ts';
import { FolderError, requireOwnFolder } from '../core/private-folder.ts';
import { explain } from './explain.ts';
import { SocketLocation } from './socket-location.ts';

const SQLITE_BUSY = 5;

/** The folder of an embedded database. Only one process at a time may open it. */
export class DataFolder {
  /** The path as the operator typed it. */
  readonly name: string;
  /** The socket on which the process that holds the folder accepts commands. */
  readonly socket: SocketLocation;
  readonly #path: string;

  /** @throws OperatorError when the folder cannot be created or read */
  constructor(dataDir: string) {
    this.name = dataDir;
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      this.#path = realpathSync(dataDir);
    } catch (error) {
      throw new OperatorError(`data folder ${dataDir} cannot be used: ${explain(error)}`);
    }
    this.socket = new SocketLocation(this.#path);
  }

  /**
   * Locks the folder for this process. The operating system releases the lock when the process ends, even when it is
   * killed. SQLite is used only because Node has no file locks of its own; its file stores nothing.
   * @returns null when another process holds the folder
   * @throws OperatorError when the folder cannot be locked, or when other users can change its contents
   */
  tryHold(): FolderHold | null {
    let file: DatabaseSync | undefined;
    try {
      requireOwnFolder(this.#path);
      file = new DatabaseSync(join(this.#path, 'operator.lock'));
      file.exec('begin immediate');
    } catch (error) {
      if (file?.isOpen) file.close();
      if (error instanceof Error && Reflect.get(error, 'errcode') === SQLITE_BUSY) return null;
      if (error instanceof FolderError) throw new OperatorError(error.message);
      throw new OperatorError(`data folder ${this.name} cannot be used: ${explain(error)}`);
    }
    const held = file;
    return { release: () => held.close() };
  }
}

export interface FolderHold {
  release(): void;
}
