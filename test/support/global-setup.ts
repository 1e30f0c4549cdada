import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { openDatabase } from '../../src/db/connect.ts';
import { knownMigrations, migrate } from '../../src/db/migrate.ts';
import type { Tables } from '../../src/db/tables.ts';
import { createPostgres, dropAllPostgres, PREPARED, unportableFile } from './database.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Beside what is installed: the dumps belong to one version of PGlite. */
const cache = join(root, 'node_modules/.cache/skinrail-tests');
const [EMPTY, MIGRATED, ON_DISK] = ['empty.tar', 'migrated.tar', 'database'];

/** Says which database the suite runs on, since a green run on one is no run on the other, and prepares it. */
export default async function prepareDatabases(): Promise<() => Promise<void>> {
  const url = process.env['TEST_DATABASE_URL'];
  const text = url
    ? 'Tests run on PostgreSQL (TEST_DATABASE_URL).'
    : 'Tests run on the embedded database. Races between nodes are SKIPPED: set TEST_DATABASE_URL to run them.';
  process.stdout.write(`\n  ${text}\n\n`);
  const folder = mkdtempSync(join(tmpdir(), 'skinrail-tests-'));
  process.env[PREPARED.folder] = folder;
  await prepareEmbedded();
  const dropDatabases = url ? await preparePostgres(url) : null;
  return async () => {
    failForUnportable();
    rmSync(folder, { recursive: true, force: true });
    await dropDatabases?.();
  };
}

/** Fails the run when a statement was sent that a distributed engine would not take. */
function failForUnportable(): void {
  if (!existsSync(unportableFile())) return;
  const faults = new Set(readFileSync(unportableFile(), 'utf8').trim().split('\n'));
  process.stderr.write(
    `\n  Statements that are not portable (docs/internals/portable-sql.md):\n${[...faults].join('\n')}\n\n`,
  );
  process.exitCode = 1;
}

/** Worlds that files share are not stopped by any of them, so their databases are dropped when all files have ended. */
async function preparePostgres(serverUrl: string): Promise<() => Promise<void>> {
  const prefix = `skinrail_test_${randomBytes(4).toString('hex')}_`;
  process.env[PREPARED.prefix] = prefix;
  const { url } = await createPostgres(serverUrl);
  const database = await openDatabase({ url, poolMax: 1 });
  await migrate(database);
  await database.close();
  process.env[PREPARED.template] = new URL(url).pathname.slice(1);
  return () => dropAllPostgres(serverUrl, prefix);
}

/** Making an embedded database takes 4.7 s, a copy of one 0.4 s. They are kept for the next runs. */
async function prepareEmbedded(): Promise<void> {
  const version = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const { name, script } of knownMigrations()) version.update(name).update(script);
  const folder = join(cache, version.digest('hex').slice(0, 16));
  if (!existsSync(folder)) await prepareFolder(folder);
  process.env[PREPARED.emptyDump] = join(folder, EMPTY);
  process.env[PREPARED.migratedDump] = join(folder, MIGRATED);
  process.env[PREPARED.migratedFolder] = join(folder, ON_DISK);
}

/** Under another name until it is whole: a run that is stopped leaves no half behind, and runs at once do not meet. */
async function prepareFolder(folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  await prepareDumps(join(unfinished, EMPTY), join(unfinished, MIGRATED));
  await prepareOnDisk(join(unfinished, ON_DISK));
  removeOlder(folder);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(unfinished, { recursive: true });
  }
}

/** Those of other versions; another run may just have made this one. */
function removeOlder(folder: string): void {
  const older = readdirSync(cache).filter((name) => !name.startsWith(basename(folder)));
  for (const name of older) rmSync(join(cache, name), { recursive: true, force: true });
}

async function prepareDumps(empty: string, migrated: string): Promise<void> {
  const pglite = await PGlite.create();
  await writeDump(pglite, empty);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  await migrate({ db, exec: async (script) => void (await pglite.exec(script)) });
  await writeDump(pglite, migrated);
  await pglite.close();
}

async function prepareOnDisk(folder: string): Promise<void> {
  const database = await openDatabase({ dataDir: folder, poolMax: 1 });
  await migrate(database);
  await database.close();
}

async function writeDump(pglite: PGlite, file: string): Promise<void> {
  const dump = await pglite.dumpDataDir('none');
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()));
}
