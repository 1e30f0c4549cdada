// What is on the disk when the machine goes dark: of each file, what was synced last.
import fs from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, expect, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { temporaryFolder } from '../cli/process.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  vi.restoreAllMocks();
});

/** A disk with a cache: what was written and never synced is gone when the power is cut. Names are kept. */
class Disk {
  readonly #synced = new Map<number, Buffer>();

  constructor() {
    for (const call of ['fsyncSync', 'fdatasyncSync'] as const) {
      const sync = fs[call];
      vi.spyOn(fs, call).mockImplementation((file) => {
        sync(file);
        this.#keep(file);
      });
    }
  }

  #keep(file: number): void {
    const stats = fs.fstatSync(file);
    if (!stats.isFile()) return;
    const content = Buffer.alloc(stats.size);
    fs.readSync(file, content, 0, content.length, 0);
    this.#synced.set(stats.ino, content);
  }

  /** @returns the folder as it is found when the machine is on again */
  cutPower(folder: string): string {
    const found = `${folder}-after`;
    fs.mkdirSync(found, { mode: 0o700 });
    for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
      const [from, to] = [
        join(entry.parentPath, entry.name),
        join(entry.parentPath, entry.name).replace(folder, found),
      ];
      if (entry.isDirectory()) fs.mkdirSync(to, { recursive: true, mode: 0o700 });
      else fs.writeFileSync(to, this.#synced.get(fs.statSync(from).ino) ?? '', { mode: 0o600 });
    }
    return found;
  }
}

async function open(dataDir: string): Promise<Database> {
  const database = await openDatabase({ dataDir });
  cleanUps.push(() => database.close());
  return database;
}

async function numbers({ db }: Database): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`select number from told order by number`.execute(db);
  return rows.map(({ number }) => number);
}

test('on the embedded database everything that was committed is there after a power cut', async () => {
  const { path, remove } = temporaryFolder();
  cleanUps.push(remove);
  const disk = new Disk();
  const database = await open(join(path, 'database'));
  await database.exec('create table told (number integer primary key, text text)');
  const tell = (number: number) =>
    sql`insert into told (number, text) values (${number}, repeat('x', 3000))`.execute(database.db);
  for (let number = 1; number <= 6; number++) await tell(number);
  await database.exec('checkpoint');
  for (let number = 7; number <= 12; number++) await tell(number);
  await database.db.transaction().execute((trx) => sql`delete from told where number = 3`.execute(trx));

  const after = await open(disk.cutPower(join(path, 'database')));
  expect(await numbers(after)).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('a first start that is killed while it makes the database does not spoil the next one', async () => {
  const { path, remove } = temporaryFolder();
  cleanUps.push(remove);
  // What PGlite leaves behind when it is killed early: it has a version, and little else.
  fs.mkdirSync(join(path, 'database.new'), { mode: 0o700 });
  fs.writeFileSync(join(path, 'database.new', 'PG_VERSION'), '18\n');
  const database = await open(join(path, 'database'));
  await database.exec('create table told (number integer primary key)');
  expect(await numbers(database)).toEqual([]);
  expect(fs.readdirSync(path)).toEqual(['database']);
});
