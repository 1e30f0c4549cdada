import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDistributed, createOnCluster, dropOnCluster } from '../../bench/cluster.ts';

/** A database for tests: a new one on the PostgreSQL of TEST_DATABASE_URL, or an embedded one in memory. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export const postgresUrl = process.env['TEST_DATABASE_URL'];

/** Few, because each world of tests makes them anew. */
const SHARDS = 4;

/** Whether that is the coordinator of a Citus cluster, over which the tables are spread. */
export const isOnCitus = process.env['TEST_CITUS'] === 'on';

/** What `global-setup.ts` prepares once for all files, by the environment of the processes that run them. */
export const PREPARED = {
  /** Files with a dump of an embedded database. */
  emptyDump: 'TEST_EMPTY_DUMP',
  migratedDump: 'TEST_MIGRATED_DUMP',
  /** A migrated embedded database on disk, to be copied. */
  migratedFolder: 'TEST_MIGRATED_FOLDER',
  /** The name of a migrated database on the server. */
  template: 'TEST_TEMPLATE',
  /** What the names of this run's databases begin with. */
  prefix: 'TEST_DATABASE_PREFIX',
  /** Where gateways keep their files; removed at the end. */
  folder: 'TEST_FOLDER',
} as const;

/** Where workers note statements that are not portable. */
export function unportableFile(): string {
  return join(process.env[PREPARED.folder] ?? tmpdir(), 'unportable.txt');
}

/** One with the schema of today. */
export async function createTestDatabase(): Promise<TestDatabase> {
  if (postgresUrl) return createPostgres(postgresUrl, process.env[PREPARED.template]);
  return inMemory(process.env[PREPARED.migratedDump]);
}

export async function createEmptyDatabase(): Promise<TestDatabase> {
  return postgresUrl ? createPostgres(postgresUrl) : inMemory(process.env[PREPARED.emptyDump]);
}

function inMemory(dump = ''): TestDatabase {
  return { url: `memory:${dump}`, drop: async () => {} };
}

/** An empty one, or a copy of a template. */
export async function createPostgres(serverUrl: string, template?: string): Promise<TestDatabase> {
  const name = `${process.env[PREPARED.prefix] ?? 'skinrail_test_'}${randomBytes(6).toString('hex')}`;
  if (isOnCitus) return createCitus(serverUrl, name, template !== undefined);
  await onServer(serverUrl, `create database ${name}${template ? ` template ${template}` : ''}`);
  return { url: urlOf(serverUrl, name), drop: () => dropPostgres(serverUrl, name) };
}

async function createCitus(serverUrl: string, name: string, isMigrated: boolean): Promise<TestDatabase> {
  const create = isMigrated ? createDistributed : createOnCluster;
  return { url: await create(serverUrl, name, SHARDS), drop: () => dropOnCluster(serverUrl, name) };
}

function urlOf(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops all databases whose names begin with the prefix, with whatever is still connected to them. */
export async function dropAllPostgres(serverUrl: string, prefix: string): Promise<void> {
  const names = await onServer<{ datname: string }>(
    serverUrl,
    `select datname from pg_database where starts_with(datname, '${prefix}')`,
  );
  const drop = isOnCitus ? dropOnCluster : dropPostgres;
  for (const { datname } of names) await drop(serverUrl, datname);
}

async function dropPostgres(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, `drop database if exists ${name} with (force)`);
}

async function onServer<T extends pg.QueryResultRow>(serverUrl: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return (await client.query<T>(statement)).rows;
  } finally {
    await client.end();
  }
}
