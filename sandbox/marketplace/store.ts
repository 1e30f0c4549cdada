import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';

/**
 * The marketplace's memory: one SQLite file. Every change is committed before it is answered, and the write-ahead log
 * is in the operating system's hands then, so that a killed process loses nothing.
 */
export class SandboxStore {
  readonly database: DatabaseSync;
  readonly #readSetting: StatementSync;
  readonly #writeSetting: StatementSync;

  private constructor(database: DatabaseSync) {
    this.database = database;
    database.exec('pragma journal_mode = wal; pragma synchronous = normal;');
    database.exec('create table if not exists setting (key text primary key, value text not null) strict');
    this.#readSetting = database.prepare('select value from setting where key = ?');
    this.#writeSetting = database.prepare(
      'insert into setting (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
    );
  }

  /** @param file path of the database, made when it is missing; `:memory:` keeps nothing */
  static open(file: string): SandboxStore {
    return new SandboxStore(new DatabaseSync(file));
  }

  setting(key: string): string | null {
    const row = this.#readSetting.get(key);
    return row ? textOf(row.value) : null;
  }

  setSetting(key: string, value: string): void {
    this.#writeSetting.run(key, value);
  }

  /** All of `work`, or nothing. It must not wait for anything: the connection is shared. */
  transaction<T>(work: () => T): T {
    this.database.exec('begin immediate');
    try {
      const result = work();
      this.database.exec('commit');
      return result;
    } catch (error) {
      this.database.exec('rollback');
      throw error;
    }
  }

  close(): void {
    this.database.close();
  }
}

/** @throws Error when the column holds no text: the file is not one of ours */
export function textOf(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new Error(`expected text in the sandbox database, found ${typeof value}`);
  return value;
}

/** @throws Error when the column holds no integer: the file is not one of ours */
export function integerOf(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw new Error(`expected an integer in the sandbox database, found ${typeof value}`);
  return value;
}
