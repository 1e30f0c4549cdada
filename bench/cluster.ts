import pg from 'pg';
import { openDatabase } from '../src/db/connect.ts';
import { distribute } from '../src/db/distribution.ts';
import { migrate } from '../src/db/migrate.ts';

/** A server of a Citus cluster. */
interface Node {
  readonly host: string;
  readonly port: number;
}

/** The coordinator and the workers of the cluster whose database `url` names. */
async function nodesOf(url: string): Promise<{ coordinator: Node; workers: readonly Node[] }> {
  const { hostname, port } = new URL(url);
  const workers = await query<Node>(
    url,
    `select nodename as host, nodeport as port from pg_dist_node where noderole = 'primary' and groupid <> 0`,
  );
  return { coordinator: { host: hostname, port: Number(port || 5432) }, workers };
}

/** Whether `url` names a database on the coordinator of a Citus cluster that has workers. */
export async function isOfCluster(url: string): Promise<boolean> {
  const [found] = await query<{ exists: boolean }>(url, `select to_regclass('pg_dist_node') is not null as exists`);
  return found?.exists === true && (await nodesOf(url)).workers.length > 0;
}

/** A new database on each server of the cluster, with the extension, joined into a cluster of its own. */
export async function createOnCluster(url: string, name: string, shards: number): Promise<string> {
  const { coordinator, workers } = await nodesOf(url);
  await Promise.all(
    [coordinator, ...workers].map(async (node) => {
      await query(at(url, node, 'postgres'), `create database ${name}`);
      await query(at(url, node, name), 'create extension citus');
    }),
  );
  const made = at(url, coordinator, name);
  await query(made, `alter database ${name} set citus.shard_count = ${shards}`);
  await query(made, `select citus_set_coordinator_host('${coordinator.host}', ${coordinator.port})`);
  for (const { host, port } of workers) await query(made, `select citus_add_node('${host}', ${port})`);
  return made;
}

/** With the schema of today, spread over the workers. */
export async function createDistributed(url: string, name: string, shards: number): Promise<string> {
  const made = await createOnCluster(url, name, shards);
  const database = await openDatabase({ url: made, poolMax: 1 });
  try {
    await migrate(database);
    await distribute(database.db);
  } finally {
    await database.close();
  }
  return made;
}

export async function dropOnCluster(url: string, name: string): Promise<void> {
  const { coordinator, workers } = await nodesOf(url);
  for (const node of [coordinator, ...workers]) {
    await query(at(url, node, 'postgres'), `drop database if exists ${name} with (force)`);
  }
}

function at(url: string, { host, port }: Node, database: string): string {
  const there = new URL(url);
  there.hostname = host;
  there.port = String(port);
  there.pathname = `/${database}`;
  return there.href;
}

async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}
