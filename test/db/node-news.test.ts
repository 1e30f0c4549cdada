import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Signals } from '../../src/core/signals.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { NodeNews, tellGateways } from '../../src/work/node-news.ts';
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';

/** A process on the database, and how often it was told of a write. */
class Process {
  readonly database: Database;
  readonly news: NodeNews;
  readonly signals = new Signals();
  heard = 0;
  looks = 0;

  constructor(database: Database) {
    this.database = database;
    this.news = new NodeNews(database, this.signals);
    this.news.on('written', () => {
      this.heard++;
    });
    this.news.on('looked', () => {
      this.looks++;
    });
  }

  static async open(home: TestDatabase, prepare = true): Promise<Process> {
    return new Process(await openDatabase({ url: home.url, poolMax: 2, prepare }));
  }

  async writes(name = 'test.written'): Promise<void> {
    await sql`insert into setting (name, value) values (${name}, '1') on conflict (name) do nothing`.execute(
      this.database.db,
    );
  }

  async hearsMoreThan(count: number): Promise<void> {
    await expect.poll(() => this.heard, { timeout: 60_000, interval: 10 }).toBeGreaterThan(count);
  }

  async end(): Promise<void> {
    await this.news.close();
    await this.database.close();
  }
}

let home: TestDatabase;
const processes: Process[] = [];

beforeEach(async () => {
  home = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.end()));
  await home.drop();
});

async function opens(prepare = true): Promise<Process> {
  const opened = await Process.open(home, prepare);
  processes.push(opened);
  return opened;
}

test('a process hears of its own writes at once, also of those in a transaction, and not of its reads', async () => {
  const one = await opens(false);
  await one.database.db.selectFrom('setting').selectAll().execute();
  // Reads of the database by itself, such as of its version, are none of this process's writes.
  const before = one.heard;
  await one.database.db.selectFrom('setting').selectAll().execute();
  expect(one.heard).toBe(before);
  await one.writes();
  expect(one.heard).toBe(before + 1);
  await one.database.db.transaction().execute((trx) => trx.deleteFrom('setting').where('name', '=', 'none').execute());
  expect(one.heard).toBe(before + 3);
});

describe.skipIf(!postgresUrl)('processes on one PostgreSQL', () => {
  /** Two that listen: each was told once that it may have missed something. */
  async function two(): Promise<readonly [Process, Process]> {
    const both = [await opens(), await opens()] as const;
    for (const each of both) await each.hearsMoreThan(0);
    return both;
  }

  test('hear of each other’s writes', async () => {
    const [one, other] = await two();
    expect(one.news.isComplete).toBe(true);
    const before = other.heard;
    await one.writes();
    await other.hearsMoreThan(before);
  });

  test('hear when somebody looks at the other', async () => {
    const [one, other] = await two();
    const before = other.looks;
    one.signals.emit('looked');
    await expect.poll(() => other.looks, { timeout: 60_000, interval: 10 }).toBeGreaterThan(before);
  });

  test('are told of the end of a command that has written', async () => {
    const [, other] = await two();
    const command = await openDatabase({ url: home.url, poolMax: 1 });
    const before = other.heard;
    await tellGateways(command);
    await command.close();
    await other.hearsMoreThan(before);
  });

  test('look again when they could not hear for a while', async () => {
    const [one, other] = await two();
    const before = other.heard;
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen%'`.execute(one.database.db);
    await other.hearsMoreThan(before);
  });

  test('know that they do not hear of everything behind a transaction pooler', async () => {
    const pooled = await opens(false);
    expect(pooled.news.isComplete).toBe(false);
  });
});
