import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedHistory } from '../../bench/verify-seed.ts';
import { loadConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { checkArchives } from '../../src/retention/check.ts';
import { policyAt } from '../../src/retention/policy.ts';
import { countDue, removeTrades } from '../../src/retention/run.ts';
import { verify } from '../../src/verify/verify.ts';
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';

/** Retention whose process is killed at any moment, and retention on two nodes at once. */

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const ITEMS = 3000;
const MERCHANTS = 20;

let place: TestDatabase;
let database: Database;
let folder: string;

beforeAll(async () => {
  if (!postgresUrl) return;
  place = await createTestDatabase();
  database = await openDatabase({ url: place.url });
  await seedHistory(database, ITEMS, { merchants: MERCHANTS });
  folder = mkdtempSync(join(tmpdir(), 'archives-'));
});

afterAll(async () => {
  await database?.close();
  await place?.drop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const settings = () => ({ DATABASE_URL: place.url, RETENTION_TRADES_DAYS: '30', RETENTION_ARCHIVE: folder });
const config = () => loadConfig(settings());
const deps = () => ({ db: database.db, clock: systemClock, log: pino({ level: 'silent' }), config: config() });

function startRun(): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'retention', 'run'], {
    env: { PATH, HOME, DATA_DIR: folder, ...settings() },
    stdio: 'ignore',
  });
}

async function countOf(table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(
    database.db,
  );
  return rows[0]?.count ?? 0;
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function balances() {
  return (await sql`select * from account order by merchant_id, name`.execute(database.db)).rows;
}

async function broken() {
  return (await verify(database.db, systemClock.now())).filter((rule) => rule.broken !== null);
}

const filesIn = (path: string) =>
  existsSync(path)
    ? readdirSync(path, { recursive: true })
        .map(String)
        .filter((name) => /gz/.test(name))
    : [];

/** As ten minutes later, when the lease of a process that is gone has ended. */
const leaseEnds = () =>
  sql`update retention_run set leased_until = now() - interval '1 second'
    where run_id is not null`.execute(database.db);

test.skipIf(!postgresUrl)('a run that is killed at any moment removes nothing that is not in an archive', async () => {
  const [before, trades] = [await balances(), await countOf('trade')];
  const { tradesBefore } = policyAt(config(), systemClock.now());
  const due = (await countDue(deps(), { bodiesBefore: null, tradesBefore })).trades;
  expect(due).toBeGreaterThan(500);
  /** Before each kill something more must have happened: bytes of a file, a recorded file, removed trades. */
  const moments = [
    () => filesIn(folder).some((name) => name.endsWith('.part')),
    async () => (await countOf('archive_file')) > 0,
    async () => (await countOf('archived_trade')) > 0,
    async () => (await countOf('archived_trade')) > 100,
    async () => (await countOf('archived_trade')) > 250,
    async () => (await countOf('archived_trade')) > 400,
  ];
  for (const moment of moments) {
    await leaseEnds();
    const child = startRun();
    const ended = once(child, 'exit');
    await until(moment);
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await broken()).toEqual([]);
    expect((await countOf('trade')) + (await countOf('archived_trade'))).toBe(trades);
    expect(await checkArchives(deps(), () => {})).toMatchObject({ faults: [] });
  }
  await leaseEnds();
  expect(await once(startRun(), 'exit')).toEqual([0, null]);
  expect(await countOf('archived_trade')).toBe(due);
  expect(await countOf('trade')).toBe(trades - due);
  expect(await balances()).toEqual(before);
  expect(await broken()).toEqual([]);
  expect(await checkArchives(deps(), () => {})).toMatchObject({ trades: due, faults: [] });
});

test.skipIf(!postgresUrl)('two nodes at once remove every trade once', async () => {
  const fresh = await createTestDatabase();
  const nodes = await Promise.all([1, 2].map(() => openDatabase({ url: fresh.url, poolMax: 4 })));
  const [first] = nodes;
  if (!first) throw new Error('there are two nodes');
  await seedHistory(first, 1000, { merchants: MERCHANTS });
  const { tradesBefore } = policyAt(config(), systemClock.now());
  if (tradesBefore === null) throw new Error('trades are removed');
  const due = (await countDue({ db: first.db }, { bodiesBefore: null, tradesBefore })).trades;
  // Without the lease, which keeps them apart otherwise.
  const removed = await Promise.all(
    nodes.map(({ db }) => removeTrades({ ...deps(), db }, tradesBefore, async () => {})),
  );
  expect(removed.reduce((sum, each) => sum + each, 0)).toBe(due);
  const results = await verify(first.db, systemClock.now());
  expect(results.filter((rule) => rule.broken !== null)).toEqual([]);
  expect(await checkArchives({ db: first.db, config: config() }, () => {})).toMatchObject({ trades: due, faults: [] });
  await Promise.all(nodes.map((node) => node.close()));
  await fresh.drop();
});
