import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';

/**
 * `npm run test:citus [-- <options and files of vitest>]`: the acceptance tests, the races and `verify` on the Citus cluster whose
 * coordinator DATABASE_URL names. Its database must have the extension and the workers; the role makes databases on each server.
 * Each world of tests has a database of its own, spread over the workers.
 */
const FILES = ['test/acceptance', 'test/verify/verify.test.ts', 'test/races', 'test/citus'];
/** Of the acceptance tests the quick ones; all else is in a tier that exists on a cluster only. */
const TIERS = ['quick', 'citus'].flatMap((name) => ['--project', name]);
const ANSWERS_WITHIN_MS = 3000;

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`test:citus: ${error instanceof Error ? error.message : error}\n`);
  return 2;
});

async function main(): Promise<number> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL must name a database on the coordinator of a Citus cluster');
  if ((await workersOf(url)) === 0) throw new Error('the cluster has no workers: add them with citus_add_node');
  const { DATABASE_URL: _, ...rest } = process.env;
  const given = process.argv.slice(2);
  const env = { ...rest, TEST_DATABASE_URL: url, TEST_CITUS: 'on' };
  const chosen = given.length > 0 ? given : [...TIERS, ...FILES];
  const vitest = spawn('npx', ['--no-install', 'vitest', 'run', ...chosen], { env, stdio: 'inherit' });
  const [code] = await once(vitest, 'exit');
  return typeof code === 'number' ? code : 1;
}

async function workersOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWERS_WITHIN_MS });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      'select count(*)::int4 as count from citus_get_active_worker_nodes()',
    );
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}
