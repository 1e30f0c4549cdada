import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError } from '../core/operator-error.ts';
import { FolderError, requireOwnFolder } from '../core/private-folder.ts';
import { explain } from './explain.ts';
import { SocketPlace } from './socket-place.ts';

const SQLITE_BUSY = 5;

/** The folder of an embedded database, which one process at a time may open. */
export class DataFolder {
  /** As the operator spelt it. */
  readonly name: string;
  /** Where the process that holds the folder takes commands. */
  readonly socket: SocketPlace;
  readonly #path: string;

  /** @throws OperatorError when the folder cannot be made or read */
  constructor(dataDir: string) {
    this.name = dataDir;
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      this.#path = realpathSync(dataDir);
    } catch (error) {
      throw new OperatorError(`data folder ${dataDir} cannot be used: ${explain(error)}`);
    }
    this.socket = new SocketPlace(this.#path);
  }

  /**
   * Takes the folder for this process, or answers null when another has it. The operating system gives the lock back
   * whenever and however the process ends, so a killed one leaves nothing behind. SQLite is how Node reaches such a
   * lock; nothing is stored in its file.
   * @throws OperatorError when there can be no lock in this folder, or other users could change what is in it
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
