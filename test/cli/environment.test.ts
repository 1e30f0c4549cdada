// A database is a sandbox's or a production gateway's, and nobody uses it as the other by accident.
import { sql } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { knownMigrations, migrate } from '../../src/db/migrate.ts';
import { createPostgres, postgresUrl } from '../support/database.ts';
import { SECRET_KEY } from '../support/keys.ts';
import { Running, serve, skinrail, type TemporaryFolder, temporaryDataFolder, temporaryFolder } from './process.ts';

const PRODUCTION = { SANDBOX: 'off', SECRET_KEY };
const FOREIGN_TO_SANDBOX =
  'this database belongs to a production gateway, and the sandbox is on; set SANDBOX=off, or set DATABASE_URL or ' +
  'DATA_DIR to another database';
const FOREIGN_TO_PRODUCTION =
  'this database belongs to a sandbox, with its demo money and its movable clock; set DATABASE_URL or DATA_DIR to ' +
  'an empty database, or leave SANDBOX on';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A folder and, where there is PostgreSQL, a new database there; else the embedded one in the folder. */
async function place(folder: TemporaryFolder): Promise<{ path: string; env: Record<string, string> }> {
  const { path, remove } = folder;
  cleanUps.push(remove);
  if (!postgresUrl) return { path, env: {} };
  const database = await createPostgres(postgresUrl);
  cleanUps.push(() => database.drop());
  return { path, env: { DATABASE_URL: database.url } };
}

const startProduction = (path: string, env: Record<string, string>) =>
  Running.start(path, ['serve'], 'skinrail listens at', { ...env, ...PRODUCTION });

test('a sandbox does not start on a production database when SANDBOX=off is forgotten, and no command runs there', async () => {
  const { path, env } = await place(temporaryDataFolder());
  expect(await (await startProduction(path, env)).end('SIGTERM')).toBe(0);

  expect(await skinrail(path, ['serve'], env)).toEqual({
    code: 1,
    stdout: '',
    stderr: `skinrail: ${FOREIGN_TO_SANDBOX}\n`,
  });
  const created = await skinrail(path, ['merchant', 'create', 'Shop'], env);
  expect(created).toEqual({ code: 1, stdout: '', stderr: `skinrail: ${FOREIGN_TO_SANDBOX}\n` });
  const listed = await skinrail(path, ['merchant', 'list', '--json'], { ...env, ...PRODUCTION });
  expect(JSON.parse(listed.stdout)).toEqual([]);
});

test('a production gateway does not start on a sandbox’s database, and its commands book nothing there', async () => {
  const { path, env } = await place(temporaryDataFolder());
  const sandbox = await serve(path, env);
  const { merchantId } = sandbox.sandbox;
  await sandbox.end('SIGTERM');
  const refused = { code: 1, stdout: '', stderr: `skinrail: ${FOREIGN_TO_PRODUCTION}\n` };
  expect(await skinrail(path, ['serve'], { ...env, ...PRODUCTION })).toEqual(refused);
  expect(await skinrail(path, ['wallet', 'credit', merchantId, '5'], { ...env, ...PRODUCTION })).toEqual(refused);
});

test('looking at a new database before the first start does not make it a sandbox’s', async () => {
  const { path, env } = await place(temporaryFolder());
  expect(await skinrail(path, ['migrate'], env)).toMatchObject({ code: 0 });
  expect(await (await startProduction(path, env)).end('SIGTERM')).toBe(0);
});

test('a command beside a sandbox whose clock was moved books in the sandbox’s time', async () => {
  const { path, env } = await place(temporaryDataFolder());
  const gateway = await serve(path, env);
  const { baseUrl, merchantId } = gateway.sandbox;
  const body = JSON.stringify({ advance: '48h' });
  await fetch(`${baseUrl}/sandbox/clock`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(await skinrail(path, ['wallet', 'credit', merchantId, '5'], env)).toMatchObject({ code: 0 });
  const { stdout } = await skinrail(path, ['wallet', 'entries', merchantId, '--limit', '1', '--json'], env);
  const at = new Date(JSON.parse(stdout)[0].at).getTime();
  expect(at - Date.now()).toBeGreaterThan(47 * 3_600_000);
  await gateway.end('SIGTERM');
});

describe('a database from before this was written down', () => {
  async function broughtUpToDate(fill: (database: Database) => Promise<unknown>): Promise<unknown> {
    const { path, env } = await place(temporaryDataFolder());
    const database = await openDatabase(
      env['DATABASE_URL'] ? { url: env['DATABASE_URL'] } : { dataDir: `${path}/database` },
    );
    cleanUps.push(() => database.close());
    await migrate(database);
    await sql`delete from setting`.execute(database.db);
    await fill(database);
    await database.exec(knownMigrations().find(({ name }) => name === 'environment')?.script ?? '');
    const { rows } = await sql<{ value: unknown }>`select value from setting where name = 'environment'`.execute(
      database.db,
    );
    return rows[0]?.value ?? null;
  }

  const merchant = (database: Database) =>
    sql`insert into merchant (id, name, created_at) values ('01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10', 'Shop', now())`.execute(
      database.db,
    );
  const moved = (database: Database) =>
    sql`insert into setting (name, value) values ('sandbox.clock_offset_ms', '5')`.execute(database.db);

  test('is a production gateway’s when it has merchants and nothing of a sandbox', async () => {
    expect(await broughtUpToDate(merchant)).toBe('production');
  });

  test('is a sandbox’s when it has a demo merchant or a moved clock', async () => {
    expect(await broughtUpToDate((database) => merchant(database).then(() => moved(database)))).toBe('sandbox');
  });

  test('is nobody’s while it is empty', async () => {
    expect(await broughtUpToDate(async () => {})).toBeNull();
  });
});
