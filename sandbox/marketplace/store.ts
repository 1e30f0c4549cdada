import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';

/**
 * The marketplace's storage: one SQLite file. Every change is committed before it is answered, and the write-ahead log is then
 * written to the operating system, so that a killed process loses nothing.
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

  /** @param file path of the database, which is created if missing; `:memory:` stores nothing */
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

  /** Runs `work` completely or not at all. It must be synchronous, because the connection is shared. */
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

/** @throws Error when the column is not text, so the file is not one of the sandbox */
export function textOf(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new Error(`expected text in the sandbox database, found ${typeof value}`);
  return value;
}

/** @throws Error when the column is not an integer, so the file is not one of the sandbox */
export function integerOf(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw new Error(`expected an integer in the sandbox database, found ${typeof value}`);
  return value;
}
