import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from '../src/db/connect.ts';
import { migrate } from '../src/db/migrate.ts';
import type { Cleanup } from './cleanup.ts';
import { createDistributed, dropOnCluster, isOfCluster } from './cluster.ts';

/** Pool size of the gateway and of the floor alike. */
export const POOL_MAX = 16;

/** Of each table on a cluster. A connection to a worker reads the catalogue anew for each shard, and a run is too short for many. */
const SHARDS = 8;

/** A fresh database of the run's own, with the folder that its process may write to. */
export interface Place {
  readonly kind: Database['kind'];
  readonly dataDir: string;
  /** Empty: embedded, under the folder. */
  readonly databaseUrl: string;
  /** Only while no other process has it open: the embedded database is one process's alone. */
  open(): Promise<Database>;
}

/** @param name is part of the database's name */
export async function makePlace(name: string, serverUrl: string, cleanup: Cleanup): Promise<Place> {
  const dataDir = await mkdtemp(join(tmpdir(), `skinrail-bench-${name}-`));
  cleanup.add(`folder ${dataDir}`, () => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  const databaseUrl = serverUrl
    ? await createDatabase(serverUrl, `skinrail_bench_${process.pid}_${name}`, cleanup)
    : '';
  const place: Place = {
    kind: serverUrl ? 'postgres' : 'pglite',
    dataDir,
    databaseUrl,
    open: () => openDatabase({ url: databaseUrl || undefined, dataDir: embeddedDir(dataDir), poolMax: 4 }),
  };
  await withDatabase(place, migrate);
  return place;
}

/** Where the gateway, too, keeps its embedded database. */
export function embeddedDir(dataDir: string): string {
  return join(dataDir, 'database');
}

export async function withDatabase<T>(place: Place, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await place.open();
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function createDatabase(serverUrl: string, name: string, cleanup: Cleanup): Promise<string> {
  if (await isOfCluster(serverUrl)) return createSpread(serverUrl, name, cleanup);
  const made = atServer(serverUrl, `create database ${name}`);
  cleanup.add(`database ${name}`, async () => {
    await made.catch(() => {});
    await atServer(serverUrl, `drop database if exists ${name} with (force)`);
  });
  await made;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** On every server of a cluster, with the tables spread over its workers. */
async function createSpread(serverUrl: string, name: string, cleanup: Cleanup): Promise<string> {
  const made = createDistributed(serverUrl, name, SHARDS);
  cleanup.add(`database ${name}`, async () => {
    await made.catch(() => {});
    await dropOnCluster(serverUrl, name);
  });
  return made;
}

async function atServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
