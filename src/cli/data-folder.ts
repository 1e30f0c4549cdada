import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError } from '../merchants/operations.ts';
import { explain } from './explain.ts';

/** A Unix socket's path is cut off, or refused, at 104 or 108 bytes. */
const SOCKET_PATH_MAX = 100;
const SQLITE_BUSY = 5;

/** The folder of an embedded database, which one process at a time may open. */
export class DataFolder {
  /** As the operator spelt it. */
  readonly name: string;
  readonly #path: string;

  /** @throws OperatorError when the folder cannot be made or read */
  constructor(dataDir: string) {
    this.name = dataDir;
    try {
      mkdirSync(dataDir, { recursive: true });
      this.#path = realpathSync(dataDir);
    } catch (error) {
      throw new OperatorError(`data folder ${dataDir} cannot be used: ${explain(error)}`);
    }
  }

  /** Where the process that holds the folder takes commands. */
  get socketPath(): string {
    const inside = join(this.#path, 'operator.sock');
    if (Buffer.byteLength(inside) <= SOCKET_PATH_MAX) return inside;
    const digest = createHash('sha256').update(this.#path).digest('hex').slice(0, 16);
    return join(tmpdir(), `skinrail-${digest}.sock`);
  }

  /**
   * Takes the folder for this process, or answers null when another has it. The operating system gives the lock back
   * whenever and however the process ends, so a killed one leaves nothing behind. SQLite is how Node reaches such a
   * lock; nothing is stored in its file.
   * @throws OperatorError when there can be no lock in this folder
   */
  tryHold(): FolderHold | null {
    let file: DatabaseSync | undefined;
    try {
      file = new DatabaseSync(join(this.#path, 'operator.lock'));
      file.exec('begin immediate');
    } catch (error) {
      if (file?.isOpen) file.close();
      if (error instanceof Error && Reflect.get(error, 'errcode') === SQLITE_BUSY) return null;
      throw new OperatorError(`data folder ${this.name} cannot be used: ${explain(error)}`);
    }
    const held = file;
    return { release: () => held.close() };
  }
}

export interface FolderHold {
  release(): void;
}
